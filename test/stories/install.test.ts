// The published package: what is in it, and that it works wherever it was installed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Packed, packInto, shell } from '../rig/packed.ts';

const repository = path.resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8')) as {
  version: string;
};

/** A shell line, a module and a function: each needs other parts of the package. */
const threeKinds = `
import { definePipeline, script } from 'pipe-build';

export default definePipeline({
  stages: {
    shout: { requires: 'in.txt', produces: 'loud.txt', run: 'tr a-z A-Z <in.txt >loud.txt' },
    count: { requires: 'loud.txt', produces: 'count.txt', run: script('./count.ts') },
    report: {
      requires: 'count.txt',
      produces: 'report.txt',
      run: async (ctx) => {
        const { copyFile } = await import('node:fs/promises');
        await copyFile(ctx.requires[0]!, 'report.txt');
      },
    },
  },
});
`;

const countModule = `
import { readFileSync, writeFileSync } from 'node:fs';
import type { StageContext } from 'pipe-build';

export default (ctx: StageContext) => writeFileSync('count.txt', \`\${readFileSync('loud.txt').length} \${ctx.stage}\`);
`;

let place: string;
let packed: Packed;

/** A project that has the package among its own. */
let project: string;

/** A prefix that has the package for all projects. */
let prefix: string;

beforeAll(async () => {
  place = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-install-')));
  packed = await packInto(place);
  project = folder('project', {});
  prefix = folder('prefix', {});
  // Into an empty folder; without `--prefix`, npm looks for a project in the folders above first.
  const installed = await shell(`npm install --prefix . ${packed.tarball}`, { cwd: project });
  expect(installed.code, installed.stderr).toBe(0);
  const everywhere = await shell(`npm install --global --prefix ${prefix} ${packed.tarball}`, { cwd: place });
  expect(everywhere.code, everywhere.stderr).toBe(0);
});

afterAll(() => fs.rmSync(place, { recursive: true, force: true, maxRetries: 3 }));

/** A folder with these files. */
function folder(name: string, files: Readonly<Record<string, string>>): string {
  const made = path.join(place, name);
  fs.mkdirSync(made, { recursive: true });
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(made, file), text);
  return made;
}

const read = (...parts: string[]) => fs.readFileSync(path.join(...parts), 'utf8');

test('the tarball holds the command, its processes, the language with its types, and what people read', () => {
  expect(packed.files).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/auditing.cjs',
    'dist/compile.cjs',
    'dist/glance-build.cjs',
    'dist/glance-worker.cjs',
    'dist/hash-worker.cjs',
    'dist/help.cjs',
    'dist/index.js',
    'dist/json-schema.cjs',
    'dist/live-block.cjs',
    'dist/main.cjs',
    'dist/pipe.cjs',
    'dist/plain-build.cjs',
    'dist/profiling.cjs',
    'dist/types/index.d.ts',
    'dist/types/model/breaker-spec.d.ts',
    'dist/types/model/check-spec.d.ts',
    'dist/types/model/item-spec.d.ts',
    'dist/types/model/param-spec.d.ts',
    'dist/types/model/run-hook-spec.d.ts',
    'dist/types/model/service-spec.d.ts',
    'dist/types/model/spec.d.ts',
    'dist/types/model/value-spec.d.ts',
    'dist/vet.js',
    'dist/walk.cjs',
    'dist/worker.js',
    'dist/yaml-document.cjs',
    'package.json',
  ]);
});

test('the repository itself has both commands after its installation', async () => {
  for (const name of ['pipe', 'pipe-build']) {
    const { code, stdout, stderr } = await shell(`npx ${name} --version`, { cwd: repository });
    expect({ code, stdout }, stderr).toEqual({ code: 0, stdout: `${version}\n` });
  }
});

describe('installed in a project', () => {
  /** So that compiled code goes to the cache of the user. */
  const refuseCompiled = () => {
    const compiled = path.join(project, 'node_modules/pipe-build/dist/compiled');
    fs.rmSync(compiled, { recursive: true, force: true });
    // A file in the way refuses everybody, root too.
    fs.writeFileSync(compiled, '');
  };

  test('both names of the command answer', async () => {
    for (const name of ['pipe', 'pipe-build']) {
      const { stdout } = await shell(`npx ${name} --version`, { cwd: project });
      expect(stdout).toBe(`${version}\n`);
    }
  });

  test('a configuration that imports the package builds, and then there is nothing to do', async () => {
    folder('project', { 'pipeline.config.ts': threeKinds, 'count.ts': countModule, 'in.txt': 'words' });
    const first = await shell('npx pipe build', { cwd: project });
    expect(first.code, first.stderr).toBe(0);
    expect(read(project, 'report.txt')).toBe('5 count');

    const second = await shell('npx pipe status --check', { cwd: project });
    expect(second.code, second.stdout).toBe(0);
  });

  test.each(['ts', 'mts', 'js', 'mjs'])(
    'a configuration in .%s loads from a folder below',
    async (ending) => {
      const text = `import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: { greet: { produces: 'hello.txt', run: 'echo hello >hello.txt' } } });
`;
      const below = folder(`project/${ending}`, { [`pipeline.config.${ending}`]: text });
      const { code, stderr } = await shell('npx pipe build', { cwd: below });
      expect(code, stderr).toBe(0);
      expect(read(below, 'hello.txt')).toBe('hello\n');
    },
  );

  test('an env file that does not exist is told by pipe, not by Node', async () => {
    folder('project', { 'pipeline.config.ts': threeKinds, 'count.ts': countModule, 'in.txt': 'words' });
    // Not by npx: its own Node takes the option before it knows what it is to start.
    const bin = path.join(project, 'node_modules/.bin');
    const { code, stderr } = await shell('pipe build --env-file missing.env', { cwd: project, bin });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^PIPE035 .*missing\.env/);
  });

  test('where its own folder cannot be written, compiled code goes to the cache of the user', async () => {
    refuseCompiled();
    const cache = path.join(place, 'cache of the user');
    const bin = path.join(project, 'node_modules/.bin');
    // As JSON: without how long ago that was.
    const answer = () => shell('pipe runs --json', { cwd: project, bin, env: { XDG_CACHE_HOME: cache } });
    const first = await answer();
    expect(first).toMatchObject({ code: 0, stderr: '' });

    const kept = fs.readdirSync(path.join(cache, 'pipe-build'));
    expect(kept).toEqual([expect.stringMatching(/\.bin$/)]);
    const file = path.join(cache, 'pipe-build', kept[0]!);
    const before = fs.statSync(file, { bigint: true });
    expect(await answer()).toEqual(first);
    // Used, not made again.
    expect(fs.statSync(file, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  test('who has no home folder builds too, and no compiled code is left where that happens to be', async () => {
    const homeless = folder('project/homeless', {
      'pipeline.config.ts': `import { definePipeline, optional } from 'pipe-build';
export default definePipeline({
  stages: { greet: { requires: optional('~/no such file'), produces: 'hello.txt', run: 'echo hello >hello.txt' } },
});
`,
      // As Node does for a user id without an entry, where no variable says it either.
      'homeless.cjs': "require('node:os').homedir = () => { throw new Error('nobody knows'); };",
    });
    const bin = path.join(project, 'node_modules/.bin');
    const unknown = { NODE_OPTIONS: `--require ${path.join(homeless, 'homeless.cjs')}`, XDG_CACHE_HOME: '' };
    refuseCompiled();

    const build = () => shell('pipe build', { cwd: homeless, bin, env: unknown });
    // The second finds nothing to do and leaves a proof, by which the last one builds a part.
    for (const _ of ['first', 'second', 'third'])
      expect(await build()).toMatchObject({ code: 0, stderr: '' });
    fs.rmSync(path.join(homeless, 'hello.txt'));
    expect(await build()).toMatchObject({ code: 0, stderr: '' });

    const before = fs.readdirSync(homeless);
    for (const env of [
      { HOME: '', XDG_CACHE_HOME: '' },
      { HOME: 'here', XDG_CACHE_HOME: 'there' },
    ])
      expect(await shell('pipe build', { cwd: homeless, bin, env })).toMatchObject({ code: 0, stderr: '' });
    expect(fs.readdirSync(homeless)).toEqual(before);
  });

  test('a watch is started so that it holds little, and its code is compiled for that once', async () => {
    const watched = folder('project/watched', {
      'pipeline.config.ts': `import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: { greet: { produces: 'hello.txt', run: 'echo hello >hello.txt' } } });
`,
      'flags.cjs':
        "require('node:fs').appendFileSync('flags.log', [process.execArgv[0], process.env.MALLOC_ARENA_MAX, ''].join(' '));",
    });
    const bin = path.join(project, 'node_modules/.bin');
    refuseCompiled();
    const cache = path.join(place, 'cache of the watch');
    const env = { XDG_CACHE_HOME: cache, NODE_OPTIONS: `--require ${path.join(watched, 'flags.cjs')}` };
    // It ends with its reader.
    const line = `pipe watch --exec 'echo "left: $MALLOC_ARENA_MAX"' | sed '/left:/q'`;
    const first = await shell(line, { cwd: watched, bin, env });
    expect(first.stderr).toBe('');
    expect(read(watched, 'flags.log')).toContain('--max-semi-space-size=4 01 ');
    // Nobody else is to go by that, nor where a person has said something else.
    expect(first.stdout).toMatch(/ left: $/m);
    const own = { ...env, MALLOC_ARENA_MAX: '3' };
    expect((await shell(line, { cwd: watched, bin, env: own })).stdout).toMatch(/ left: 3$/m);

    const folderOfUser = path.join(cache, 'pipe-build');
    const [kept, ...more] = fs.readdirSync(folderOfUser);
    expect([kept, more]).toEqual([expect.stringMatching(/^watch-.*\.bin$/), []]);
    const before = fs.statSync(path.join(folderOfUser, kept!), { bigint: true });
    await shell(line, { cwd: watched, bin, env });
    // Used, not made again.
    const { ino, mtimeNs } = fs.statSync(path.join(folderOfUser, kept!), { bigint: true });
    expect({ ino, mtimeNs }).toEqual({ ino: before.ino, mtimeNs: before.mtimeNs });
  });
});

describe('installed for all projects', () => {
  test('it builds in a folder without any packages', async () => {
    const bare = folder('bare', {
      'pipeline.config.ts': threeKinds,
      'count.ts': countModule,
      'in.txt': 'abc',
    });
    const { code, stderr } = await shell('pipe build', { cwd: bare, bin: path.join(prefix, 'bin') });
    expect(code, stderr).toBe(0);
    expect(read(bare, 'report.txt')).toBe('3 count');
    expect(fs.existsSync(path.join(bare, 'node_modules'))).toBe(false);
  });

  test('an env file that does not exist is told by pipe here, too', async () => {
    const bare = folder('bare', {
      'pipeline.config.ts': threeKinds,
      'count.ts': countModule,
      'in.txt': 'abc',
    });
    const bin = path.join(prefix, 'bin');
    const { code, stderr } = await shell('pipe build --env-file missing.env', { cwd: bare, bin });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^PIPE035 .*missing\.env/);
  });
});
