// The record of a success: what was looked at before, what ran, what came of it.
import type { Digest } from '../base/brand.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Assessment } from './assessment.ts';
import type { ActionResult, Observation } from './ports.ts';
import type { World } from './world.ts';

export type Result = Pick<ActionResult, 'outputs' | 'durationMs' | 'metrics' | 'executedIn'>;

export function recordOf(
  { clock, folders }: World,
  about: {
    readonly assessment: Assessment;
    readonly fingerprint: Digest;
    readonly seen: Observation;
    readonly result: Result;
  },
): TaskRecord {
  const { assessment, fingerprint, seen, result } = about;
  // Copies, for these are kept: a list that was put together has room for sixteen more, of each of thousands of records.
  return {
    task: assessment.task.id,
    fingerprint,
    parts: assessment.parts,
    inputs: [...seen.manifest],
    outputs: [...result.outputs],
    runId: folders.runId,
    finishedAtMs: clock.nowMs(),
    durationMs: result.durationMs,
    metrics: result.metrics,
    ...(result.executedIn !== undefined && { executedIn: result.executedIn }),
  };
}
