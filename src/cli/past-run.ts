// Finds the past run that a person means.
import { findRun, type PastRun } from '../journal/history.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { Place } from './workspace.ts';

/** `which`: an id, the beginning of one, or `last`. Throws `UsageError` when that names none or several. */
export function pastRun(place: Place, which: string): PastRun {
  const found = findRun(place.state, which);
  switch (found.kind) {
    case 'found':
      return found.run;
    case 'ambiguous':
      throw unknown(
        `"${which}" names several runs: ${found.candidates.slice(0, 5).join(', ')}`,
        'give more of its digits',
      );
    case 'none':
      throw which === 'last'
        ? unknown('there is no run yet in this workspace', 'pipe build makes one')
        : unknown(`there is no run "${which}"`, 'pipe runs lists them');
  }
}

function unknown(message: string, hint: string): UsageError {
  return new UsageError([{ code: 'PIPE039', message, at: 'run', hint }]);
}
