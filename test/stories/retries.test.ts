// What fails now and then is tried again: what is told of that, what is kept, and how it is stopped.
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { saw } from './signs.ts';

const flaky = `{ stages: {
  fetch: {
    requires: 'in.txt',
    produces: ['out.txt'],
    retry: { attempts: 4, delay: '1ms', when: { exitCode: 75, output: /HTTP 5\\d\\d/ } },
    run: 'echo "attempt $PIPE_ATTEMPT"; ls out.txt 2>/dev/null && echo leftover; cp in.txt out.txt; sh "case$PIPE_ATTEMPT"',
  },
} }`;

test('a command that fails as foreseen is tried again, and each attempt has its log', async () => {
  const cases = {
    case1: 'exit 75',
    case2: 'echo \'{"retryAfter":"20ms"}\' >> "$PIPE_OUTPUT"; echo "HTTP 503" >&2; exit 1',
    case3: 'exit 0',
  };
  await using rig = await Rig.compiled({ 'in.txt': 'in', ...cases }, flaky);
  const built = await rig.pipe(['build']);
  expect(built.stdout).toMatch(/^fetch: attempt 1 failed: exit code 75; again in 1ms \(3 left\)$/m);
  expect(built.stdout).toMatch(/^fetch: attempt 2 failed: exit code 1; again in 20ms \(2 left\)$/m);
  expect(built).toMatchObject({ code: 0, stdout: expect.stringMatching(/^done +fetch +\S+, 3 attempts$/m) });
  expect((await rig.pipe(['logs'])).stdout).toBe(
    '==> fetch, attempt 1 of 3 <==\nattempt 1\n==> fetch, attempt 2 of 3 <==\nattempt 2\nHTTP 503\n==> fetch, attempt 3 of 3 <==\nattempt 3\n',
  );
  expect((await rig.pipe(['show'])).stdout).toMatch(/fetch +executed .*; 3 attempts/);
  // How it came about does not matter for what it is; nor does the pattern in its definition for a look at a glance.
  await rig.reconfigure(flaky.replace('attempts: 4', 'attempts: 5'));
  expect((await rig.build()).fresh).toEqual(['fetch']);
  expect((await rig.pipe(['describe', 'fetch'])).stdout).toMatch(
    /retry +5 attempts, 1ms between them, then 2 times as long each, at most 1m 00s, shortened by chance\n +after exit code 75 or output with \/HTTP 5\\d\\d\//,
  );

  // Another failure is not foreseen.
  rig.write('case1', 'exit 3');
  rig.write('in.txt', 'other');
  const failed = await rig.build();
  expect(failed).toMatchObject({ code: 1, failed: ['fetch'] });
  expect(failed.events.some(({ kind }) => kind === 'task-retrying')).toBe(false);
});

test('a predicate of the configuration decides, also in a build of a part, and timeouts may be tried again', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'in', 'other.txt': 'other' },
    `
    import { definePipeline } from 'pipe-build';
    const most = 2;
    export default definePipeline({ stages: {
      slow: {
        requires: 'in.txt', produces: ['out.txt'], timeout: '2s',
        retry: { attempts: 9, delay: '1ms', when: (failure) => failure.kind === 'timeout' && failure.attempt < most },
        run: 'if [ $PIPE_ATTEMPT = 1 ]; then sleep 1000; fi; cp in.txt out.txt',
      },
      other: { requires: 'other.txt', produces: ['other-out.txt'], run: 'cp other.txt other-out.txt' },
    } });`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['other', 'slow'] });
  await rig.pipe(['build']);
  rig.write('in.txt', 'edited');
  const part = await rig.pipe(['build']);
  expect(part.stdout).toMatch(/slow: attempt 1 failed: timed out after 2.0s; again in 1ms \(8 left\)/);
  expect([part.code, rig.read('out.txt')]).toEqual([0, 'edited']);
});

test('Ctrl-C while a stage waits for its next attempt ends the build at once', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { fetch: { produces: ['out.txt'], retry: { attempts: 2, delay: '20d', maxDelay: '20d' }, run: 'exit 1' } } }`,
  );
  const building = rig.start(['build']);
  await building.printed('again in');
  building.child.kill('SIGINT');
  expect(await building.ended).toMatchObject({ code: 130 });
  expect((await rig.build(['--dry-run'])).code).toBe(0);
});

test('a predicate that ends the process is told of, and its stage has failed', async () => {
  const stage = "run: 'exit 1', retry: { attempts: 2, delay: '1ms', when: () => process.exit(0) }";
  await using rig = await Rig.compiled({}, `{ stages: { bad: { ${stage} } } }`);
  const built = await rig.build();
  expect(built).toMatchObject({ code: 1, failed: ['bad'], finished: { exitCode: 1 } });
  const warnings = built.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings).toEqual([
    expect.stringMatching(/gave no answer: it ends the process: process\.exit\(0\)$/),
  ]);
});

test('a predicate without end does not keep a build from being interrupted', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      beside: { run: 'echo $$ > beside.pid; mv beside.pid beside; exec sleep 1000' },
      bad: {
        run: 'until test -e beside; do :; done; exit 1',
        retry: { attempts: 2, delay: '1ms', when: () => { console.error('it is (asked)'); for (;;); } },
      },
    } }`,
  );
  const running = rig.start(['build', '-j2', '--json']);
  await saw(running, /it is \((asked)\)/);
  running.child.kill('SIGINT');
  const built = builtFrom(await running.ended);
  expect(built).toMatchObject({ code: 130, failed: ['bad'], cancelled: ['beside'] });
  expect(isAlive(Number(rig.read('beside')))).toBe(false);
});

test('an attempt begins without what the one before it made, also where both are links to one and the same file', async () => {
  await using rig = await Rig.compiled(
    { 'store/a.txt': 'kept elsewhere' },
    `{ stages: { link: { produces: ['a.txt'], retry: { attempts: 4, delay: '1ms' },
      run: 'ln store/a.txt a.txt && test $PIPE_ATTEMPT = 4' } } }`,
  );
  const built = await rig.build();
  expect(built.end('link')).toMatchObject({ outcome: 'executed', attempts: 4 });
  expect(rig.read('a.txt')).toBe('kept elsewhere');
  expect(rig.exists('.pipeline-cache/displaced')).toBe(false);
});
