// Finds the past run that a person means.
import { didYouMean } from '../base/did-you-mean.ts';
import { findRun, type PastRun, runIds } from '../journal/history.ts';
import { UsageError } from '../model/diagnostic.ts';
import { listSome } from '../model/words/amounts.ts';
import type { Place } from './workspace.ts';

/** `which`: an id, the beginning of one, or `last`. Throws `UsageError` when that names none or several. */
export function pastRun(place: Place, which: string, at: string): PastRun {
  const found = findRun(place.state, which);
  switch (found.kind) {
    case 'found':
      return found.run;
    case 'ambiguous':
      throw unknown(
        `"${which}" names several runs: ${listSome(found.candidates, 5)}`,
        'give more of its digits',
        at,
      );
    case 'none':
      throw which === 'last'
        ? unknown('there is no run yet in this workspace', 'pipe build makes one', at)
        : unknown(`there is no run "${which}"`, hintOf(place, which), at);
  }
}

function hintOf({ state }: Place, which: string): string {
  const meant = didYouMean(which, ['last', ...runIds(state)]);
  return meant === null ? 'pipe runs lists them' : `did you mean "${meant}"? pipe runs lists them`;
}

function unknown(message: string, hint: string, at: string): UsageError {
  return new UsageError([{ code: 'PIPE039', message, at, hint }]);
}
