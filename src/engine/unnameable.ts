// What lies in the folders that a stage owns and no pattern can name, such as `.git`: never an output, but what the
// stage itself has made there must go with its old outputs. A tool like `git clone` would find its folder in use.
import type { Digest, FilePath } from '../base/brand.ts';
import { recordIn, type Unnameable } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Assessment } from './assessment.ts';
import { inPlaceFor, type Warn, wayBack } from './keeping.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

type Known = Pick<Assessment, 'task' | 'memory'>;

/** As it is now: what the stage made, as far as is known, and what a person did. */
export function unnameableNow(world: World, { task, memory }: Known): Unnameable {
  const last = recordIn(memory)?.unnameable;
  const wasKilled = memory.kind === 'unfinished' && memory.leftovers;
  const present = presentOf(world, task);
  const digests = new Map(last?.made.map(({ path, digest }) => [path, digest]));
  const isTheirs = (path: string) =>
    !digests.has(path) && (!wasKilled || (last?.theirs.includes(path) ?? false));
  return {
    made: present
      .filter((path) => !isTheirs(path))
      // Of an attempt that was killed: nobody knows what it had made.
      .map((path) => ({ path, digest: digests.get(path) ?? unknownDigest })),
    theirs: present.filter(isTheirs),
  };
}

/** What is to go, to `where` unless a person has worked in it. Answers what stays, because a person made it. */
export function clearUnnameable(
  world: World,
  known: Known,
  where: 'aside' | 'rejected',
  warn: Warn,
): readonly string[] {
  const { task } = known;
  const { made, theirs } = unnameableNow(world, known);
  if (!task.stage.clean) return [...theirs, ...made.map(({ path }) => path)];
  for (const { path, digest } of made) {
    const isUntouched = digest !== unknownDigest && world.files.treeDigest(path as FilePath) === digest;
    if (isUntouched) putTreeAway(world, path as FilePath, world.folders.keep(where, task.id));
    else keepTree(world, task, path as FilePath, warn);
  }
  world.files.forget();
  return theirs;
}

/** After an attempt that went well. `theirs`: what was left there before it. */
export function unnameableMade(world: World, task: Task, theirs: readonly string[]): Unnameable {
  const made = presentOf(world, task).filter((path) => !theirs.includes(path));
  return {
    made: made.map((path) => ({ path, digest: world.files.treeDigest(path) ?? unknownDigest })),
    theirs,
  };
}

/** After one that did not. */
export function rejectUnnameable(world: World, task: Task, theirs: readonly string[]): void {
  for (const path of presentOf(world, task))
    if (!theirs.includes(path)) putTreeAway(world, path, world.folders.keep('rejected', task.id));
}

/** The part of a record for it. */
export function onRecord(unnameable: Unnameable): { readonly unnameable?: Unnameable } {
  return unnameable.made.length + unnameable.theirs.length === 0 ? {} : { unnameable };
}

const unknownDigest = '' as Digest;

function presentOf(world: World, { stage }: Task): readonly FilePath[] {
  const { produces } = stage;
  if (produces === null || !produces.entries.some(({ glob }) => glob.ownsFolder)) return [];
  return world.files.unnameable(produces).filter((path) => world.outputs.blockedBy(path) === null);
}

/** The stage's own; where it cannot be moved it goes at once. */
function putTreeAway(world: World, path: FilePath, folder: string): void {
  try {
    world.outputs.moveTree(path, folder);
    world.outputs.prune([{ path, kind: 'folder' }], ['']);
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    world.outputs.removeTree(path);
  }
}

/** Somebody has worked in it, or it is of an attempt that was killed. */
function keepTree(world: World, task: Task, path: FilePath, warn: Warn): void {
  const tree = { path, kind: 'folder' } as const;
  const place = inPlaceFor(world, 'displaced', task.id, (folder) => world.outputs.moveTree(path, folder));
  const { shown, undo } = wayBack(world, tree, place);
  if (place.kept)
    warn(`${path} is not as ${task.id} last left it; it is kept as ${shown}`, `to have it back: ${undo}`);
  world.outputs.prune([tree], ['']);
}
