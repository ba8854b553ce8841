import { expect, test } from 'vitest';
import { accepted, acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

test('a stage that says nothing else has all defaults', () => {
  expect(acceptedStage({})).toEqual({
    name: 's',
    index: 0,
    params: [],
    paramsOnFailure: [],
    combination: '',
    description: null,
    requires: { entries: [] },
    implied: [],
    produces: null,
    after: [],
    command: { kind: 'shell', lines: ['make it'] },
    env: [],
    secrets: [],
    optionalSecrets: [],
    tools: [],
    cwd: '',
    shell: '/bin/sh',
    timeoutMs: null,
    nice: 0,
    retry: null,
    hooks: { before: null, after: null, onFailure: null },
    checks: [],
    pools: [],
    weight: 1,
    services: [],
    optional: false,
    when: 'success',
    freshness: 'hash',
    cache: true,
    clean: true,
    protect: false,
    watch: 'auto',
    version: null,
    always: true,
    forEach: null,
    batchSize: null,
    item: null,
  });
});

test('a stage runs each time when it declares neither inputs nor outputs', () => {
  expect(acceptedStage({ run: 'node x.mjs' }).always).toBe(true);
  expect(acceptedStage({ requires: 'x' }).always).toBe(false);
  expect(acceptedStage({ produces: 'x' }).always).toBe(false);
  expect(acceptedStage({}, { requires: 'x' }).always).toBe(false);
});

test('what runs over failures does so for each, so that nothing of before stands for it', () => {
  expect(acceptedStage({ when: 'failure', cache: true })).toMatchObject({
    ...{ when: 'failure', cache: false, always: false },
  });
  expect(acceptedStage({ when: 'always' })).toMatchObject({ when: 'always', cache: true, always: true });
  expect(faultsOfStage({ when: 'never' })).toEqual(['PIPE011 stages.s.when']);
});

test('after names one stage or several, each once', () => {
  const stages = { a: { run: 'x' }, b: { run: 'x', after: 'a' }, c: { run: 'x', after: ['b', 'a', 'b'] } };
  expect(accepted({ stages }).stages.map((stage) => stage.after)).toEqual([[], ['a'], ['b', 'a']]);
});

test('an unknown stage is met with the one that was meant', () => {
  expect(rejected({ stages: { merge: { run: 'x' }, b: { run: 'x', after: ['mrege'] } } })).toEqual([
    {
      code: 'PIPE019',
      message: 'there is no stage "mrege"',
      at: 'stages.b.after[0]',
      hint: 'did you mean "merge"?',
    },
  ]);
});

test('a stage cannot run after itself', () => {
  expect(faultsOfStage({ after: 's' })).toEqual(['PIPE018 stages.s.after']);
});

test.each([[7], [''], [[null]], [{}]])('after %j is no name of a stage', (after) => {
  expect(faultsOfStage({ after })[0]).toMatch(/^PIPE011 stages\.s\.after/);
});

test('a timeout is a duration that timers can hold', () => {
  expect(acceptedStage({ timeout: '10m' }).timeoutMs).toBe(600_000);
  expect(acceptedStage({ timeout: 50 }).timeoutMs).toBe(50);
  for (const timeout of ['soon', 0, -1, '0s', '25d', null, {}]) {
    expect(faultsOfStage({ timeout })).toEqual(['PIPE021 stages.s.timeout']);
  }
});

test('a priority is a whole number that the system knows, or true', () => {
  expect([-20, 0, 19, true as const].map((nice) => acceptedStage({ nice }).nice)).toEqual([-20, 0, 19, 10]);
  for (const nice of [-21, 20, 1.5, Number.NaN, false, '5', null])
    expect(faultsOfStage({ nice })).toEqual(['PIPE011 stages.s.nice']);
});

test('the working folder lies inside the root', () => {
  expect(acceptedStage({ cwd: './a/../b/' }).cwd).toBe('b');
  expect(acceptedStage({ cwd: '.' }).cwd).toBe('');
  expect(acceptedStage({ cwd: '/home/ann/project/c' }).cwd).toBe('c');
  for (const cwd of ['..', '/tmp', '~/x']) expect(faultsOfStage({ cwd })).toEqual(['PIPE023 stages.s.cwd']);
  expect(faultsOfStage({ cwd: '' })).toEqual(['PIPE011 stages.s.cwd']);
});

test('the shell is a program', () => {
  expect(acceptedStage({ shell: 'bash' }).shell).toBe('bash');
  expect(acceptedStage({ shell: '/opt/my shell/sh' }).shell).toBe('/opt/my shell/sh');
  for (const shell of ['', './sh', 'bash -e', 'bin/sh', true]) {
    expect(faultsOfStage({ shell })).toEqual(['PIPE011 stages.s.shell']);
  }
});

test.each(['optional', 'cache', 'clean', 'protect'])('%s is true or false', (field) => {
  expect(acceptedStage({ [field]: true })).toMatchObject({ [field]: true });
  expect(acceptedStage({ [field]: false })).toMatchObject({ [field]: false });
  expect(faultsOfStage({ [field]: 'yes' })).toEqual([`PIPE011 stages.s.${field}`]);
});

test.each(['version', 'description'])('%s is text that is not empty', (field) => {
  expect(acceptedStage({ [field]: '2' })).toMatchObject({ [field]: '2' });
  expect(faultsOfStage({ [field]: '' })).toEqual([`PIPE011 stages.s.${field}`]);
  expect(faultsOfStage({ [field]: 2 })).toEqual([`PIPE011 stages.s.${field}`]);
});

test('watch is auto or manual', () => {
  expect(acceptedStage({ watch: 'manual' }).watch).toBe('manual');
  expect(faultsOfStage({ watch: 'never' })).toEqual(['PIPE011 stages.s.watch']);
});

test('a message says what was expected and what was found', () => {
  const [found] = rejected({ stages: { s: { run: 'x', optional: 'x'.repeat(200) } } });
  expect(found!.message).toBe(`expected true or false, found "${'x'.repeat(39)}…"`);
});
