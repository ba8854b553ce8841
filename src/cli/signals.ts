// Turns signals into interruptions: the first ends the run gently, the second at once, unless it only tells again of a closed terminal.

import type { EndingReason } from './ending-reasons.ts';
import { behave } from './standard-streams.ts';

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Answers what gives the signals back to the system, which ends a process that gets one. */
export function handleSignals(interrupt: (reason: EndingReason) => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    behave('leaving');
    interrupt(signal === 'SIGHUP' ? 'hang-up' : 'person');
  };
  // First: from now on nothing may wait for a reader, or no signal would be heard meanwhile.
  behave('attentive');
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    behave('patient');
  };
}
