// The lines for pipes and CI.
import { expect, test } from 'vitest';
import type { EventBody } from '../../src/model/events.ts';
import { createConsole } from '../../src/render/console.ts';
import { howItFailed } from '../../src/render/task-line.ts';
import {
  at,
  FakeStream,
  finished,
  output,
  planned,
  retrying,
  runFinished,
  runStarted,
  started,
  startMs,
} from './event-feed.ts';

const names = ['extraction', 'enrichment', 'segmentation', 'analysis', 'reporting'];

function plain(
  bodies: readonly EventBody[],
  options: { verbose?: boolean; env?: Record<string, string> } = {},
): string[] {
  const stdout = new FakeStream();
  const console = createConsole({
    mode: 'plain',
    verbose: options.verbose ?? false,
    stdout,
    stderr: new FakeStream(),
    env: options.env ?? {},
    names,
  });
  for (const body of bodies) console.handle(at(0, body));
  console.close();
  return stdout.lines();
}

test('each task has a line when it starts, with the reason, and one when it ends', () => {
  const lines = plain([
    runStarted(5, { targets: ['analysis'] }),
    finished('extraction', 'fresh'),
    started('enrichment', { reasons: [{ code: 'input-changed', path: 'data/full.json' }] }),
    finished('enrichment', 'executed'),
    finished('segmentation', 'restored', { savedMs: 3400 }),
    finished('analysis', 'cancelled', { durationMs: 900 }),
    // It had not begun: the last line counts it.
    finished('reporting', 'cancelled', { durationMs: 0 }),
    runFinished({ executed: 1, restored: 1, fresh: 1, savedMs: 3400 }),
  ]);
  expect(lines).toEqual([
    'retrospective · analysis · 5 tasks',
    'run       enrichment    because data/full.json changed',
    'done      enrichment    1.2s',
    'restored  segmentation  saved 3.4s',
    'cancelled analysis      after 900ms',
    '1 ran, 1 restored, 1 fresh in 2.0s, saved 3.4s',
  ]);
});

test('nothing to do is one line', () => {
  const fresh = names.map((name) => finished(name, 'fresh', { savedMs: 18_400 }));
  const end = runFinished({ fresh: 5, durationMs: 48, savedMs: 92_000 });
  expect(plain([runStarted(), ...fresh, end])).toEqual(['nothing to do: 5 fresh in 48ms (saved 1m 32s)']);
});

test('hundreds of fresh tasks are counted, and listed only with -v', () => {
  const fresh = Array.from({ length: 97 }, (_, i) => finished(`s${i}`, 'fresh'));
  const bodies = [
    runStarted(98),
    ...fresh,
    started('a'),
    finished('a', 'executed'),
    runFinished({ executed: 1, fresh: 97 }),
  ];
  expect(plain(bodies)).toHaveLength(4);
  expect(plain(bodies, { verbose: true }).filter((line) => line.startsWith('fresh '))).toHaveLength(97);
});

test('a failure shows its block at once, and what failed and was skipped at the end, sorted', () => {
  const lines = plain([
    runStarted(4),
    started('analysis'),
    finished('reporting', 'skipped', { blockedBy: ['analysis'], durationMs: 0 }),
    finished('archive', 'skipped', { blockedBy: ['analysis'], stopped: true, durationMs: 0 }),
    finished('analysis', 'failed', { failure: { kind: 'exit', code: 3, line: 'node x' } }),
    runFinished({ outcome: 'failed', exitCode: 1, failed: 1, skipped: 2 }),
  ]);
  expect(lines.slice(2)).toEqual([
    'failed    analysis      exit code 3 after 1.2s',
    '  command   node x',
    '  continue  pipe build analysis',
    '',
    'failed    analysis      exit code 3 after 1.2s',
    'skipped   archive       not begun, as the build stopped over analysis',
    'skipped   reporting     blocked by analysis',
    '1 failed, 2 skipped in 2.0s',
  ]);
});

test('-v shows output by stage, line by line, and every reason', () => {
  const reasons = ['a', 'b', 'c', 'd'].map((path) => ({ code: 'input-added', path }) as const);
  const lines = plain(
    [
      runStarted(1),
      started('enrichment', { reasons }),
      output('enrichment', 'hal'),
      output('enrichment', 'oops\n', 'stderr'),
      output('enrichment', 'f\nrest'),
      finished('enrichment', 'executed'),
      runFinished({ executed: 1 }),
    ],
    { verbose: true },
  );
  expect(lines.slice(1, -2)).toEqual([
    'run       enrichment    because 4 files added: a, b, c and 1 more',
    '          a was added',
    '          b was added',
    '          c was added',
    '          d was added',
    'enrichment | oops',
    'enrichment | half',
    'enrichment | rest',
  ]);
});

test('waiting for another run, warnings and repeated attempts are told', () => {
  const lines = plain([
    { kind: 'run-blocked', waits: true, pid: 77, command: 'build', sinceMs: startMs - 120_000 },
    {
      kind: 'run-blocked',
      ...{ waits: true, pid: 77, command: 'build', sinceMs: startMs - 120_000, suspended: true },
    },
    runStarted(1),
    started('a'),
    {
      kind: 'task-retrying',
      ...{ task: started('a').task, stage: 'a', item: null },
      attempt: 1,
      why: 'input-changed',
      paths: [],
    },
    { kind: 'warning', message: 'kept out.csv aside', hint: 'see displaced/', task: started('a').task },
  ]);
  expect(lines).toEqual([
    'waiting for another run in this folder: process 77, started 2m ago (pipe build)',
    'waiting for another run in this folder: process 77, started 2m ago (pipe build), is suspended: fg or kill -CONT 77 lets it go on',
    'retrospective · 1 task',
    'run       a             because it was never built',
    'a: its inputs were edited while it ran, so it runs again',
    'warning: a: kept out.csv aside',
    '  hint: see displaced/',
  ]);
});

test('attempts that failed, and how many there were, are told', () => {
  const lines = plain([
    runStarted(2),
    started('a'),
    retrying('a', { failure: { kind: 'exit', code: 7, line: 'x' }, delayMs: 2000 }),
    started('a', { attempt: 2 }),
    finished('a', 'executed', { attempts: 2 }),
    finished('b', 'failed', { attempts: 3, failure: { kind: 'signal', signal: 'SIGKILL', line: 'x' } }),
  ]);
  expect(lines.slice(1, 6)).toEqual([
    'run       a             because it was never built',
    'a: attempt 1 failed: exit code 7; again in 2.0s (1 left)',
    'run       a             because it was never built (attempt 2)',
    'done      a             1.2s, 2 attempts',
    'failed    b             killed by SIGKILL (out of memory?) after 1.2s, 3 attempts',
  ]);
});

test.each([
  [
    { outcome: 'cancelled', exitCode: 130, executed: 1, cancelled: 1 } as const,
    'interrupted: 1 cancelled, 1 ran in 2.0s',
  ],
  [
    { outcome: 'cancelled', exitCode: 130, fresh: 1, cancelled: 1, gaveWay: true } as const,
    'gave way to an edit: 1 cancelled, 1 fresh in 2.0s',
  ],
  [{ outcome: 'waiting', exitCode: 3, waiting: 1 } as const, 'stopped to wait: 1 waiting in 2.0s'],
  [{ outcome: 'degraded', failed: 1, executed: 2 } as const, '1 failed, 2 ran in 2.0s'],
  [{ outcome: 'failed', exitCode: 1 } as const, 'nothing ran in 2.0s'],
])('the last line of %j', (end, last) => {
  expect(plain([runStarted(), runFinished(end)])).toEqual([last]);
});

test('a dry run prints the plan and its totals', () => {
  const lines = plain([
    runStarted(5, { dryRun: true }),
    planned('extraction', 'fresh'),
    planned('enrichment', 'run', {
      reasons: [{ code: 'input-changed', path: 'data/full.json' }],
      estimateMs: 12_000,
      estimateMetrics: { usd: 0.42, tokens: 9120 },
    }),
    planned('segmentation', 'restore', { reasons: [{ code: 'output-missing', path: 'data/eras.json' }] }),
    planned('analysis', 'run', { reasons: [{ code: 'upstream-planned', stage: 'enrichment' }] }),
    planned('reporting', 'fail', { failure: { kind: 'input-missing', patterns: ['in/*.csv'] } }),
    runFinished(),
  ]);
  expect(lines).toEqual([
    'retrospective · 5 tasks · dry run, nothing is touched',
    'fresh          extraction',
    'would run      enrichment    ~12s    because data/full.json changed',
    '               $ node enrichment.mjs',
    'would restore  segmentation  because output data/eras.json is missing',
    'would run      analysis      because enrichment would run',
    '               $ node analysis.mjs',
    'would fail     reporting',
    '               required files are missing',
    '               in/*.csv',
    '',
    '1 would fail, 2 would run, 1 would be restored, 1 fresh; about 12s of work, usd 0.42, tokens 9,120 and 1 never timed',
  ]);
});

test('a pipe gets no escapes, unless FORCE_COLOR asks for colour', () => {
  const bodies = [runStarted(1), started('a'), finished('a', 'executed'), runFinished({ executed: 1 })];
  expect(plain(bodies).join('')).not.toContain('\u001b');
  expect(plain(bodies, { env: { FORCE_COLOR: '1' } }).join('')).toContain('\u001b[32m');
  expect(plain(bodies, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).join('')).not.toContain('\u001b');
});

test.each([
  [{ kind: 'exit', code: 3, line: 'false' }, 'exit code 3 after 1.2s, 2 attempts'],
  [{ kind: 'timeout', timeoutMs: 65_000, line: 'sleep 99' }, 'timed out after 1m 05s, 2 attempts'],
  [
    { kind: 'hook-failed', hook: 'after', why: 'timed out after 1.0s', line: 'sleep 9' },
    'its hook "after" failed: timed out after 1.0s, 2 attempts',
  ],
  [
    { kind: 'check-broken', at: 'stages.a.check', message: 'timed out after 1.0s' },
    'its check cannot be made: timed out after 1.0s, 2 attempts',
  ],
] as const)('how long it took is told once: %j', (failure, told) => {
  expect(howItFailed({ ...finished('a', 'failed', { failure, attempts: 2 }) })).toBe(told);
});
