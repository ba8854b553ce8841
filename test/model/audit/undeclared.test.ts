// Which of the touched files a stage declares, and by what name the others are told.
import { expect, test } from 'vitest';
import { type Surroundings, undeclaredFiles } from '../../../src/model/audit/undeclared.ts';
import { acceptedStage } from '../validation/sample-config.ts';

const around: Surroundings = {
  code: new Set(),
  exempt: [],
  isBehindLink: () => false,
  isFolder: () => false,
  isLink: () => false,
};
const stage = acceptedStage({
  requires: ['data/*.csv', '!data/secret.csv'],
  produces: ['out/*.txt', 'site/'],
  run: 'node scripts/make.mjs',
});

function undeclared(
  touched: { reads?: string[]; writes?: string[]; deletes?: string[] },
  more: Partial<Surroundings> = {},
  of = stage,
) {
  return undeclaredFiles(
    of,
    {
      reads: new Set(touched.reads),
      writes: new Set(touched.writes),
      deletes: new Set(touched.deletes),
    },
    { ...around, ...more },
  );
}

test('patterns and the script that the command names are declared reads', () => {
  const reads = ['data/a.csv', 'scripts/make.mjs', 'data/b.txt', 'scripts/lib.mjs', 'data/secret.csv'];
  expect(undeclared({ reads }).reads).toEqual(['data/b.txt', 'data/secret.csv', 'scripts/lib.mjs']);
});

test('so is the place to which an input leads', () => {
  const isBehindLink = (path: string) => path === 'there/a.csv';
  const reads = ['there/a.csv', 'there/b.csv'];
  expect(undeclared({ reads, writes: ['there/a.csv'] }, { isBehindLink })).toMatchObject({
    reads: ['there/b.csv'],
    writes: ['there/a.csv'],
  });
});

test('outputs are declared writes, inputs are not', () => {
  const writes = ['out/a.txt', 'site/deep/b.html', 'out/a.log', 'data/a.csv'];
  expect(undeclared({ writes }).writes).toEqual(['data/a.csv', 'out/a.log']);
});

test('an output may be read and deleted: a stage that updates in place does so', () => {
  expect(undeclared({ reads: ['out/a.txt'], deletes: ['out/b.txt'] })).toEqual({
    reads: [],
    writes: [],
    deletes: [],
  });
});

test('a stage without patterns declares nothing but its script', () => {
  const of = acceptedStage({ run: 'node a.mjs' });
  expect(undeclared({ reads: ['a.mjs', 'b'], writes: ['c'], deletes: ['d'] }, {}, of)).toEqual({
    reads: ['b'],
    writes: ['c'],
    deletes: ['d'],
  });
});

test('the code of a function is an input', () => {
  expect(undeclared({ reads: ['a.ts', 'b.ts'] }, { code: new Set(['a.ts']) }).reads).toEqual(['b.ts']);
});

test('what is exempt is left out, with all below it', () => {
  const exempt = ['.pipeline-cache/scratch/s/', 'x'];
  const all = ['.pipeline-cache/scratch/s/a', 'x', 'x/y', '.pipeline-cache/scratch/other/a'];
  expect(undeclared({ reads: all, writes: all, deletes: all }, { exempt })).toEqual({
    reads: ['.pipeline-cache/', 'x/y'],
    writes: ['.pipeline-cache/', 'x/y'],
    deletes: ['.pipeline-cache/', 'x/y'],
  });
});

test('folders are left out: they have no content of their own', () => {
  const isFolder = (path: string) => path === 'lib';
  expect(undeclared({ reads: ['lib', 'a'], writes: ['lib', 'a'] }, { isFolder })).toMatchObject({
    reads: ['a'],
    writes: ['a'],
  });
});

test('names that no pattern matches are told as their folder, once', () => {
  const reads = ['.git/HEAD', '.git/refs/heads/main', 'sub/.git', 'sub/.pipeline-cache/state', '.gitignore'];
  expect(undeclared({ reads }).reads).toEqual(['.git/', '.gitignore', 'sub/.git/', 'sub/.pipeline-cache/']);
});

test('compiled Python stands for its source, and may be written', () => {
  const cached = 'lib/__pycache__/tool.cpython-311.pyc';
  const optimised = '__pycache__/top.cpython-311.opt-1.pyc';
  expect(undeclared({ reads: [cached, optimised], writes: [cached, `${cached}.1234`] })).toEqual({
    reads: ['lib/tool.py', 'top.py'],
    writes: [],
    deletes: [],
  });
  const declared = acceptedStage({ requires: ['lib/*.py'] });
  expect(undeclared({ reads: [cached] }, {}, declared).reads).toEqual([]);
});

test('packages are told as one, unless their lock file is an input', () => {
  const reads = ['node_modules/p/index.js', 'node_modules/p/package.json', 'node_modules/q/x.js'];
  expect(undeclared({ reads }).reads).toEqual(['node_modules/']);
  const locked = acceptedStage({ requires: ['package-lock.json'] });
  expect(undeclared({ reads }, {}, locked).reads).toEqual([]);
  expect(undeclared({ reads }, { code: new Set(['yarn.lock']) }).reads).toEqual([]);
  const data = acceptedStage({ requires: ['node_modules/p/*'] });
  expect(undeclared({ reads: reads.slice(0, 2) }, {}, data).reads).toEqual([]);
});

test('the lock file may lie in any folder above the packages', () => {
  const reads = ['apps/web/node_modules/p/index.js'];
  expect(undeclared({ reads }).reads).toEqual(['apps/web/node_modules/']);
  for (const lock of ['apps/web/pnpm-lock.yaml', 'apps/bun.lock', 'npm-shrinkwrap.json'])
    expect(undeclared({ reads }, {}, acceptedStage({ requires: [lock] })).reads).toEqual([]);
  const elsewhere = acceptedStage({ requires: ['apps/docs/package-lock.json'] });
  expect(undeclared({ reads }, {}, elsewhere).reads).toEqual(['apps/web/node_modules/']);
});

test('a Python environment is told as one, unless what lists its packages is an input', () => {
  const reads = [
    '.venv/pyvenv.cfg',
    '.venv/bin/python',
    '.venv/lib/p/__pycache__/m.cpython-311.pyc',
    'venv/x',
  ];
  expect(undeclared({ reads }).reads).toEqual(['.venv/', 'venv/x']);
  for (const lock of ['requirements.txt', 'uv.lock'])
    expect(undeclared({ reads }, {}, acceptedStage({ requires: [lock] })).reads).toEqual(['venv/x']);
});

test('what tools keep in node_modules/.cache is theirs', () => {
  const files = ['node_modules/.cache/babel/x.json', 'apps/a/node_modules/.cache/y'];
  expect(undeclared({ reads: files, writes: files, deletes: files })).toEqual({
    reads: [],
    writes: [],
    deletes: [],
  });
  expect(undeclared({ writes: ['node_modules/p/patched.js'] }).writes).toEqual(['node_modules/']);
});
