// What a watch does not run by itself.
import { expect, test } from 'vitest';
import type { Digest, FilePath, TaskId } from '../../src/base/brand.ts';
import { once } from '../../src/base/once.ts';
import type { Assessment, AssessmentOrFailure } from '../../src/engine/assessment.ts';
import { Holds } from '../../src/engine/holds.ts';
import type { TaskFinished, TaskOutcome } from '../../src/model/events.ts';
import type { Failure } from '../../src/model/failure.ts';
import { type Task, taskOf } from '../../src/model/task.ts';
import type { StaleReason } from '../../src/model/verdict.ts';
import { accepted, acceptedStage } from '../model/validation/sample-config.ts';

const failure: Failure = { kind: 'exit', code: 1, line: 'false' };

function task(spec: Parameters<typeof acceptedStage>[0] = {}, name = 's'): Task {
  const made = taskOf(acceptedStage(spec));
  return { ...made, id: name as TaskId };
}

/** A stage that has nothing to compare with, and comes after another. */
function behind(other: string): Task {
  const stages = { [other]: { run: 'make it' }, last: { run: 'tell', after: other } };
  return taskOf(accepted({ stages }).stages[1]!);
}

function stale(
  of: Task,
  fingerprint: string,
  reasons: readonly [StaleReason, ...StaleReason[]] = [{ code: 'unfinished' }],
  circumstances = '',
): AssessmentOrFailure {
  return {
    task: of,
    circumstances: () => circumstances,
    verdict: { kind: 'stale', reasons },
    read: once(() => ({ seen: null, fingerprint: () => fingerprint as Digest })),
  } as unknown as Assessment;
}

test('what failed is held while what it depends on is the same, however often it is asked', () => {
  const holds = new Holds();
  const one = task();
  expect(holds.hold(one, stale(one, 'first'))).toBeNull();
  holds.failed(one, stale(one, 'first'), failure, false);
  holds.begin({ kind: 'change' });
  expect(holds.hold(one, stale(one, 'first'))).toEqual({ kind: 'until-changed', failure });
  expect(holds.hold(one, stale(one, 'first'))).toEqual({ kind: 'until-changed', failure });
  expect(holds.hold(one, stale(one, 'second'))).toBeNull();
});

test('what failed is tried again under other limits, secrets, services or checks', () => {
  const holds = new Holds();
  const one = task();
  const under = (circumstances: string) => stale(one, 'same', [{ code: 'unfinished' }], circumstances);
  holds.failed(one, under('short time'), failure, false);
  holds.begin({ kind: 'change' });
  expect(holds.hold(one, under('short time'))?.kind).toBe('until-changed');
  expect(holds.hold(one, under('more time'))).toBeNull();
});

const overEdits: readonly Failure[] = [
  { kind: 'input-changing', paths: ['in.txt'] },
  { kind: 'record-gone', document: 'in.json', why: null },
  // Of another kind, while its inputs were edited.
  failure,
];

test.each(overEdits)(
  'what failed over edits ($kind) is tried three times in a row, and once more when all is looked at',
  (edited) => {
    const holds = new Holds();
    const one = task();
    const fails = (over: Failure = edited, wasEdited = edited === failure) => {
      holds.failed(one, stale(one, 'begun with'), over, wasEdited);
      holds.begin({ kind: 'change' });
    };
    const kind = (fingerprint: string) => holds.hold(one, stale(one, fingerprint))?.kind ?? 'runs';
    // What is there now was never tried, also where it is what it began with.
    for (const present of ['later', 'begun with']) {
      fails();
      expect([holds.waitsForCalm, kind(present)]).toEqual([false, 'runs']);
    }
    fails();
    expect(holds.waitsForCalm).toBe(true);
    expect([kind('last'), kind('last')]).toEqual(['until-changed', 'until-changed']);
    holds.heard(['in.txt' as FilePath]);
    expect(kind('last')).toBe('until-changed');
    holds.heard(null);
    expect(kind('last')).toBe('runs');
    fails();
    expect(holds.waitsForCalm).toBe(false);
    holds.heard(null);
    expect(kind('last')).toBe('until-changed');
    // Edited while nothing ran, thus by a person: all from the beginning.
    expect(kind('by a person')).toBe('runs');
    fails();
    expect(kind('more')).toBe('runs');
    fails();
    fails(failure, false);
    expect(kind('begun with')).toBe('until-changed');
    expect(kind('other')).toBe('runs');
    fails();
    expect(kind('other')).toBe('runs');
  },
);

test('what has gone well since, here or elsewhere, has not failed any more', () => {
  const holds = new Holds();
  const one = task();
  for (const goesWell of [() => holds.ended(end('s', 'restored')), () => holds.foundFresh(one.id)]) {
    holds.failed(one, stale(one, 'same'), failure, false);
    holds.begin({ kind: 'change' });
    expect(holds.hold(one, stale(one, 'same'))?.kind).toBe('until-changed');
    goesWell();
    expect(holds.hold(one, stale(one, 'same'))).toBeNull();
  }
});

test('what a budget has stopped waits for a request, whatever is edited, or for a larger budget', () => {
  const holds = new Holds();
  const one = task();
  let edits = 0;
  const under = (cause: Parameters<Holds['begin']>[0], usd: number | null) => {
    holds.begin(cause, usd === null ? {} : { usd });
    return holds.hold(one, stale(one, `${edits++}`));
  };
  const stop = () => holds.stoppedByBudget(one.id, { usd: 12 });
  const waits = { kind: 'until-asked', why: 'budget' };
  stop();
  expect(under({ kind: 'change' }, 10)).toEqual(waits);
  expect(under({ kind: 'failed' }, 10)).toEqual(waits);
  expect(under({ kind: 'stage', stage: 'another' }, 10)).toEqual(waits);
  expect(under({ kind: 'stage', stage: one.stage.name }, 10)).toBeNull();
  expect(under({ kind: 'change' }, 12)).toEqual(waits);
  expect(under({ kind: 'change' }, 12.01)).toBeNull();
  stop();
  expect(under({ kind: 'change' }, null)).toBeNull();
  stop();
  expect(under({ kind: 'all' }, 10)).toBeNull();
  expect(under({ kind: 'change' }, 10)).toBeNull();
  stop();
  holds.foundFresh(one.id);
  expect(under({ kind: 'change' }, 10)).toBeNull();
});

test('what was not made is tried once more where it had been there, and again when it was made in between', () => {
  const holds = new Holds();
  const one = task({ produces: ['out/*.txt', 'out/b'] });
  const missing: Failure = { kind: 'output-missing', patterns: ['out/*.txt'] };
  const came = 'out/a.txt' as FilePath;
  const failsOver = (failed: Failure, ...heard: FilePath[]) => {
    holds.failed(one, stale(one, 'same'), failed, false);
    holds.begin({ kind: 'change' });
    holds.heard(heard);
    return holds.hold(one, stale(one, 'same'))?.kind ?? 'runs';
  };
  // What it did make is taken away when it has failed.
  expect(failsOver(missing, 'out/b' as FilePath)).toBe('until-changed');
  expect(failsOver(failure, came)).toBe('until-changed');
  expect(failsOver(missing, came)).toBe('runs');
  expect(failsOver(missing, came)).toBe('until-changed');
  holds.ended(end('s', 'executed'));
  expect(failsOver(missing, came)).toBe('runs');
});

test('what is protected is held while the outputs in its way are the same', () => {
  const holds = new Holds();
  const one = task();
  const edited = (path: string) => stale(one, 'same', [{ code: 'output-changed', path }]);
  holds.failed(one, edited('a'), { kind: 'protected', paths: ['a'] }, false);
  expect(holds.hold(one, edited('a'))?.kind).toBe('until-changed');
  expect(holds.hold(one, edited('b'))).toBeNull();
});

test('a request for all, or for what failed, lets go of failures', () => {
  const one = task();
  for (const kind of ['all', 'failed'] as const) {
    const holds = new Holds();
    holds.failed(one, stale(one, 'x'), failure, false);
    holds.begin({ kind });
    expect(holds.hold(one, stale(one, 'x'))).toBeNull();
    // It was not its turn, for another failed before it.
    holds.begin({ kind: 'change' });
    expect(holds.hold(one, stale(one, 'x'))).toBeNull();
  }
});

test('what is to be asked for runs by its own request, by one for all, and, once it has failed, by one for that', () => {
  const manual = task({ watch: 'manual' });
  const holds = new Holds();
  const holdUnder = (cause: Parameters<Holds['begin']>[0]) => {
    holds.begin(cause);
    return holds.hold(manual, stale(manual, 'x'))?.kind ?? null;
  };
  expect(holdUnder({ kind: 'begin' })).toBe('until-asked');
  expect(holdUnder({ kind: 'change' })).toBe('until-asked');
  expect(holdUnder({ kind: 'stage', stage: 'another' })).toBe('until-asked');
  expect(holdUnder({ kind: 'stage', stage: manual.stage.name })).toBeNull();
  expect(holdUnder({ kind: 'force', task: manual.stage.name })).toBeNull();
  expect(holdUnder({ kind: 'failed' })).toBe('until-asked');
  expect(holdUnder({ kind: 'all' })).toBeNull();
  holds.failed(manual, stale(manual, 'x'), failure, false);
  holds.begin({ kind: 'change' });
  expect(holds.hold(manual, stale(manual, 'mended'))).toEqual({ kind: 'until-asked', why: 'failed' });
  expect(holdUnder({ kind: 'failed' })).toBeNull();
  // Asked for once, it runs once: also where it did not come to it.
  expect(holdUnder({ kind: 'change' })).toBe('until-asked');
  holds.ended(end('s', 'executed'));
  expect(holdUnder({ kind: 'failed' })).toBe('until-asked');
});

function end(stage: string, outcome: TaskOutcome, more: Partial<TaskFinished> = {}): TaskFinished {
  const nothing = { item: null, durationMs: 0, savedMs: 0, metrics: {}, outputs: [], reasons: [] };
  return { kind: 'task-finished', task: stage as TaskId, stage, outcome, ...nothing, ...more };
}

test.each<[string, TaskFinished, boolean]>([
  ['was executed', end('other', 'executed'), true],
  ['came from the cache', end('other', 'restored'), true],
  ['failed', end('other', 'failed', { failure }), true],
  ['was left out over such a failure', end('other', 'skipped', { blockedBy: ['first'] }), true],
  ['was fresh', end('other', 'fresh'), false],
  ['was left alone, as it failed before', end('other', 'skipped', { failure, blockedBy: ['first'] }), false],
  ['was left out over a failure of before', end('other', 'skipped', { blockedBy: ['old'] }), false],
  ['waits to be asked for', end('other', 'waiting'), false],
])(
  'what would run each time has its turn where the one before it did something, well or not: it %s',
  (_, event, runs) => {
    const holds = new Holds();
    const last = behind('other');
    holds.begin({ kind: 'change' });
    holds.ended(end('first', 'failed', { failure }));
    holds.ended(event);
    expect(holds.hold(last, stale(last, 'x', [{ code: 'always' }]))).toEqual(
      runs ? null : { kind: 'as-it-is' },
    );
  },
);

test('what would run each time runs at first, when it is asked for, and after what it comes after', () => {
  const always = behind('other');
  const holds = new Holds();
  const found = stale(always, 'x', [{ code: 'always' }]);
  expect(holds.hold(always, found)).toBeNull();
  holds.begin({ kind: 'change' });
  expect(holds.hold(always, found)).toEqual({ kind: 'as-it-is' });
  holds.ended(end('other', 'executed'));
  expect(holds.hold(always, found)).toBeNull();
  const holdUnder = (cause: Parameters<Holds['begin']>[0]) => {
    holds.begin(cause);
    return holds.hold(always, found);
  };
  expect(holdUnder({ kind: 'all' })).toBeNull();
  expect(holdUnder({ kind: 'stage', stage: 'last' })).toBeNull();
  // Whoever asks for another one has not asked for this.
  expect(holdUnder({ kind: 'force', task: 'another' })).toEqual({ kind: 'as-it-is' });
  expect(holdUnder({ kind: 'failed' })).toEqual({ kind: 'as-it-is' });
});
