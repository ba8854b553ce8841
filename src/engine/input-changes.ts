// Were the inputs edited while the stage ran? Files are compared by stamps, so that an edit that was taken back shows too;
// and by content where a file had changed so shortly before that its stamp vouches for nothing.
import type { FilePath } from '../base/brand.ts';
import { codeOf } from '../model/hooks.ts';
import { diffManifests, positionIn, sameEntry } from '../model/manifest.ts';
import { canonicalPath } from '../model/paths.ts';
import type { Command, Service } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import { editedDocument } from './own-record.ts';
import type { Observation, Stamp } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

/**
 * Paths that came, went or were touched since `seen`, sorted. Of an item that is a record: its document, where the
 * record is another now.
 */
export function inputsThatChanged(
  world: World,
  task: Task,
  assessment: Assessment,
  seen: Observation,
): readonly FilePath[] {
  const changed = filesThatChanged(world, task, assessment, seen);
  if (changed.length > 0) return changed;
  const document = editedDocument(world, assessment.task);
  return document === null ? [] : [document];
}

/** Whether its inputs are others than it found, or were touched: what it made of them, or failed over, is another's. */
export function wereEdited(world: World, task: Task, assessed: AssessmentOrFailure): boolean {
  if (isFailure(assessed) || !assessed.read.isMade) return false;
  try {
    if (lacksCompiled(world, task)) return true;
    const reading = assessed.read();
    if ('failure' in reading) return false;
    world.files.forget();
    return inputsThatChanged(world, task, assessed, reading.seen).length > 0;
  } catch (problem) {
    // What the disk does not say now it may not have said then, over which the attempt has failed.
    if (!isRefusal(problem)) throw problem;
    return false;
  }
}

/** Somebody has deleted what is pipe's own, and the next run has it again. */
function lacksCompiled(world: World, { stage }: Task): boolean {
  const { code, files } = world;
  const { root } = world.folders;
  files.forget();
  return [...codeOf(stage), ...codeBeside(world, stage)].some((module) => {
    const identity = code.identify(module);
    if ('problems' in identity) return false;
    return files.look(canonicalPath(identity.compiledPath, { root, home: root })) === null;
  });
}

/** Of what runs besides its command: `null` is the configuration. */
function codeBeside({ hooks }: World, { checks, services }: Task['stage']): readonly (FilePath | null)[] {
  const before = hooks?.before ?? null;
  const commands = [before, ...services.flatMap(({ check, start }) => [start, commandIn(check)])];
  const isInConfiguration =
    [...checks.map(({ check }) => check), ...services.map(({ check }) => check)].some(isFunction) ||
    commands.some((command) => command !== null && isFunction(command));
  const modules = commands.flatMap((command) => (command?.kind === 'script' ? [command.module] : []));
  return isInConfiguration ? [null, ...modules] : modules;
}

function commandIn(check: Service['check']): Command | null {
  return check.kind === 'command' ? check.command : null;
}

function isFunction({ kind }: { readonly kind: string }): boolean {
  return kind === 'function';
}

/** Whether these, which were touched, hold what they held: they may have held something else in between. */
export function areAsSeen(
  world: World,
  { inputs }: Assessment,
  seen: Observation,
  paths: readonly FilePath[],
): boolean {
  const touched = new Set(paths);
  const before = new Map(seen.manifest.map((entry) => [entry.path, entry]));
  const { manifest } = world.files.observe(
    inputs.filter(({ path }) => touched.has(path)),
    'input',
  );
  const same = manifest.filter((now) => {
    const then = before.get(now.path);
    return then !== undefined && sameEntry(then, now);
  });
  return same.length === touched.size;
}

function filesThatChanged(
  world: World,
  task: Task,
  assessment: Assessment,
  seen: Observation,
): readonly FilePath[] {
  const before = (path: FilePath) => seen.stamps[positionIn(seen.manifest, path) ?? -1];
  const paths = new Set<FilePath>(assessment.inputs.map((file) => file.path));
  for (const file of world.files.expand(task.stage.requires, 'input').files) paths.add(file.path);
  const all = [...paths].sort();
  const stamps = world.files.stamp(all, 'input');
  const changed = all.filter((path, i) => !same(before(path), stamps[i] ?? null));
  if (changed.length > 0) return changed;
  // No stamp differs, so this reads only what was read before it had settled.
  const again = world.files.observe(assessment.inputs, 'input');
  const { changed: edited, added, removed } = diffManifests(seen.manifest, again.manifest);
  return [...edited, ...added, ...removed, ...again.unreadable.map((file) => file.path)].sort();
}

function same(before: Stamp | undefined, now: Stamp | null): boolean {
  if (before === undefined || now === null) return before === undefined && now === null;
  return (
    before.kind === now.kind &&
    before.inode === now.inode &&
    before.sizeBytes === now.sizeBytes &&
    before.mtimeNs === now.mtimeNs &&
    before.ctimeNs === now.ctimeNs &&
    before.mode === now.mode
  );
}
