// The ports of time.

/** Time, so that tests can own it: for people, since 1970, and it may jump; or from some start, and it never goes back. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
}

/** Rings after a while; tests ring by themselves. The answer calls it off. */
export type Alarm = (afterMs: number, ring: () => void) => () => void;
