// Turns signals into interruptions: the first ends the run gently, the second at once.

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Answers what gives the signals back to Node. */
export function handleSignals(interrupt: () => void): () => void {
  for (const signal of signals) process.on(signal, interrupt);
  return () => {
    for (const signal of signals) process.off(signal, interrupt);
  };
}
