// `pipe watch` loads a configuration when it is another one, and not again to be sure.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, tell } from './signs.ts';

/** `script` of util-linux gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasScript) console.warn('no "script" of util-linux here: what is loaded at a terminal is not counted');

const counting = (word: string) => `import fs from 'node:fs';
import { definePipeline } from 'pipe-build';
export default () => {
  fs.appendFileSync('loads', '${word} ');
  return definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ${word} > out.txt' } } });
};
`;

test('a configuration is loaded once at the start, and once when it is edited', async () => {
  await using rig = await Rig.compiled({}, counting('one'));
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  expect(rig.read('loads')).toBe('one ');
  // A new one is tried in a process of its own before.
  rig.config(counting('two'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('loads')).toBe('one two two ');
});

test('packages are loaded once, and a watch says when others may be installed', async () => {
  const config = (sign: string) => `import word from 'words';
import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + '${sign} > out.txt' } } });
`;
  const said = (word: string) => `module.exports = '${word}';\n`;
  await using rig = await Rig.compiled(
    {
      'package-lock.json': '{}',
      'node_modules/words/package.json': '{ "name": "words", "version": "1.0.0", "main": "index.js" }',
      'node_modules/words/index.js': said('one'),
    },
    config('.'),
  );
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first.text).not.toContain('package-lock.json');
  rig.write('node_modules/words/index.js', said('two'));
  rig.write('package-lock.json', '{ "changed": true }');
  const told = await watcher.until(/hint: start the watch again/);
  expect(told).toContain(
    'warning: package-lock.json has changed: what the configuration takes from packages is as it was when this watch began',
  );
  // Taken back, the watch has what is installed.
  rig.write('node_modules/words/index.js', said('one'));
  rig.write('package-lock.json', '{}');
  rig.config(config('!'));
  expect((await watcher.rest()).text).not.toContain('warning');
  expect(rig.read('out.txt')).toBe('one!\n');
});

test('what was loaded to ask for parameters at a terminal is not loaded again', async () => {
  if (!hasScript) return;
  await using rig = await Rig.compiled({}, counting('one'));
  const command = `exec "${nodeUnderTest}" -- "${pipeCommand}" watch`;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', LANG: 'C.UTF-8' };
  const running = new Running(
    spawn('script', ['-qefc', command, '/dev/null'], { cwd: rig.root, env, stdio: 'pipe' }),
  );
  await running.printed(/up to date, watching/);
  expect(rig.read('loads')).toBe('one ');
  running.child.stdin!.write('q');
  expect((await running.ended).code).toBe(0);
});

/** Loaded before the command: another word is written just before the folder of words is watched for the first time. */
const meddling = `
  const fs = require('node:fs');
  const { watch } = fs;
  let isFirst = true;
  fs.watch = (folder, ...rest) => {
    if (folder.endsWith('/words') && isFirst) {
      isFirst = false;
      fs.writeFileSync(folder + '/word.ts', "export const word = 'late';");
    }
    return watch(folder, ...rest);
  };`;

test('what is edited after it was loaded and before it is watched is loaded once more', async () => {
  await using rig = await Rig.compiled(
    {
      'package.json': '{ "imports": { "#word": "./words/word.ts" } }',
      'words/word.ts': "export const word = 'early';",
      'meddling.cjs': meddling,
    },
    `import { definePipeline } from 'pipe-build';
    import { word } from '#word';
    export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });`,
  );
  const env = { NODE_OPTIONS: `--require ${rig.path('meddling.cjs')}` };
  const [watcher] = await Watcher.start(rig, [], { env });
  await using _ = watcher;
  expect(rig.read('out.txt')).toBe('late\n');
});

test('what is edited of the code is said to have changed, as other files are', async () => {
  const config = (end: string) => `import { definePipeline } from 'pipe-build';
    import { word } from './word.ts';
    export default definePipeline({ stages: { say: {
      requires: ['in.txt'], env: { NAME: true }, produces: ['out.txt'], run: 'cat in.txt > out.txt; echo ' + word + ' $NAME${end}',
    } } });`;
  await using rig = await Rig.compiled(
    { 'word.ts': "export const word = 'one';", 'in.txt': 'a', '.env': 'NAME=a\n' },
    config(' >> out.txt'),
  );
  const [watcher] = await Watcher.start(rig, ['--env-file', '.env']);
  await using _ = watcher;
  const changed = async () => {
    const { text, done } = await watcher.rest();
    expect(done).toEqual(['say']);
    return /^changed: .*$/m.exec(text)?.[0];
  };

  rig.write('word.ts', "export const word = 'two';");
  expect(await changed()).toBe('changed: word.ts');
  rig.write('.env', 'NAME=b\n');
  expect(await changed()).toBe('changed: .env');
  // What is edited while nothing can run has changed for the run that comes at last.
  rig.config(config('').replace('default', ''));
  await watcher.until(/the configuration is broken.*\n/);
  rig.write('in.txt', 'b');
  rig.config(config('! >> out.txt'));
  expect(await changed()).toBe('changed: in.txt, pipeline.config.ts');
  rig.write('in.txt', 'c');
  expect(await changed()).toBe('changed: in.txt');
});

test('what a run has made is not said to have changed, where the configuration was edited meanwhile', async () => {
  const run = (end: string) =>
    `'cat in.txt > out.txt; test -e quick || { echo at work; read _ < gate; }${end}'`;
  const config = (end: string) => `import { definePipeline } from 'pipe-build';
    export default definePipeline({ stages: {
      a: { requires: ['in.txt'], produces: ['out.txt'], run: ${run('')} },
      b: { requires: ['out.txt'], produces: ['b.txt'], run: 'cat out.txt > b.txt${end}' },
    } });`;
  await using rig = await Rig.compiled({ 'in.txt': 'a', quick: '' }, config(''));
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.remove('quick');
  rig.write('in.txt', 'b');
  await watcher.until(/at work/);
  rig.config(config('; true'));
  rig.write('quick', '');
  await tell(rig, 'gate');
  const { text } = await watcher.rest();
  expect(text.match(/^changed: .*$/gm)).toEqual(['changed: pipeline.config.ts']);
});

test('a module that comes to be beside an imported one is loaded if it is taken before that, and not otherwise', async () => {
  const word = (text: string) => `export const word = '${text}';`;
  await using rig = await Rig.compiled(
    { 'lib/word.js': word('old') },
    `import { definePipeline } from 'pipe-build';
    import { word } from './lib/word';
    export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });`,
  );
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.write('lib/word.json', '{}');
  rig.write('lib/word.ts', word('new'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('new\n');
  rig.remove('lib/word.ts');
  expect(await watcher.rest()).toMatchObject({ runs: 1, restored: ['say'] });
  expect(rig.read('out.txt')).toBe('old\n');
});

test('a module that may be chosen by its name is loaded when it comes, and so is what a link comes to lead to', async () => {
  await using rig = await Rig.with(
    { 'words/old.ts': `export const word = 'old';`, 'other.ts': `export const name = 'new';` },
    '',
  );
  rig.write('name.ts', `export const name = 'old';`);
  fs.symlinkSync('name.ts', rig.path('link.ts'));
  rig.config(`import { definePipeline } from 'pipe-build';
import { name } from './link.ts';
let word = 'none';
try { word = (await import(\`./words/\${name}.ts\`)).word; } catch {}
export default definePipeline({ stages: { say: { produces: ['out.txt'], run: 'echo ' + word + ' > out.txt' } } });
`);
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  expect(rig.read('out.txt')).toBe('old\n');
  fs.symlinkSync('other.ts', rig.path('next'));
  fs.renameSync(rig.path('next'), rig.path('link.ts'));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('none\n');
  rig.write('words/new.ts', `export const word = 'new';`);
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['say'] });
  expect(rig.read('out.txt')).toBe('new\n');
});
