// Keeps V8 from looking through all of the heap while a short build waits for its command: code and configuration were
// just loaded, little of it is garbage, and by the time that V8 has found that out the command has ended and waits.
import { once } from '../base/once.ts';
import { setV8Flag } from './v8-flags.ts';

/**
 * Of the steps on this thread alone. Other threads may be marking by now: where all of it is switched off under them
 * (`--no-incremental-marking`), V8 crashes, of builds with ten thousand items one in thirty.
 */
export const lateMarkingFlags = {
  off: '--no-incremental-marking-task',
  on: '--incremental-marking-task',
} as const;

/** Who takes longer has time for it. */
const putOffMs = 150;

interface Surroundings {
  readonly setFlag: (flag: string) => void;
  readonly later: (act: () => void, afterMs: number) => void;
  readonly process: Pick<NodeJS.EventEmitter, 'prependOnceListener'>;
}

const real: Surroundings = {
  setFlag: setV8Flag,
  later: (act, afterMs) => void setTimeout(act, afterMs).unref(),
  process,
};

/**
 * To be called when all modules of Node are loaded: while a flag is not as it was when these were compiled, V8 compiles
 * anew whatever else is loaded. For the same reason all is as before when the process ends, and code goes to its cache.
 */
export function putOffMarking({ setFlag, later, process }: Surroundings = real): void {
  setFlag(lateMarkingFlags.off);
  const takeBack = once(() => setFlag(lateMarkingFlags.on));
  later(takeBack, putOffMs);
  process.prependOnceListener('exit', takeBack);
}
