// The identity of the code behind stages.

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { loadModule } from '../../src/base/load-module.ts';
import { prepareCode } from '../../src/config/code.ts';
import type { CodeIdentity } from '../../src/engine/ports.ts';
import { TempProject } from './temp-project.ts';

const files = {
  'pipeline.config.ts': `import './shared.ts';\nexport default { stages: {} };`,
  'shared.ts': `export const shared = 'v1';`,
  'stages/one.ts': `import { shared } from '../shared.ts';\nexport default () => shared;`,
  'stages/two.ts': 'export default () => 2;',
};

async function identities(project: TempProject, ...modules: readonly string[]) {
  const cache = project.cache();
  const { compiled } = await project.load('pipeline.config.ts', { cache });
  const code = await prepareCode({
    root: project.root,
    cache,
    config: compiled,
    modules: modules as FilePath[],
  });
  return [null, ...modules].map((module) => code.identify(module as FilePath | null));
}

async function digests(project: TempProject, ...modules: readonly string[]): Promise<readonly string[]> {
  return (await identities(project, ...modules)).map((identity) => (identity as CodeIdentity).digest);
}

describe('the identity of a module', () => {
  test('names its local modules, sorted and canonical, and the file to run', async () => {
    using project = TempProject.with(files);
    const [config, one] = (await identities(project, 'stages/one.ts')) as [CodeIdentity, CodeIdentity];
    expect(config.modules).toEqual(['pipeline.config.ts', 'shared.ts']);
    expect(one.modules).toEqual(['shared.ts', 'stages/one.ts']);
    const { default: stage } = (await loadModule(one.compiledPath)) as { default: () => string };
    expect(stage()).toBe('v1');
  });

  test('changes with any module it imports, and with no other', async () => {
    using project = TempProject.with(files);
    const before = await digests(project, 'stages/one.ts', 'stages/two.ts');
    expect(new Set(before).size).toBe(3);
    project.write('shared.ts', `export const shared = 'v2';`);
    const after = await digests(project, 'stages/one.ts', 'stages/two.ts');
    expect(after.map((digest, i) => digest === before[i])).toEqual([false, false, true]);
  });

  test('is the same in another folder', async () => {
    using here = TempProject.with(files);
    using there = TempProject.with(files);
    expect(await digests(here, 'stages/one.ts')).toEqual(await digests(there, 'stages/one.ts'));
  });

  test('does not change when files are only touched', async () => {
    using project = TempProject.with(files);
    const before = await digests(project, 'stages/one.ts');
    fs.utimesSync(project.path('shared.ts'), 1, 1);
    expect(await digests(project, 'stages/one.ts')).toEqual(before);
  });

  test('covers the lock file only where a package is imported', async () => {
    using project = TempProject.with({
      ...files,
      'stages/two.ts': `import p from 'p';\nexport default () => p;`,
      'node_modules/p/index.js': 'module.exports = 1;',
      'node_modules/p/package.json': '{}',
      'package-lock.json': '{}',
    });
    const [, , two] = (await identities(project, 'stages/one.ts', 'stages/two.ts')) as CodeIdentity[];
    expect(two?.modules).toEqual(['package-lock.json', 'stages/two.ts']);
    const before = await digests(project, 'stages/one.ts', 'stages/two.ts');
    project.write('package-lock.json', '{ "changed": true }');
    const after = await digests(project, 'stages/one.ts', 'stages/two.ts');
    expect(after.map((digest, i) => digest === before[i])).toEqual([true, true, false]);
  });

  test('follows into the packages of a linked workspace', async () => {
    using project = TempProject.with({
      ...files,
      'stages/two.ts': `import { p } from '@me/p';\nexport default () => p;`,
      'packages/p/package.json': '{ "name": "@me/p", "exports": "./p.ts" }',
      'packages/p/p.ts': 'export const p = 1;',
      'node_modules/@me/other': '',
    });
    fs.symlinkSync('../../packages/p', project.path('node_modules/@me/p'));
    const [, two] = (await identities(project, 'stages/two.ts')) as [CodeIdentity, CodeIdentity];
    expect(two.modules).toEqual(['packages/p/p.ts', 'stages/two.ts']);
  });
});

describe('a module that is wrong', () => {
  test('is told for itself while the others stand', async () => {
    using project = TempProject.with({ ...files, 'stages/bad.ts': 'export default (' });
    const [, gone, bad, two] = await identities(project, 'stages/gone.ts', 'stages/bad.ts', 'stages/two.ts');
    expect(gone).toMatchObject({ problems: [{ code: 'PIPE025' }] });
    expect(bad).toMatchObject({ problems: [{ code: 'PIPE002', at: 'stages/bad.ts:1:17' }] });
    expect(two).toMatchObject({ modules: ['stages/two.ts'] });
  });

  test('is a bug of the caller when nobody prepared it', async () => {
    using project = TempProject.with(files);
    const cache = project.cache();
    const { compiled } = await project.load('pipeline.config.ts', { cache });
    const code = await prepareCode({ root: project.root, cache, config: compiled, modules: [] });
    expect(() => code.identify('stages/one.ts' as FilePath)).toThrow('stages/one.ts was not prepared');
  });
});
