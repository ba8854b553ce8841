// Loads a compiled module in a child process, so that one that loops without end can be killed. The child may be started
// while the module is still being compiled: Node takes as long to start as that takes.
import { type ChildProcess, fork } from 'node:child_process';
import type { Mishap } from './settle.ts';
import type { VetMessage } from './vet.ts';

export interface TrialOptions {
  /** Absolute path of the built `vet.ts`. */
  readonly vetPath: string;
  readonly limitMs: number;
  /** Told what the module printed, where that is to be shown. */
  readonly onPrint: (text: string) => void;
}

export interface Trial {
  /**
   * `null` when all went well. What the module printed is shown only when it did not: otherwise it will
   * print the same again when this process loads it. Rejects when the child fails by our own doing.
   */
  of(compiledPath: string): Promise<Mishap | null>;
  /** There is nothing to try out. */
  drop(): void;
}

/** Beyond the module's own limit, within which its child reports by itself unless it is stuck. */
const graceMs = 500;
const keptOutputBytes = 64 * 1024;

/** Its limit counts from when the child has heard of the module. */
export function startTrial({ vetPath, limitMs, onPrint }: TrialOptions): Trial {
  const child = fork(vetPath, [String(limitMs)], {
    // The last one carries nothing: that it closes tells the child that this process is gone.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc', 'pipe'],
    execArgv: [],
  });
  const result = resultOf(child, { vetPath, limitMs, onPrint });
  // It may have ended before anybody asks.
  result.catch(() => {});
  return {
    of(compiledPath) {
      // Where it cannot be told any more, it has ended, which is the result.
      if (child.connected) child.send(compiledPath, () => {});
      return result;
    },
    drop: () => child.kill('SIGKILL'),
  };
}

function resultOf(child: ChildProcess, { vetPath, limitMs, onPrint }: TrialOptions): Promise<Mishap | null> {
  return new Promise((resolve, reject) => {
    let last: VetMessage | null = null;
    let interruptedBy: NodeJS.Signals | null = null;
    let stuck = false;
    let timer: NodeJS.Timeout | undefined;
    let output = '';
    const keep = (chunk: Buffer) => {
      if (output.length < keptOutputBytes) output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('message', (message) => {
      last = message as VetMessage;
      if (last.kind !== 'started') return;
      // From here: how long the child takes to start is not the module's doing.
      timer = setTimeout(() => {
        stuck = true;
        child.kill('SIGKILL');
      }, limitMs + graceMs);
    });
    const giveBack = onSignal((signal) => {
      // Killed is not yet gone: this process ends when the child has, or at the second signal.
      if (interruptedBy !== null) endBy(signal);
      interruptedBy = signal;
      child.kill('SIGKILL');
    });
    const endBy = (signal: NodeJS.Signals) => {
      giveBack();
      process.kill(process.pid, signal);
    };
    child.on('error', (error) => {
      giveBack();
      resolve({ kind: 'untried', why: error.message });
    });

    // The channel closes after its last message, the process ends before or after: wait for both.
    let waitingFor = 2;
    const ended = () => {
      waitingFor--;
      if (waitingFor > 0) return;
      clearTimeout(timer);
      if (interruptedBy !== null) {
        endBy(interruptedBy);
        return;
      }
      giveBack();
      for (const stream of child.stdio) stream?.destroy();
      if (last === null) {
        const why = child.signalCode === null ? shortageIn(output) : `it was ended by ${child.signalCode}`;
        if (why === null) reject(new Error(`${vetPath} did not start: ${output}`));
        else resolve({ kind: 'untried', why });
        return;
      }
      const mishap = stuck ? timedOut : mishapOf(last, child);
      if (mishap !== null && output !== '') onPrint(output);
      resolve(mishap);
    };
    child.on('exit', ended);
    child.on('disconnect', ended);
  });
}

/** Node itself needs descriptors, which those of this process leave it too few of. */
function shortageIn(output: string): string | null {
  return /\b(?:EMFILE|ENFILE|EAGAIN|ENOMEM)\b/.exec(output)?.[0] ?? null;
}

const timedOut: Mishap = { kind: 'silent', how: 'time' };

function mishapOf(last: VetMessage, { signalCode, exitCode }: ChildProcess): Mishap | null {
  if (last.kind === 'settled') return null;
  if (last.kind !== 'started') return last;
  // It ended without a word: killed, crashed, or left by a way that cannot be guarded.
  return { kind: 'exited', call: signalCode === null ? `exit code ${exitCode}` : `signal ${signalCode}` };
}

/** What ends this process must not leave a looping child behind. Answers what gives the signals back. */
function onSignal(listener: (signal: NodeJS.Signals) => void): () => void {
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}
