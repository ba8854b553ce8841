// Ends programs that engines left running when they were killed: as a living one ends them, TERM first and KILL after a
// while, so that what cleans up may do so.

import type { Periods } from './periods.ts';
import { isGroupAlive, isTitled, MarkedProcesses, type Marks } from './process-table.ts';
import { starterTitle } from './starter-program.ts';

export interface Left {
  readonly marks: Marks;
  /** 0: not known. */
  readonly groupId: number;
  /** The process that was killed; 0: not known. */
  readonly engineId: number;
}

/** Resolves when none of them is left, or hangs in the kernel; `cancelled`: it was not waited for. */
export async function endLeft(
  programs: readonly Left[],
  {
    periods: { terminateMs, abandonMs },
    onFound,
    signal,
  }: {
    readonly periods: Pick<Periods, 'terminateMs' | 'abandonMs'>;
    /** Before any of them is ended: how many there are, if there are. */
    readonly onFound: (count: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<'ended' | 'cancelled'> {
  const running = programs.map((one) => new Remains(one)).filter((one) => one.areThere);
  if (running.length === 0) return 'ended';
  onFound(running.length);
  // What has been told by its starter is told no second time: many a program takes that for a harder word.
  for (const one of running) if (!isTitled(starterTitle(one.engineId))) one.send('SIGTERM', 'SIGCONT');
  const beganMs = performance.now();
  for (let waitMs = 2; running.some((one) => one.areThere); waitMs = Math.min(50, 2 * waitMs)) {
    if (signal.aborted) return 'cancelled';
    const forMs = performance.now() - beganMs;
    if (forMs >= terminateMs + abandonMs) break;
    // Again and again, for what was started while the others were being killed.
    if (forMs >= terminateMs) for (const one of running) one.send('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  return 'ended';
}

/**
 * The number of a group alone proves nothing: it may have been given to another group since. A member that bears the marks
 * proves it, and then the others are ended with it.
 */
class Remains {
  readonly engineId: number;
  private readonly marked: MarkedProcesses;
  private readonly group: number | null;

  constructor({ marks, groupId, engineId }: Left) {
    this.marked = new MarkedProcesses(marks);
    this.engineId = engineId;
    const isProved = groupId > 1 && this.marked.now().some((one) => one.groupId === groupId);
    this.group = isProved ? groupId : null;
  }

  get areThere(): boolean {
    return this.marked.now().length > 0 || (this.group !== null && isGroupAlive(this.group));
  }

  /** First to those outside of the group: that it ends would be the sign for their parents to start them anew. */
  send(...signals: readonly NodeJS.Signals[]): void {
    const outside = this.marked.now().filter(({ groupId }) => groupId !== this.group);
    const targets = [...outside.map(({ id }) => id), ...(this.group === null ? [] : [-this.group])];
    for (const target of targets) for (const signal of signals) kill(target, signal);
  }
}

function kill(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Gone this very moment.
  }
}
