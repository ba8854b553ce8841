// When nothing more may begin of what keeps failing, and when it is tried again: a circuit breaker.
//
//   closed ──n failures within a time──► open ──its pause is over──► trying ──the trial ends well──► closed
//                                          ▲                           │
//                                          └────── the trial fails ────┘
import type { Failure } from './failure.ts';

export interface BreakerPolicy {
  /** So many open it. */
  readonly failures: number;
  readonly withinMs: number;
  /** How long nothing begins. */
  readonly pauseMs: number;
}

export type BreakerState =
  /** When attempts failed, as far as that still counts. */
  | { readonly kind: 'closed'; readonly failedAtMs: readonly number[] }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** One attempt is on its way to show how things are. */
  | { readonly kind: 'trying' };

/** What an attempt that has ended says of the thing it used. */
export type Sign = 'failed' | 'answered' | 'nothing';

export const closed: BreakerState = { kind: 'closed', failedAtMs: [] };

/** When an attempt may begin, as far as can be told; infinite: when the trial has ended. */
export function opensAtMs(state: BreakerState): number {
  switch (state.kind) {
    case 'closed':
      return Number.NEGATIVE_INFINITY;
    case 'open':
      return state.untilMs;
    case 'trying':
      return Number.POSITIVE_INFINITY;
  }
}

/** An attempt that may begin has its turn: from an open one it is the trial. */
export function afterTurn(state: BreakerState): BreakerState {
  return state.kind === 'open' ? { kind: 'trying' } : state;
}

/** What began before it opened is no news: only the trial counts then. */
export function afterEnd(
  { failures, withinMs, pauseMs }: BreakerPolicy,
  state: BreakerState,
  { sign, isTrial, nowMs }: { readonly sign: Sign; readonly isTrial: boolean; readonly nowMs: number },
): BreakerState {
  const open: BreakerState = { kind: 'open', untilMs: nowMs + pauseMs };
  if (isTrial) {
    switch (sign) {
      case 'answered':
        return closed;
      case 'failed':
        return open;
      case 'nothing':
        // The next one may try at once.
        return { kind: 'open', untilMs: nowMs };
    }
  }
  if (state.kind !== 'closed' || sign !== 'failed') return state;
  const failedAtMs = [...state.failedAtMs.filter((ms) => ms > nowMs - withinMs), nowMs];
  return failedAtMs.length < failures ? { kind: 'closed', failedAtMs } : open;
}

/**
 * Failures of the command itself count, as for retries. One whose command ended well has been answered, whatever is wrong
 * with what it made.
 */
export function signOf(failure: Failure): Sign {
  switch (failure.kind) {
    case 'exit':
    case 'signal':
    case 'timeout':
    case 'threw':
    case 'reported':
      return 'failed';
    case 'output-missing':
    case 'check-failed':
      return 'answered';
    default:
      return 'nothing';
  }
}
