// Why a task's outputs cannot be put in place, and which other task has put there what is in their way.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { Task } from '../model/task.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

/** A task and what lies at its outputs. */
export interface Made {
  readonly task: Task;
  readonly outputs: readonly ListedFile[];
}

/**
 * As far as that can be known before anything is touched. What is seen through a linked folder is somebody else's: it is
 * neither moved nor replaced.
 */
export function obstructionOf(world: World, made: Made): Failure | null {
  return folderForFile(world, made.task) ?? blockedAbove(world, made.task, foldersIn(made).values());
}

/** Where outputs belong, with a slash each; the root is empty. */
export function foldersOf(made: Made): Iterable<string> {
  return foldersIn(made).keys();
}

/** Each with a path in it. */
function foldersIn({ task, outputs }: Made): ReadonlyMap<string, FilePath> {
  const folders = new Map<string, FilePath>();
  for (const { path } of outputs) folders.set(path.slice(0, path.lastIndexOf('/') + 1), path);
  for (const entry of task.stage.produces?.entries ?? []) {
    const { literal, base } = entry.glob;
    const path = (literal ?? (base === '' ? 'any' : `${base}/any`)) as FilePath;
    if (!entry.negated) folders.set(path.slice(0, path.lastIndexOf('/') + 1), path);
  }
  return folders;
}

/** A folder lies where a file of the task belongs. */
export function folderForFile(world: World, task: Task): Failure | null {
  for (const { glob, negated } of task.stage.produces?.entries ?? []) {
    const path = glob.literal as FilePath | null;
    if (negated || path === null || world.outputs.blockedBy(path) !== null) continue;
    if (world.files.look(path)?.kind !== 'folder') continue;
    const made = madeByAnother(world, task, (output) => output.startsWith(`${path}/`));
    const message = `it is a folder${made === null ? '' : ` since ${made.task} makes ${made.path}`}, and a file belongs there`;
    return { kind: 'output-blocked', path, message };
  }
  return null;
}

/** What is no folder lies above one of these. */
export function blockedAbove(world: World, task: Task, paths: Iterable<FilePath>): Failure | null {
  for (const file of paths) {
    const blocked = world.outputs.blockedBy(file);
    if (blocked === null) continue;
    const made = madeByAnother(world, task, (output) => output === blocked.path);
    const message = made === null ? blocked.message : `${blocked.message}; ${made.task} makes it`;
    return { kind: 'output-blocked', path: blocked.path, message };
  }
  return null;
}

function madeByAnother(
  world: World,
  task: Task,
  isMeant: (output: string) => boolean,
): { readonly task: string; readonly path: string } | null {
  for (const record of world.records.all()) {
    const output = record.task === task.id ? undefined : record.outputs.find(({ path }) => isMeant(path));
    if (output !== undefined) return { task: record.task, path: output.path };
  }
  return null;
}
