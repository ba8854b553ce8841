// Where the configuration is found.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { configNames, locateConfig } from '../../src/config/locate.ts';
import { TempProject } from './temp-project.ts';

function problemOf(options: Parameters<typeof locateConfig>[0]) {
  const result = locateConfig(options);
  if (result.ok) throw new Error(`found ${result.value.configPath}`);
  return result.error;
}

describe('searching upwards', () => {
  test.each(configNames)('%s is found from a folder far below', (name) => {
    using project = TempProject.with({ [name]: '', 'a/b/c/file': '' });
    expect(locateConfig({ cwd: project.path('a/b/c') })).toEqual({
      ok: true,
      value: { configPath: project.path(name), root: project.root },
    });
  });

  test('the nearest configuration wins', () => {
    using project = TempProject.with({
      'pipeline.config.ts': '',
      'a/pipeline.config.mjs': '',
      'a/b/file': '',
    });
    expect(locateConfig({ cwd: project.path('a/b') })).toMatchObject({
      value: { configPath: project.path('a/pipeline.config.mjs'), root: project.path('a') },
    });
  });

  test('a folder of that name is not a configuration', () => {
    using project = TempProject.with({ 'pipeline.config.js': '', 'a/pipeline.config.ts/file': '' });
    expect(locateConfig({ cwd: project.path('a') })).toMatchObject({
      value: { configPath: project.path('pipeline.config.js') },
    });
  });

  test('finding nothing says where it looked and how to start', () => {
    using project = TempProject.with({ 'a/file': '' });
    const [problem, ...others] = problemOf({ cwd: project.path('a') });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'PIPE001' });
    expect(problem?.message).toContain(project.path('a'));
    expect(problem?.hint).toContain('definePipeline');
  });
});

describe('--config and --root', () => {
  test('--config names a file of any name and its folder is the root', () => {
    using project = TempProject.with({ 'pipeline.config.ts': '', 'other/nightly.mts': '' });
    expect(locateConfig({ cwd: project.root, config: 'other/nightly.mts' })).toEqual({
      ok: true,
      value: { configPath: project.path('other/nightly.mts'), root: project.path('other') },
    });
  });

  test('--config may name the folder', () => {
    using project = TempProject.with({ 'other/pipeline.config.js': '' });
    expect(locateConfig({ cwd: project.root, config: 'other' })).toMatchObject({
      value: { configPath: project.path('other/pipeline.config.js') },
    });
  });

  test('--config may lie outside of --root', () => {
    using project = TempProject.with({ 'configs/a.config.ts': '', 'data/file': '' });
    expect(locateConfig({ cwd: project.root, config: 'configs/a.config.ts', root: 'data' })).toEqual({
      ok: true,
      value: { configPath: project.path('configs/a.config.ts'), root: project.path('data') },
    });
  });

  test('--root alone looks there and not above', () => {
    using project = TempProject.with({ 'pipeline.config.ts': '', 'a/pipeline.config.ts': '', 'b/file': '' });
    expect(locateConfig({ cwd: project.root, root: 'a' })).toMatchObject({
      value: { configPath: project.path('a/pipeline.config.ts'), root: project.path('a') },
    });
    expect(problemOf({ cwd: project.root, root: 'b' })).toMatchObject([{ code: 'PIPE001' }]);
  });

  test('a root behind a symbolic link is known by its real path', () => {
    using project = TempProject.with({ 'real/pipeline.config.ts': '' });
    fs.symlinkSync(project.path('real'), project.path('link'));
    expect(locateConfig({ cwd: project.path('link') })).toEqual({
      ok: true,
      value: { configPath: project.path('real/pipeline.config.ts'), root: project.path('real') },
    });
  });

  test.each([
    ['a missing file', 'none.ts'],
    ['a file of another kind', 'pipeline.yaml'],
    ['a folder without one', 'empty'],
  ])('--config with %s is a diagnostic', (_, config) => {
    using project = TempProject.with({ 'pipeline.yaml': '', 'empty/file': '' });
    const problems = problemOf({ cwd: project.root, config });
    expect(problems).toMatchObject([{ code: 'PIPE001', at: '--config' }]);
    expect(problems[0]?.message).toContain(path.join(project.root, config));
  });

  test('--root that is no folder is a diagnostic', () => {
    using project = TempProject.with({ 'pipeline.config.ts': '' });
    expect(problemOf({ cwd: project.root, root: 'none' })).toMatchObject([{ code: 'PIPE034', at: '--root' }]);
    expect(problemOf({ cwd: project.root, root: 'pipeline.config.ts' })).toMatchObject([{ code: 'PIPE034' }]);
  });
});
