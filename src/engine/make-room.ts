// Makes room for a task's new outputs: what a person made is kept for them, what pipe made is put out of the way.
import type { FilePath } from '../base/brand.ts';
import { type Memory, recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Assessment, Present } from './assessment.ts';
import { copyLeftovers, displace, moveLeftovers, type Warn } from './keeping.ts';
import { basesOf, unknownAmong } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import { untoldCopies } from './untold-copies.ts';
import type { World } from './world.ts';

/** The files where a task's outputs belong, by whose they are; each in one list only. */
export interface InTheWay {
  /** Made or edited by a person. */
  readonly handMade: readonly ListedFile[];
  /** Of an attempt that was killed. An edit after that cannot be told from them, so they are not deleted. */
  readonly leftovers: readonly ListedFile[];
  /** As pipe made them. */
  readonly old: readonly ListedFile[];
  /** As pipe made them for this task, which no longer produces them. */
  readonly former: readonly ListedFile[];
}

/** Whether a file that the task once made is another stage's now, or a source. */
export type IsOfAnother = (path: FilePath) => boolean;

export function whatIsInTheWay(world: World, present: Present, isOfAnother: IsOfAnother): InTheWay {
  const { task, memory, outputs } = present;
  const unknown = unknownAmong(world, outputs);
  const isUnknown = new Set(unknown);
  // Work that costs hands is kept as such, half-written or not.
  const isAnybodys = wasKilled(memory) && !task.stage.protect;
  const { untouched } = untoldCopies(world, { ...present, outputs: unknown });
  return {
    handMade: isAnybodys ? unknown.filter(({ path }) => untouched.has(path)) : unknown,
    leftovers: isAnybodys ? unknown.filter(({ path }) => !untouched.has(path)) : [],
    old: outputs.filter((file) => !isUnknown.has(file)),
    former: formerlyMade(world, present, isOfAnother),
  };
}

/** With the outputs as they are at this moment. Throws what keeps them from being listed. */
export function lookAgain(world: World, { task, memory, outputs: before }: Assessment): Present {
  const { produces } = task.stage;
  world.files.forget();
  if (produces === null) return { task, memory, outputs: before };
  const { files: outputs, unreadable } = world.files.expand(produces, 'output');
  const [hidden] = unreadable;
  if (hidden !== undefined)
    throw Object.assign(new Error(`${hidden.path} ${hidden.message}`), { code: 'EACCES' });
  return { task, memory, outputs };
}

/** Outputs of a stage with `protect` that a person made: they stop it. */
export function protectedAmong(world: World, { task, memory, outputs }: Present): readonly FilePath[] {
  if (!task.stage.protect || wasKilled(memory)) return [];
  return unknownAmong(world, outputs).map((file) => file.path);
}

function wasKilled(memory: Memory): boolean {
  return memory.kind === 'unfinished' && memory.leftovers;
}

/** What it no longer produces: a clean build would not have it, and other stages' patterns might pick it up. */
export function formerlyMade(
  world: World,
  { task, memory, outputs }: Present,
  isOfAnother: IsOfAnother,
): readonly ListedFile[] {
  const present = new Set(outputs.map((file) => file.path));
  const left = (recordIn(memory)?.outputs ?? []).flatMap(({ path, kind }) => {
    if (present.has(path) || isOfAnother(path) || world.outputs.blockedBy(path) !== null) return [];
    const file = world.files.look(path);
    return file === null || (file.kind === 'folder' && kind !== 'folder') ? [] : [file];
  });
  const unknown = new Set(unknownAmong(world, left));
  return left.filter((file) => !unknown.has(file) && !task.stage.implied.includes(file.path));
}

/** How often a person is waited for who goes on making or editing files while others are moved away or copied. */
export const rounds = 10;

/**
 * Moves away what a person made. It takes time to copy that to another disk, and they may make or edit a file meanwhile:
 * answers what is in the way then.
 */
export function displaceAll(
  world: World,
  task: Task,
  found: InTheWay,
  again: () => InTheWay,
  warn: Warn,
): InTheWay {
  let inTheWay = found;
  for (let round = 1; inTheWay.handMade.length > 0; round++) {
    displace(world, task.id, inTheWay.handMade, basesOf(task), warn);
    if (round === rounds) break;
    inTheWay = again();
  }
  return inTheWay;
}

/** `keepsOld`: the tool updates its own outputs, so that they stay in place. */
export function clearAway(
  world: World,
  task: Task,
  { leftovers, old, former }: InTheWay,
  keepsOld: boolean,
  warn: Warn,
): void {
  const { folders, files } = world;
  const bases = basesOf(task);
  const aside = folders.keep('aside', task.id);
  if (keepsOld) copyLeftovers(world, task.id, leftovers, warn);
  else {
    moveLeftovers(world, task.id, leftovers, bases, warn);
    putAway(world, old, aside, bases);
  }
  // Their patterns are forgotten: any folder that is empty without them was made for them.
  putAway(world, former, aside, ['']);
  files.forget();
}

/** What stages made; where it cannot be moved it goes at once: a state folder that is full must not stop a build. */
export function putAway(
  world: World,
  made: readonly ListedFile[],
  folder: string,
  bases: readonly string[],
): void {
  try {
    world.outputs.moveAway(made, folder, bases);
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    world.outputs.remove(made, bases);
  }
}
