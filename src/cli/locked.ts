// What the commands that change records outside of a build have in common: a world, under the lock.
import { userInfo } from 'node:os';
import { endLeftRunning } from '../engine/left-running.ts';
import type { World } from '../engine/world.ts';
import { newRunId } from '../journal/history.ts';
import type { EventBody } from '../model/events.ts';
import type { Stage } from '../model/stage.ts';
import { printable } from '../model/words/printable.ts';
import type { Flags } from './flags.ts';
import { commandWords } from './hidden-secrets.ts';
import { refuseInsideStage } from './inside.ts';
import { handleSignals } from './signals.ts';
import { standardError } from './standard-streams.ts';
import type { Workspace } from './workspace.ts';
import { openWorld } from './world.ts';

/** Waits for a build that is at work, saying so. Exit code 130 when interrupted while waiting. */
export async function underLock(
  workspace: Workspace,
  stages: readonly Stage[],
  flags: Flags,
  act: (world: World) => number,
): Promise<number> {
  refuseInsideStage(workspace.root);
  const { world, state, folders } = await openWorld({
    workspace,
    stages,
    flags,
    runId: newRunId(workspace.state),
    sinks: [{ handle: tellWarning }],
    writes: true,
    onTrouble: (message) => tellWarning({ kind: 'warning', message }),
  });
  const interruption = new AbortController();
  const release = handleSignals(() => interruption.abort());
  try {
    const lock = await world.lock.acquire({
      wait: true,
      command: commandWords().join(' '),
      signal: interruption.signal,
      onBlocked: (holder) =>
        standardError().write(`waiting for process ${holder.pid} (pipe ${holder.command})\n`),
    });
    if (lock.kind !== 'held') return 130;
    try {
      if ((await endLeftRunning(world, interruption.signal)) === 'cancelled') return 130;
      if (world.records.changedElsewhere()) world.records.reload();
      const code = act(world);
      await world.files.settle();
      world.upkeep.perform();
      return code;
    } finally {
      world.lock.release();
    }
  } finally {
    release();
    state.close();
    folders.close();
  }
}

function tellWarning(event: EventBody): void {
  if (event.kind !== 'warning') return;
  standardError().write(`warning: ${printable(event.message)}\n`);
  if (event.hint !== undefined) standardError().write(`  hint: ${printable(event.hint)}\n`);
}

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry, as in some containers.
    return String(process.getuid?.() ?? 'unknown');
  }
}
