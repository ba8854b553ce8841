// Whether folders for outputs, which were made before a command ran, are not there when it has failed: then it may have
// failed over that, and somebody may have taken them away.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import { type FailedEnd, failed } from './attempt-end.ts';
import type { Prepared } from './execution.ts';
import type { ExecutionEnd } from './executor.ts';
import { basesOf } from './ownership.ts';
import type { World } from './world.ts';

/** Call before what it made is put away. */
export function failedWithout(
  world: World,
  task: Task,
  { failure, tail }: ExecutionEnd & { readonly kind: 'failed' },
  prepared: Prepared,
): FailedEnd {
  if (failure.kind !== 'exit' && failure.kind !== 'threw') return failed(failure, tail, prepared);
  const foldersGone = basesGone(world, task);
  return failed(foldersGone.length === 0 ? failure : { ...failure, foldersGone }, tail, prepared);
}

function basesGone({ files }: World, task: Task): readonly string[] {
  const bases = basesOf(task).filter((base) => base !== '') as FilePath[];
  files.forget();
  const stamps = files.stamp(bases, 'output');
  return bases.filter((_, i) => stamps[i] === null).sort();
}
