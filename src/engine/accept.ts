// Takes the present outputs of a task as its result, as a person asks.
import type { Failure } from '../model/failure.ts';
import { type Acceptance, recordIn, type TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { Assessor, isFailure } from './assess.ts';
import { unknownAmong } from './ownership.ts';
import { inspectOutputs } from './produced.ts';
import type { World } from './world.ts';

/** Holds while the inputs stay as they are. Not stored in the cache: nothing executed this. */
export function acceptOutputs(
  world: World,
  task: Task,
  acceptance: Omit<Acceptance, 'paths'>,
): { readonly record: TaskRecord } | { readonly failure: Failure } {
  const assessed = new Assessor(world, new Set()).assess(task);
  if (isFailure(assessed)) return { failure: assessed.failure };
  const reading = assessed.read();
  if ('failure' in reading) return reading;
  const made = inspectOutputs(world, task);
  if ('failure' in made) return made;
  // There times decide, and an edit may be older than an input: accepted means newer, as after `make -t`.
  if (task.stage.freshness === 'mtime') {
    world.outputs.touch(made.outputs.map((output) => output.path));
    world.files.forget();
  }
  const paths = unknownAmong(world, assessed.outputs).map((file) => file.path);
  const record: TaskRecord = {
    task: task.id,
    fingerprint: reading.fingerprint(),
    parts: assessed.parts,
    inputs: reading.seen.manifest,
    outputs: made.outputs,
    runId: world.folders.runId,
    finishedAtMs: acceptance.atMs,
    durationMs: recordIn(assessed.memory)?.durationMs ?? 0,
    metrics: {},
    accepted: { ...acceptance, paths },
  };
  world.records.commit(record);
  return { record };
}
