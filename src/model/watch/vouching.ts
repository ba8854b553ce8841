// Whether a watch may answer for its files when a build asks: only where nothing that it watches can have changed since
// it found all tasks fresh. Each doubt sends the build to look by itself.
import { isEmpty } from './hints.ts';
import type { WatchState } from './watch-state.ts';

export type Doubt =
  /** Other words, variables or folders were meant, another user, Node or build of `pipe`. */
  | 'another-question'
  /** Another view of the disk, or something was mounted since all was looked at. */
  | 'another-disk'
  /** Something was heard of that was not looked at, or is being looked at, or something runs. */
  | 'at-work'
  /** Not every task is fresh. */
  | 'not-fresh'
  /** Not all that matters is watched, or on a disk that does not tell of what others do. */
  | 'not-watched'
  /** So much was heard of since the last question that the system may have lost something. */
  | 'too-much'
  /** A build by itself would look further, or have more to say. */
  | 'more-to-say';

export interface Grounds {
  readonly asksTheSame: boolean;
  readonly seesTheSame: boolean;
  readonly watchesAll: boolean;
  /** What the asker left on the disk came back, and the queue in which it came cannot have run over. */
  readonly heardAll: boolean;
  readonly allAreFresh: boolean;
}

/** `null`: it may. */
export function doubtOf(state: WatchState, grounds: Grounds): Doubt | null {
  if (!grounds.asksTheSame) return 'another-question';
  if (!grounds.seesTheSame) return 'another-disk';
  if (!grounds.watchesAll) return 'not-watched';
  if (!grounds.heardAll) return 'too-much';
  if (!isIdle(state)) return 'at-work';
  return grounds.allAreFresh ? null : 'not-fresh';
}

/** All that was heard of has been looked at, with the configuration as it is. */
function isIdle(state: WatchState): boolean {
  const { work, config, hints, owed, owesLook, codeChanged, codeDoubted, requests, ending } = state;
  if (work !== 'resting' || config !== 'valid' || requests.length > 0 || ending !== null) return false;
  return isEmpty(hints) && isEmpty(owed) && !owesLook && !codeChanged && !codeDoubted;
}
