// `pipe doctor`: what each check makes of what it finds, and how findings are told.
import { expect, test } from 'vitest';
import { checkOf, exitCodeOf, reportLines } from '../../src/cli/check-report.ts';
import { clockCheck, fileSystemCheck, spaceCheck } from '../../src/cli/checks-of-folder.ts';
import { nodeCheck, watchCheck } from '../../src/cli/checks-of-machine.ts';
import { brokenChecks, passedChecks, secretChecks, shellChecks } from '../../src/cli/checks-of-pipeline.ts';
import type { StageSpec } from '../../src/model/spec.ts';
import { optional } from '../../src/model/value-spec.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { plainLook } from './plain-look.ts';

const pipeline = accepted({
  secrets: ['TOKEN'],
  stages: {
    a: { run: 'true', secrets: ['KEY'], env: { REGION: true, LEVEL: 'high' } },
    b: { run: 'true', shell: '/opt/fish' },
    c: { run: () => {} },
  },
});
const caller = (values: Readonly<Record<string, string>>) => ({ get: (name: string) => values[name] });

test.each([
  ['20.18.9', 'fail'],
  ['20.19.0', 'ok'],
  ['24.0.0-nightly20260101', 'ok'],
  ['18.20.0', 'fail'],
])('Node %s is %s', (version, status) => {
  expect(nodeCheck(version).status).toBe(status);
});

test('a missing secret is a warning for each, with the stages that cannot run without it', () => {
  expect(secretChecks(pipeline.stages, caller({}))).toMatchObject([
    { status: 'warn', detail: 'KEY is not set, and a cannot run without it' },
    { status: 'warn', detail: 'TOKEN is not set, and a, b, c cannot run without it' },
  ]);
  expect(secretChecks(pipeline.stages, caller({ KEY: 'sesame', TOKEN: 'sesame' }))).toEqual([
    { name: 'secrets', status: 'ok', detail: 'KEY, TOKEN set' },
  ]);
});

test('an optional secret that is not set is told and no warning', () => {
  const told = (values: Readonly<Record<string, string>>, secrets: StageSpec['secrets']) =>
    secretChecks(accepted({ stages: { a: { run: 'true', secrets } } }).stages, caller(values));
  expect(told({}, [optional('KEY')])).toEqual([
    { name: 'secrets', status: 'ok', detail: 'KEY is not set (optional in a)' },
  ]);
  expect(told({ KEY: 'sesame', TOKEN: 'sesame' }, [optional('KEY', 'MORE'), 'TOKEN'])).toEqual([
    { name: 'secrets', status: 'ok', detail: 'KEY, TOKEN set; MORE is not set (optional in a)' },
  ]);
  expect(told({}, [optional('KEY'), 'TOKEN'])).toMatchObject([
    { status: 'warn', detail: 'TOKEN is not set, and a cannot run without it' },
  ]);
});

test('a passed variable may be unset', () => {
  expect(passedChecks(pipeline.stages, caller({}))).toEqual([
    { name: 'environment', status: 'ok', detail: 'REGION is not set (passed to a)' },
  ]);
});

test('only shells of shell commands count, and a missing one names its stages', () => {
  expect(shellChecks(pipeline, () => true)).toMatchObject([{ status: 'ok', detail: '/bin/sh, /opt/fish' }]);
  expect(shellChecks(pipeline, (stage) => stage.shell === '/bin/sh')).toMatchObject([
    { status: 'fail', detail: '/opt/fish of b is not there or cannot be executed' },
  ]);
});

test('file systems that other machines may write to are a warning', () => {
  expect(fileSystemCheck(0x6969)).toMatchObject({ status: 'warn', detail: expect.stringMatching(/^NFS,/) });
  // As a machine that extends the sign gives it.
  expect(fileSystemCheck(0xff534d42 - 2 ** 32)).toMatchObject({ status: 'warn' });
  expect(fileSystemCheck(0xef53)).toEqual({ name: 'file system', status: 'ok', detail: 'ext' });
  expect(fileSystemCheck(12345).status).toBe('ok');
});

test('little space is a warning and none a failure', () => {
  expect([2e9, 5e8, 0].map((bytes) => spaceCheck(bytes).status)).toEqual(['ok', 'warn', 'fail']);
});

test('clocks may differ by what a coarse file system rounds away', () => {
  expect(clockCheck(1_000_000, 1_002_000).status).toBe('ok');
  expect(clockCheck(1_060_000, 1_000_000).detail).toBe('the clock of the file system is 1m 00s ahead');
  expect(clockCheck(1_000_000, 1_060_000).detail).toBe('the clock of the file system is 1m 00s behind');
});

test('where there is no limit for watching nothing is said', () => {
  expect(watchCheck('/nowhere/max_user_watches')).toBeNull();
});

test('problems between stages belong to the graph, all others to the configuration', () => {
  const typo = { code: 'PIPE010', message: 'unknown field "prodces"' } as const;
  const circle = { code: 'PIPE018', message: 'a → b → a' } as const;
  expect(brokenChecks([typo])).toMatchObject([{ name: 'configuration', status: 'fail', problems: [typo] }]);
  expect(brokenChecks([circle])).toMatchObject([
    { name: 'configuration', status: 'ok' },
    { name: 'graph', status: 'fail', problems: [circle] },
  ]);
});

test('the report has one line a check, and below it what to do', () => {
  const checks = [
    checkOf('graph', [], 'sound'),
    { name: 'disk', status: 'warn', detail: '5 MB free', hint: 'make room' } as const,
    checkOf(
      'configuration',
      [{ code: 'PIPE010', message: 'unknown field "x"', at: 'stages.a', hint: 'did you mean "y"?' }],
      '',
    ),
  ];
  expect(reportLines(checks, plainLook())).toEqual([
    'ok    graph          sound',
    'warn  disk           5 MB free',
    '      hint: make room',
    'fail  configuration  1 problem',
    '      PIPE010 unknown field "x"',
    '        at stages.a',
    '        hint: did you mean "y"?',
    '',
    '1 failed, 1 warning',
  ]);
  expect(exitCodeOf(checks)).toBe(1);
  expect(exitCodeOf(checks.slice(0, 2))).toBe(0);
});
