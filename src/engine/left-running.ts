// What engines that were killed left running comes to its end before anything is touched: it could go on writing outputs.
import { plural } from '../model/words/amounts.ts';
import type { World } from './world.ts';

/** `null`: nothing was. Call only while holding the lock; it is not waited for once `signal` is given. */
export async function endLeftRunning(
  { events, executor }: Pick<World, 'events' | 'executor'>,
  signal: AbortSignal,
): Promise<'ended' | 'cancelled' | null> {
  let isAny = false;
  const onFound = (count: number) => {
    isAny = true;
    // Before it ends: it may take its time to clean up.
    const they = count === 1 ? 'it is' : 'they are';
    const message = `a build that was killed had left ${plural(count, 'program')} running; ${they} ended first`;
    events.emit({ kind: 'warning', message });
  };
  const end = await executor.endLeftBehind({ onFound, signal });
  return isAny ? end : null;
}
