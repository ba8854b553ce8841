// Events as a run emits them.
import type { RunId, TaskId } from '../../src/base/brand.ts';
import type { EventBody, PipeEvent, RunFinished, TaskFinished } from '../../src/model/events.ts';

export const RUN = '20261121-094512-3f9a' as RunId;

export const started: EventBody = {
  kind: 'run-started',
  pipeline: 'demo',
  targets: ['all'],
  tasks: 3,
  dryRun: false,
  command: ['build', 'all'],
};

export const ended: RunFinished = {
  kind: 'run-finished',
  outcome: 'succeeded',
  exitCode: 0,
  executed: 1,
  restored: 0,
  fresh: 2,
  failed: 0,
  skipped: 0,
  waiting: 0,
  cancelled: 0,
  durationMs: 2040,
  savedMs: 10,
};

export function finished(task: string, outcome: TaskFinished['outcome']): TaskFinished {
  return {
    kind: 'task-finished',
    task: task as TaskId,
    stage: task,
    item: null,
    outcome,
    durationMs: 812,
    savedMs: 0,
    metrics: {},
    outputs: [],
    reasons: [],
  };
}

/** Puts bodies into numbered envelopes. */
export function events(...bodies: readonly EventBody[]): readonly PipeEvent[] {
  return bodies.map((body, seq) => ({ v: 1, seq, runId: RUN, at: '2026-11-21T09:45:12.250Z', ...body }));
}
