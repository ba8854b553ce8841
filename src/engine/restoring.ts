// Brings back what of a stored result is not in place already: of thousands of outputs often only one is missing.
import type { Task } from '../model/task.ts';
import { stageAction, standingAmong } from './artifacts.ts';
import type { InTheWay } from './make-room.ts';
import type { StagedOutputs } from './outputs.ts';
import type { ActionResult } from './ports.ts';
import type { World } from './world.ts';

export interface Restoring {
  /** As it is when all is copied; without what stays as it is. */
  readonly inTheWay: InTheWay;
  /** `null`: the entry was no good and is gone; the task must execute. */
  readonly staged: Pick<StagedOutputs, 'place'> | null;
}

/** `lookAgain`: at what is in the way by then, since it takes time to copy. */
export function restoring(
  world: World,
  task: Task,
  action: ActionResult,
  { inTheWay, lookAgain }: { readonly inTheWay: InTheWay; lookAgain(): InTheWay },
): Restoring {
  const stood = standingAmong(world, task, inTheWay.old, action);
  const staged = stageAction(world, action, ({ path }) => !stood.has(path));
  const now = lookAgain();
  if (staged === null) return { inTheWay: now, staged };
  const stands = standingAmong(world, task, now.old, action);
  // Somebody changed or deleted it meanwhile. What came to stand is replaced like the rest.
  const hasFallen = ({ path }: { readonly path: string }) => stood.has(path) && !stands.has(path);
  const late = action.outputs.some(hasFallen) ? stageAction(world, action, hasFallen) : staged;
  if (late === null) {
    staged.drop();
    return { inTheWay: now, staged: null };
  }
  const stays = (path: string) => stood.has(path) && stands.has(path);
  const place = () => {
    if (late !== staged) late.place();
    staged.place();
  };
  return { inTheWay: { ...now, old: now.old.filter(({ path }) => !stays(path)) }, staged: { place } };
}
