// What an attempt waits for before its command begins, and what was edited in that time.
import type { Failure } from '../model/failure.ts';
import type { InputsChanged } from './after-edit.ts';
import type { Assessment } from './assessment.ts';
import { type FailedEnd, failed } from './attempt-end.ts';
import { inputsThatChanged } from './input-changes.ts';
import type { Observation } from './ports.ts';
import type { World } from './world.ts';

/**
 * Waits for what has to be so before an execution: why there is none, if so. It may take long, as a hook of the pipeline
 * does, or a service that starts, and what was edited meanwhile would be found only when the command has been paid for.
 */
export async function heldBack(
  lacking: Failure | Promise<Failure | null>,
  world: World,
  about: { readonly assessment: Assessment; readonly seen: Observation },
): Promise<FailedEnd | InputsChanged | null> {
  const failure = await lacking;
  return failure === null ? editedMeanwhile(world, about, true) : failed(failure);
}

/** Before the command begins. */
export function editedMeanwhile(
  world: World,
  { assessment, seen }: { readonly assessment: Assessment; readonly seen: Observation },
  isEarly: boolean,
): InputsChanged | null {
  world.files.forget();
  const paths = inputsThatChanged(world, assessment.task, assessment, seen);
  return paths.length === 0 ? null : { kind: 'inputs-changed', paths, seen: null, isEarly };
}
