// A plain build that finds all as the last one left it says so without looking any further; and whatever is not as it
// was makes it look.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { blinkered } from '../rig/blinkered.ts';
import { Rig, type RunOptions } from '../rig/rig.ts';
import { changesBetween, treeOf } from '../rig/untouched.ts';

const config = `import { definePipeline, script } from 'pipe-build';
import { words } from './words';
export default definePipeline({ stages: {
  all: { requires: ['src/*.txt', 'more/deep/**', '!src/none.txt'], produces: ['all.txt'],
    run: 'cat src/*.txt > all.txt; echo ' + words, env: { GREETING: process.env.GREETING ?? 'none', PASSED: true } },
  split: { requires: ['all.txt'], produces: ['parts/'], run: 'mkdir -p parts; cp all.txt parts/1' },
  made: { requires: ['parts/*'], produces: ['made.txt'], run: script('./made.ts') },
} });
`;

const files = {
  'src/a.txt': 'a',
  'src/b.txt': 'b',
  'more/deep/c.txt': 'c',
  'words.ts': `export const words = 'hello';\n`,
  'made.ts': `import fs from 'node:fs';\nexport default () => fs.writeFileSync('made.txt', 'made');\n`,
};

const command = blinkered();

function glance(rig: Rig, words: readonly string[] = [], options: RunOptions = {}): Promise<string | null> {
  return command.glance(rig.root, words, options);
}

/** Builds until a glance is enough: files must be a moment old before their stamps vouch for them. */
async function settled(rig: Rig, words: readonly string[] = [], options: RunOptions = {}): Promise<string> {
  for (let builds = 1; builds <= 20; builds++) {
    expect((await rig.pipe(['build', ...words], options)).code).toBe(0);
    // What the first one made is too young for it.
    const told = builds === 1 ? null : await glance(rig, words, options);
    if (told !== null) return told;
  }
  throw new Error('a glance is never enough');
}

async function built(): Promise<Rig> {
  const rig = await Rig.compiled(files, config);
  await settled(rig);
  return rig;
}

test('nothing to do: says what the build itself says, and writes the folder of its own run alone', async () => {
  await using rig = await built();
  const before = treeOf(rig);
  const told = await glance(rig);
  const whole = await rig.pipe(['build', '--log-level', 'info']);
  const timeless = (text: string | null) => text?.replace(/in \d+ms/, 'in no time');
  expect(timeless(told)).toBe(timeless(whole.stdout));
  expect(told).toMatch(/^nothing to do: 3 fresh in \d+ms( \(saved [^)]+\))?\n$/);
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  const [own = '', other = ''] = runs.slice(-2);
  const touched = changesBetween(before, treeOf(rig));
  const isOf = (run: string) => (file: string) => file.startsWith(`.pipeline-cache/runs/${run}`);
  expect(touched.filter((file) => !isOf(own)(file) && !isOf(other)(file))).toEqual([]);

  const summary = (run: string) =>
    JSON.parse(rig.read(`.pipeline-cache/runs/${run}/summary.json`)) as Record<string, unknown>;
  const lasting = ({ runId, startedAt, finishedAt, durationMs, command, ...rest }: Record<string, unknown>) =>
    rest;
  expect(lasting(summary(own))).toEqual(lasting(summary(other)));
  const kinds = rig.read(`.pipeline-cache/runs/${own}/events.jsonl`).match(/"kind":"[^"]+"/g);
  expect(kinds).toEqual(['"kind":"run-started"', '"kind":"run-finished"']);
});

test('the history shows it, and again and again a glance is enough', async () => {
  await using rig = await built();
  for (let i = 0; i < 40; i++) expect(await glance(rig)).not.toBeNull();
  const listed = await rig.pipe(['runs', '--json']);
  expect(listed.stdout.match(/"runId"/g)?.length ?? 0).toBeGreaterThan(10);
});

const edits: Readonly<Record<string, (rig: Rig) => void>> = {
  'an input with another content': (rig) => rig.write('src/a.txt', 'A'),
  'an input with another content, the same size and its old times': (rig) => {
    const { atime, mtime } = fs.statSync(rig.path('src/a.txt'));
    rig.write('src/a.txt', 'A');
    fs.utimesSync(rig.path('src/a.txt'), atime, mtime);
  },
  'an input that another file replaced': (rig) => {
    rig.write('new', 'N');
    fs.renameSync(rig.path('new'), rig.path('src/a.txt'));
  },
  'an input that was touched': (rig) => fs.utimesSync(rig.path('src/a.txt'), 1, 1),
  'an executable bit': (rig) => fs.chmodSync(rig.path('src/a.txt'), 0o755),
  'an input that is gone': (rig) => rig.remove('src/b.txt'),
  'a new file under a pattern': (rig) => rig.write('src/new.txt', 'n'),
  'a new file under a deep pattern': (rig) => rig.write('more/deep/and/deeper.txt', 'n'),
  'a link in place of an input': (rig) => {
    rig.remove('src/a.txt');
    fs.symlinkSync('b.txt', rig.path('src/a.txt'));
  },
  'an edited output': (rig) => rig.write('all.txt', 'mine'),
  'an output that is gone': (rig) => rig.remove('made.txt'),
  'a stray file in an owned folder': (rig) => rig.write('parts/stray', 's'),
  'an edited configuration': (rig) => rig.append('pipeline.config.ts', '\n// more\n'),
  'an edited module of the configuration': (rig) => rig.write('words.ts', `export const words = 'bye';\n`),
  'a module that is taken before another': (rig) => rig.write('words.tsx', `export const words = 'bye';\n`),
  'an edited script': (rig) => rig.append('made.ts', '\n// more\n'),
  'a tsconfig.json that came': (rig) => rig.write('tsconfig.json', '{}'),
  'a configuration that is preferred': (rig) => {
    rig.write('pipeline.config.mts', 'export default {};');
    rig.remove('pipeline.config.ts');
  },
  'a lost memory': (rig) => rig.remove('.pipeline-cache/state'),
  'a program that a killed build left': (rig) => rig.write('.pipeline-cache/running/1-0', '{}'),
  'a mark of the state folder that is gone': (rig) => rig.remove('.pipeline-cache/.gitignore'),
  'a damaged proof': (rig) => {
    const runs = rig.path('.pipeline-cache/runs');
    for (const run of fs.readdirSync(runs)) {
      const proof = path.join(runs, run, 'glance');
      if (fs.existsSync(proof)) fs.truncateSync(proof, fs.statSync(proof).size >> 1);
    }
  },
};

test.each(Object.entries(edits))('%s: it looks further', async (_, edit) => {
  await using rig = await built();
  edit(rig);
  expect(await glance(rig)).toBeNull();
});

const leadsTo = (text: string, link: string) => (rig: Rig) => {
  fs.rmSync(rig.path(link), { force: true });
  fs.symlinkSync(text, rig.path(link));
};

test.each<[string, (rig: Rig) => void, string]>([
  ['a link to a module that leads elsewhere', leadsTo('two.ts', 'word.ts'), '2 a old'],
  ['a link to a folder of modules that leads elsewhere', leadsTo('b', 'letters'), '1 b old'],
  ['a module that may be chosen by name, and came', (rig) => rig.write('chosen/new.ts', ''), '1 a new old'],
])('%s: it looks further, and then a glance is enough again', async (_, edit, out) => {
  await using rig = await Rig.with(
    {
      'one.ts': `export const word = '1';`,
      'two.ts': `export const word = '2';`,
      'a/letter.ts': `export const letter = 'a';`,
      'b/letter.ts': `export const letter = 'b';`,
      'chosen/old.ts': '',
    },
    '',
  );
  leadsTo('one.ts', 'word.ts')(rig);
  leadsTo('a', 'letters')(rig);
  rig.config(`import fs from 'node:fs';
import { definePipeline } from 'pipe-build';
import { word } from './word';
import { letter } from './letters/letter';
const chosen = [];
for (const name of ['new', 'old']) {
  try { await import(\`./chosen/\${name}.ts\`); chosen.push(name); } catch {}
}
export default async () => {
  return definePipeline({ stages: {
    say: { produces: ['out'], run: ['echo', word, letter, ...chosen].join(' ') + ' > out' },
  } });
};
`);
  await settled(rig);
  edit(rig);
  expect(await glance(rig)).toBeNull();
  await settled(rig);
  expect(rig.read('out')).toBe(`${out}\n`);
});

test('what the configuration reads from elsewhere counts, for it is evaluated each time', async () => {
  await using rig = await Rig.compiled(
    { list: 'one', one: '1', two: '2' },
    `import { readFileSync } from 'node:fs';
import { definePipeline } from 'pipe-build';
const source = readFileSync(new URL('list', import.meta.url), 'utf8');
export default definePipeline({ stages: { copy: { requires: [source], produces: ['out'], run: \`cp \${source} out\` } } });
`,
  );
  await settled(rig);
  rig.write('list', 'two');
  expect(await glance(rig)).toBeNull();
  await settled(rig);
  expect(rig.read('out')).toBe('2');
});

test('a variable that the configuration reads, or that a stage is given, counts; others do not', async () => {
  await using rig = await built();
  expect(await glance(rig, [], { env: { OTHER: '1' } })).not.toBeNull();
  expect(await glance(rig, [], { env: { GREETING: 'hi' } })).toBeNull();
  expect(await glance(rig, [], { env: { PASSED: 'x' } })).toBeNull();
  expect(await glance(rig, [], { env: { PIPE_STAGE: 'all', PIPE_ROOT: rig.root } })).toBeNull();
});

test('other targets, and another folder, are another question', async () => {
  await using rig = await built();
  expect(await glance(rig, ['all'])).toBeNull();
  expect(await glance(rig, [], { cwd: 'src' })).toBeNull();
  expect(await settled(rig, ['split'])).toContain('2 fresh');
  expect(await settled(rig, [], { cwd: 'src' })).toContain('3 fresh');
});

test('a tool counts: the places where it could be, the program itself, and the PATH', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'in' },
    `{ stages: { work: { requires: ['in.txt'], tools: { shout: '>=2' }, run: 'cat in.txt' } } }`,
  );
  const install = (file: string, version: string) => {
    rig.write(file, `#!/bin/sh\necho shout ${version}\n`);
    fs.chmodSync(rig.path(file), 0o755);
  };
  const folders = ['node_modules/first', 'node_modules/second'].map((folder) => rig.path(folder));
  const env = { PATH: `${folders.join(':')}:${process.env.PATH}` };
  fs.mkdirSync(rig.path('node_modules/first'), { recursive: true });
  install('node_modules/second/shout', '2.1');
  await settled(rig, [], { env });
  // One that comes before it, also where it has the same version.
  install('node_modules/first/shout', '2.1');
  expect(await glance(rig, [], { env })).toBeNull();
  rig.remove('node_modules/first/shout');
  expect(await glance(rig, [], { env })).not.toBeNull();
  expect(await glance(rig, [], { env: { PATH: `${folders[1]}:${process.env.PATH}` } })).toBeNull();
  // What is no program, and becomes one.
  rig.write('node_modules/first/shout', '');
  await settled(rig, [], { env });
  fs.chmodSync(rig.path('node_modules/first/shout'), 0o755);
  expect(await glance(rig, [], { env })).toBeNull();
  rig.remove('node_modules/first/shout');
  await settled(rig, [], { env });
  install('node_modules/second/shout', '2.2');
  expect(await glance(rig, [], { env })).toBeNull();
});

test('a tool that may be another one though its file is the same is asked in every build', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'in', 'shims/shout': '#!/bin/sh\necho shout 2.1\n' },
    `{ stages: { work: { requires: ['in.txt'], tools: { shout: '>=2' }, run: 'cat in.txt' } } }`,
  );
  fs.chmodSync(rig.path('shims/shout'), 0o755);
  const env = { PATH: `${rig.path('shims')}:${process.env.PATH}` };
  for (let builds = 0; builds < 3; builds++) {
    expect((await rig.pipe(['build'], { env })).code).toBe(0);
    expect(await glance(rig, [], { env })).toBeNull();
  }
});

test('what was changed a moment ago is looked at again, for its stamp may not show the next change', async () => {
  await using rig = await built();
  for (const text of ['B', 'C', 'D', 'E', 'F']) {
    rig.write('src/a.txt', text);
    expect((await rig.pipe(['build'])).code).toBe(0);
    expect(rig.read('all.txt')).toBe(`${text}b`);
  }
  // There is one proof at a time: that of the last build which saw all fresh.
  const proofs = fs
    .readdirSync(rig.path('.pipeline-cache/runs'))
    .filter((run) => rig.exists(`.pipeline-cache/runs/${run}/glance`));
  expect(proofs.length).toBeLessThan(2);
  await settled(rig);
  expect(rig.read('made.txt')).toBe('made');
});

test('a warning is told each time', async () => {
  const two = (more: string) => `{ stages: {
    ${more}
    use: { requires: ['made/*'], produces: ['used.txt'], run: 'cat made/* > used.txt' },
  } }`;
  await using rig = await Rig.compiled(
    { 'made/own': '1' },
    two(`make: { produces: ['made/out'], run: 'echo 1 > made/out' },`),
  );
  await settled(rig);
  rig.config(two(''));
  for (let builds = 0; builds < 4; builds++) {
    const ended = await rig.pipe(['build']);
    expect(ended.stdout + ended.stderr).toContain('made/out');
    expect(await glance(rig)).toBeNull();
  }
});

test('a secret is never written into a proof', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1' },
    `{ stages: { a: { requires: ['in.txt'], produces: ['out.txt'], secrets: ['TOKEN'], env: { LEAK: true },
      run: 'cat in.txt > out.txt' } } }`,
  );
  const plain = { TOKEN: 'long-secret-value', LEAK: 'harmless' };
  await settled(rig, [], { env: plain });
  const all = () =>
    fs
      .readdirSync(rig.path('.pipeline-cache/runs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
  expect(all()).toContain('harmless');
  expect(all()).not.toContain('long-secret-value');
  const leaky = { TOKEN: 'long-secret-value', LEAK: 'has long-secret-value in it' };
  for (let builds = 0; builds < 4; builds++) expect((await rig.pipe(['build'], { env: leaky })).code).toBe(0);
  expect(await glance(rig, [], { env: leaky })).toBeNull();
  expect(all()).not.toContain('long-secret-value');
});
