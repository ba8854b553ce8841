// What the commands that only look have in common: a world that writes nothing, and the plan of a selection.
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

/** Asked before looking: another run, whose tasks show as not done as long as they run. `null`: there is none. */
export function runAtWork({ state }: Place): LockHolder | null {
  return peekLock(state);
}

export function atWorkLines(holder: LockHolder | null, look: Look): readonly string[] {
  if (holder === null) return [];
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
