// Saves the outputs of an execution to the cache and brings them back.
import type { Digest } from '../base/brand.ts';
import { checksOf } from '../model/fingerprint.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { type Manifest, sameEntry, sameManifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import type { Assessment } from './assessment.ts';
import type { StagedOutputs } from './outputs.ts';
import type { ActionResult, BlobStore, FileEntry, ListedFile } from './ports.ts';
import type { World } from './world.ts';

/** Of one entry; those of long ago are not likely to come again. */
const mostRefusals = 20;

/**
 * A cache entry that fits the task: every output is one that the task may produce, each pattern has its file, and as the
 * task is checked now it was not found wanting.
 */
export function findAction(
  world: World,
  { task, parts }: Pick<Assessment, 'task' | 'parts'>,
  fingerprint: Digest,
): ActionResult | null {
  if (world.cache === null || !task.stage.cache) return null;
  const action = world.cache.actions.get(fingerprint);
  if (action === null) return null;
  const check = checksOf(parts);
  if (check !== null && action.refusedBy?.includes(check)) return null;
  const { produces } = task.stage;
  if (produces === null) return action.outputs.length === 0 ? action : null;
  return action.outputs.every((entry) => setMatches(produces, entry.path)) ? action : null;
}

/** What the entry holds does not pass this check: it is for another one, should there be one that it passes. */
export function refuseAction({ cache }: World, fingerprint: Digest, check: Digest): void {
  const action = cache?.actions.get(fingerprint) ?? null;
  if (cache === null || action === null) return;
  const others = action.refusedBy?.filter((one) => one !== check) ?? [];
  try {
    cache.actions.put({ ...action, refusedBy: [...others, check].slice(-mostRefusals) });
  } catch {
    cache.actions.remove(fingerprint);
  }
}

/** Whether the workspace holds exactly these outputs already. */
function alreadyThere(world: World, present: readonly ListedFile[], outputs: Manifest): boolean {
  if (present.length !== outputs.length) return false;
  const seen = world.files.observe(present, 'output');
  return seen.unreadable.length === 0 && sameManifest(seen.manifest, outputs);
}

/** Whether the result is in place already, and stays. Under `mtime` it must get new times all the same. */
export function mayStay(
  world: World,
  task: Task,
  present: readonly ListedFile[],
  { outputs }: ActionResult,
): boolean {
  return task.stage.freshness === 'hash' && alreadyThere(world, present, outputs);
}

/** Those of `present` that are as the result has them, and stay. Under `mtime` they must get new times all the same. */
export function standingAmong(
  world: World,
  task: Task,
  present: readonly ListedFile[],
  { outputs }: ActionResult,
): ReadonlySet<string> {
  if (task.stage.freshness !== 'hash') return new Set();
  const seen = new Map(
    world.files.observe(present, 'output').manifest.map((entry) => [entry.path as string, entry]),
  );
  const stands = outputs.filter((entry) => {
    const there = seen.get(entry.path);
    return there !== undefined && sameEntry(there, entry);
  });
  return new Set(stands.map(({ path }) => path));
}

/**
 * Copies of these outputs, ready to be put in place. `null`: the entry was no good and is gone; the task must execute.
 */
export function stageAction(
  world: World,
  action: ActionResult,
  isWanted: (entry: FileEntry) => boolean,
): StagedOutputs | null {
  const { cache } = world;
  if (cache === null) return null;
  const staged = stageOrMiss(world, action.outputs.filter(isWanted), cache.blobs);
  if (staged === 'obstructed') return null;
  if (staged !== null) return staged;
  cache.actions.remove(action.fingerprint);
  // A wrong blob of the right size would be taken for the right one when the new result is stored.
  for (const entry of action.outputs) if (entry.kind === 'file') cache.blobs.verify(entry.digest);
  return null;
}

function isObstructed({ outputs, files }: World, entry: FileEntry): boolean {
  if (outputs.blockedBy(entry.path) !== null) return true;
  return entry.kind !== 'folder' && files.look(entry.path)?.kind === 'folder';
}

/** Whatever stands in the way of restoring is a miss: executing will show whether it is more than that. */
function stageOrMiss(world: World, entries: Manifest, blobs: BlobStore): StagedOutputs | 'obstructed' | null {
  try {
    // Within: a name may be such that the file system will not even look for it.
    if (entries.some((entry) => isObstructed(world, entry))) return 'obstructed';
    return world.outputs.stage(entries, (digest) => blobs.pathOf(digest));
  } catch {
    return null;
  }
}

/**
 * Blobs first, then the action result that names them: at no point does an entry name what is not there.
 * A cache that cannot be written never fails a build.
 */
export function saveArtifacts(
  world: World,
  task: Task,
  {
    fingerprint,
    outputs,
    durationMs,
    metrics,
  }: Omit<ActionResult, 'log' | 'createdAtMs' | 'executedIn' | 'refusedBy'>,
): { readonly trouble: string } | null {
  if (world.cache === null || !task.stage.cache || task.stage.always) return null;
  const { actions, blobs, stores } = world.cache;
  if (!stores) return null;
  try {
    for (const { path, kind, digest, sizeBytes } of outputs) {
      if (kind !== 'file') continue;
      const isVouchedFor = () => world.files.vouchesFor(path, digest);
      blobs.put(`${world.folders.root}/${path}`, digest, sizeBytes, isVouchedFor);
    }
    // That of a batch tells of others, too.
    const log = task.stage.batchSize === null ? logOf(world, task) : null;
    const createdAtMs = world.clock.nowMs();
    const executedIn = world.folders.runId;
    actions.put({ fingerprint, outputs, durationMs, metrics, log, createdAtMs, executedIn });
    return null;
  } catch (error) {
    return { trouble: error instanceof Error ? error.message : String(error) };
  }
}

/** The log of the execution whose result is used again becomes this run's log. Answers whether there is one. */
export async function replayLog(
  world: World,
  task: Task,
  action: ActionResult,
  onText: (text: string) => void,
): Promise<boolean> {
  const { cache, outlet } = world;
  if (cache === null || action.log === null) return false;
  return cache.blobs.replay(action.log, world.folders.logPath(task.id), async (text) => {
    await outlet.room();
    if (outlet.state !== 'given-up') onText(text);
  });
}

function logOf(world: World, task: Task): Digest | null {
  try {
    return world.cache?.blobs.add(world.folders.logPath(task.id)) ?? null;
  } catch {
    // A command that printed nothing may have no log.
    return null;
  }
}
