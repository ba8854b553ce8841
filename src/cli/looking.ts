// What the commands that only look have in common: a world that writes nothing, and the plan of a selection.
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { foresee } from '../engine/foresee.ts';
import type { LockHolder } from '../engine/lock.ts';
import type { World } from '../engine/world.ts';
import { peekLock } from '../lock/workspace-lock.ts';
import type { TaskPlanned } from '../model/events.ts';
import type { Selection } from '../model/selection.ts';
import { blockedLines } from '../render/display.ts';
import type { Look } from '../render/look.ts';
import type { Flags } from './flags.ts';
import { runAround } from './inside.ts';
import type { Place, Workspace } from './workspace.ts';
import { openWorld } from './world.ts';

/** Never waits for a build that is at work, and never writes. */
export async function looking<T>(
  workspace: Workspace,
  selection: Selection,
  flags: Flags,
  look: (world: World) => T | Promise<T>,
): Promise<T> {
  const { world, state } = await openWorld({
    workspace,
    stages: selection.stages,
    flags,
    runId: 'none' as RunId,
    sinks: [],
    writes: false,
    onTrouble: () => {},
  });
  try {
    return await look(world);
  } finally {
    state.close();
  }
}

export interface AtWork {
  readonly holder: LockHolder;
  /** A stage, service or hook of this very run asks. */
  readonly isOwn: boolean;
}

/** Asked before looking: a run whose tasks show as not done as long as they run. `null`: there is none. */
export function runAtWork({ root, state }: Place): AtWork | null {
  const holder = peekLock(state);
  if (holder === null) return null;
  const around = runAround(root);
  return { holder, isOwn: around !== null && isRunOf(holder, state, around) };
}

/**
 * Whether this run is the one at work: it has not ended, and has told of something since that one holds the lock. One that was
 * killed before has not ended either.
 */
export function isRunOf({ sinceMs }: LockHolder, state: string, runId: RunId): boolean {
  const folder = path.join(state, 'runs', runId);
  if (fs.existsSync(path.join(folder, 'summary.json'))) return false;
  const events = fs.statSync(path.join(folder, 'events.jsonl'), { throwIfNoEntry: false });
  return events !== undefined && events.mtimeMs >= sinceMs;
}

export function atWorkJson(atWork: AtWork | null) {
  return atWork === null ? {} : { atWork: atWork.holder };
}

export function atWorkLines(atWork: AtWork | null, look: Look): readonly string[] {
  if (atWork === null) return [];
  const { holder, isOwn } = atWork;
  if (isOwn) return [look.style.dim('this run is at work: what it has begun is not done here yet'), ''];
  const lines = blockedLines({ ...holder, waits: false, at: new Date().toISOString() }, look);
  return [...lines, look.style.dim('  what it has begun is not done here yet'), ''];
}

export async function planOf(
  workspace: Workspace,
  selection: Selection,
  flags: Flags,
): Promise<readonly TaskPlanned[]> {
  const look = (world: World) => foresee(world, workspace.graph, selection);
  return (await looking(workspace, selection, flags, look)).plans;
}
