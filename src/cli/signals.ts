// Turns signals into interruptions: the first ends the run gently, the second at once.

import { behave } from './standard-streams.ts';

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Answers what gives the signals back to the system, which ends a process that gets one. */
export function handleSignals(interrupt: () => void): () => void {
  const onSignal = () => {
    behave('leaving');
    interrupt();
  };
  // First: from now on nothing may wait for a reader, or no signal would be heard meanwhile.
  behave('attentive');
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    behave('patient');
  };
}
