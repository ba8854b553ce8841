// What a failed attempt made is kept to look at, where there is room for it, and put on record as pipe's.
import path from 'node:path';
import { shellQuote } from '../model/command/shell-line.ts';
import type { Task } from '../model/task.ts';
import type { Warn } from './keeping.ts';
import { putAway } from './make-room.ts';
import { basesOf } from './ownership.ts';
import { isRefusal } from './refusal.ts';
import { rejectUnnameable } from './unnameable.ts';
import type { World } from './world.ts';

/** What a person types to take what the attempt made as the result all the same; `null`: it was to make nothing. */
export function wayToTake({ folders }: World, { id, stage }: Task): string | null {
  if (stage.produces === null) return null;
  const accept = `pipe accept ${shellQuote(id)} --reason "…"`;
  if (!stage.clean) return accept;
  const shown = path.relative(folders.root, folders.keep('rejected', id));
  return `cp -R ${shellQuote(`${shown}/.`)} . && ${accept}`;
}

/** What a person made, and the attempt left as it was. `theirs`: where no pattern can name it. */
export interface LeftAlone {
  readonly handMade: ReadonlySet<string>;
  readonly theirs: readonly string[];
}

/** Answers whether it is on record how the attempt ended. */
export function rejectOutputs(
  world: World,
  task: Task,
  { handMade, theirs }: LeftAlone,
  warn: Warn,
): boolean {
  try {
    const { produces, clean } = task.stage;
    const made = (produces && world.files.expand(produces, 'output').files) ?? [];
    const left = made.filter(({ path }) => !handMade.has(path));
    if (clean) {
      putAway(world, left, world.folders.keep('rejected', task.id), basesOf(task));
      rejectUnnameable(world, task, theirs);
    }
    // What stays in place is pipe's all the same: the next attempt must not take it for a person's.
    const ours = world.files.observe(clean ? [] : left, 'output');
    world.records.failed(task.id, world.folders.runId, ours.manifest);
    return true;
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    // The start marker stands, so that the next attempt takes what lies there for leftovers.
    const [what, hint] = task.stage.clean
      ? ['cannot be moved out of the way', 'the next attempt clears it away']
      : ['stays in place and cannot be recorded', 'the next attempt keeps a copy of it'];
    warn(`what ${task.id} made ${what}: ${problem.message}`, hint);
    return false;
  }
}
