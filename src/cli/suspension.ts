// Ctrl-Z: the terminal is given back as it was found, the process stops, and later goes on where it was.

export interface Suspendable {
  /** Before the process stops. */
  suspend(): void;
  /** Once it goes on. */
  resume(): void;
}

const suspendables = new Set<Suspendable>();

/** Answers what ends it. */
export function whenSuspended(one: Suspendable): () => void {
  if (suspendables.size === 0) process.on('SIGTSTP', stop);
  suspendables.add(one);
  return () => {
    suspendables.delete(one);
    if (suspendables.size === 0) process.off('SIGTSTP', stop);
  };
}

/** As the terminal does it where it sees the key: with all of the job, such as the `npm` that started this process. */
export function suspendJob(): void {
  process.kill(0, 'SIGTSTP');
}

function stop(): void {
  const present = [...suspendables];
  for (const one of present.toReversed()) one.suspend();
  // Not SIGSTOP: where no shell could let it go on, the system stops nothing that has given this signal back.
  process.off('SIGTSTP', stop);
  process.kill(process.pid, 'SIGTSTP');
  // Here it goes on.
  if (suspendables.size > 0) process.on('SIGTSTP', stop);
  for (const one of present) if (suspendables.has(one)) one.resume();
}
