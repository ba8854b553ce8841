// Keeps files that give way and may be a person's: in the state folder or, where that refuses them, among temporary
// files. Never deletes one.
import { shellQuote } from '../model/command/shell-line.ts';
import { taskInWords } from '../model/params/combination.ts';
import type { Task } from '../model/task.ts';
import { plural } from '../model/words/amounts.ts';
import { keptWords } from '../model/words/kept-words.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { Occasion } from './run-folders.ts';
import type { World } from './world.ts';

/** What happened, and what a person can do about it. */
export type Warn = (message: string, hint: string) => void;

/** Absolute. `refusal`: why it is not the one in the state folder. */
export interface Place {
  readonly folder: string;
  readonly refusal: string | null;
}

/** Does `act` in the first of the folders for it that is free. Throws where none will do: what the state folder said. */
export function inPlaceFor<Kept>(
  { folders }: World,
  occasion: Occasion,
  task: Task['id'],
  act: (folder: string) => Kept,
): Place & { readonly kept: Kept } {
  try {
    return { ...inFirstFree(folders.places(occasion, task), act), refusal: null };
  } catch (problem) {
    if (!isRefusal(problem)) throw problem;
    try {
      return { ...inFirstFree(folders.placesElsewhere(occasion, task), act), refusal: problem.message };
    } catch (second) {
      throw isRefusal(second) ? problem : second;
    }
  }
}

function inFirstFree<Kept>(folders: Iterable<string>, act: (folder: string) => Kept) {
  let taken: unknown = null;
  for (const folder of folders) {
    try {
      return { folder, kept: act(folder) };
    } catch (problem) {
      if (!isRefusal(problem) || problem.code !== 'EEXIST') throw problem;
      taken = problem;
    }
  }
  throw taken;
}

export function displace(
  world: World,
  task: Task['id'],
  handMade: readonly ListedFile[],
  bases: readonly string[],
  warn: Warn,
): void {
  if (handMade.length === 0) return;
  for (const file of handMade) {
    // One by one, and folders last: whatever cannot be done next, of this file is told.
    const place = moveDisplaced(world, { id: task }, file);
    if (place !== null) warn(...keptMessage(world, file, place));
  }
  world.outputs.prune(handMade, bases);
}

/** Kept for good. `null`: it is not there any more. */
export function moveDisplaced(world: World, task: Pick<Task, 'id'>, file: ListedFile): Place | null {
  const place = inPlaceFor(world, 'displaced', task.id, (folder) => world.outputs.keep(file, folder));
  return place.kept ? place : null;
}

/** What lay there after a kill. Of what is not kept in the state folder it is told. */
export function moveLeftovers(
  world: World,
  task: Task['id'],
  files: readonly ListedFile[],
  bases: readonly string[],
  warn: Warn,
): void {
  const { outputs } = world;
  const kept = new Map<string, { readonly place: Place; readonly files: ListedFile[] }>();
  try {
    for (const file of files) {
      const place = inPlaceFor(world, 'killed', task, (folder) => outputs.keep(file, folder));
      if (!place.kept) continue;
      const known = kept.get(place.folder) ?? { place, files: [] };
      kept.set(place.folder, known);
      known.files.push(file);
    }
  } finally {
    for (const one of kept.values()) tellOfLeftovers(world, task, one.files, one.place, warn);
  }
  outputs.prune(files, bases);
}

/** The same, where they stay for a tool that updates its outputs. */
export function copyLeftovers(
  world: World,
  task: Task['id'],
  files: readonly ListedFile[],
  warn: Warn,
): void {
  // A pipe or a socket has no content that could be lost.
  const copyable = files.filter((file) => file.kind !== 'other');
  if (copyable.length === 0) return;
  const place = inPlaceFor(world, 'killed', task, (folder) => world.outputs.copyTo(copyable, folder));
  tellOfLeftovers(world, task, place.kept, place, warn);
}

function tellOfLeftovers(
  { folders }: World,
  task: Task['id'],
  files: readonly ListedFile[],
  { folder, refusal }: Place,
  warn: Warn,
): void {
  const [first] = files;
  if (first === undefined || folder.startsWith(`${folders.state}/`)) return;
  const what = files.length === 1 ? first.path : `${plural(files.length, 'file')} (${first.path}, …)`;
  const why = refusal === null ? '' : `: ${refusal}`;
  warn(
    `a killed attempt at ${taskInWords(task)} left ${what}, kept among temporary files in ${folder}${why}`,
    'no build needs it; look there for what you may have edited since the kill',
  );
}

/** Where the file is, as seen from the root, and what a person types to have it back. */
export function wayBack(
  world: World,
  { path }: ListedFile,
  { folder }: Place,
): { readonly shown: string; readonly undo: string } {
  const { root } = world.folders;
  const place = `${folder}/${path}`;
  const shown = place.startsWith(`${root}/`) ? place.slice(root.length + 1) : place;
  return { shown, undo: `mv ${asTyped(world, shown)} ${asTyped(world, path)}` };
}

/** Where a person's file is kept, and how to adopt it. */
export function keptMessage(world: World, file: ListedFile, place: Place): Parameters<Warn> {
  const accept = `pipe accept ${asTyped(world, file.path)}${world.typing?.flags ?? ''} --reason "…"`;
  return [
    keptAs(world, file, place),
    `to use it as the result: ${wayBack(world, file, place).undo} && ${accept}`,
  ];
}

/** The same where nothing makes it any more, and nobody could adopt it. */
export function keptOfGone(world: World, file: ListedFile, place: Place): Parameters<Warn> {
  const { undo } = wayBack(world, file, place);
  return [keptAs(world, file, place), `its item is gone; to have it back as a file of your own: ${undo}`];
}

function keptAs(world: World, file: ListedFile, place: Place): string {
  const why = place.refusal === null ? '' : `, among temporary files: ${place.refusal}`;
  return keptWords(file.path, wayBack(world, file, place).shown, why);
}

/** `path`: as seen from the root. */
function asTyped({ typing }: World, path: string): string {
  const typed = typing?.path(path) ?? path;
  return shellQuote(typed.startsWith('-') ? `./${typed}` : typed);
}
