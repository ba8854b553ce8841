// What watching has heard of since somebody last looked: hints, not facts. And when it has been quiet for long enough.

export interface HeardOf {
  /** When it was last heard of. */
  readonly gone: boolean;
  /** Something was there at one moment at least since it was first heard of. */
  readonly came?: boolean;
}

export interface Hints {
  /** By absolute path. */
  readonly paths: ReadonlyMap<string, HeardOf>;
  /** Anything may have changed: what was told is not all. */
  readonly everything: boolean;
  readonly firstMs: number;
  readonly lastMs: number;
  /** Whoever changes the files has said that there is more to come: git, while it changes the working tree. */
  readonly isCheckout: boolean;
}

/** Editors write in several steps: a new file, a rename, a touch. */
const quietMs = 25;
/** Whoever changes many files at once (a checkout), or has taken one away, is likely to go on. */
const longQuietMs = 150;
const manyPaths = 16;
/** Of what never is quiet a look must be taken all the same. */
const patienceMs = 3000;
/** How long a checkout may be silent, since what was to end it may have died, and how long it may take. */
const checkoutQuietMs = 3000;
const checkoutPatienceMs = 60_000;
/** More need not be told apart. */
const mostPaths = 10_000;

export const noHints: Hints = {
  paths: new Map(),
  everything: false,
  firstMs: 0,
  lastMs: 0,
  isCheckout: false,
};

export function isEmpty(hints: Hints): boolean {
  return hints.paths.size === 0 && !hints.everything;
}

export type Heard = Hints['paths'];

export function heardOf(hints: Hints, heard: Heard, nowMs: number): Hints {
  if (heard.size === 0) return hints;
  const isTooMuch = hints.paths.size + heard.size > mostPaths;
  return {
    ...hints,
    paths: isTooMuch ? hints.paths : pathsOf(hints.paths, heard),
    everything: hints.everything || isTooMuch,
    firstMs: isEmpty(hints) ? nowMs : hints.firstMs,
    lastMs: nowMs,
  };
}

export function heardOfEverything(hints: Hints, nowMs: number): Hints {
  return {
    ...hints,
    everything: true,
    firstMs: isEmpty(hints) ? nowMs : hints.firstMs,
    lastMs: Math.max(hints.lastMs, nowMs),
  };
}

export function together(a: Hints, b: Hints): Hints {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  return {
    paths: pathsOf(a.paths, b.paths),
    everything: a.everything || b.everything,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    isCheckout: a.isCheckout || b.isCheckout,
  };
}

/** The same object where nothing is new. */
export function withCheckout(hints: Hints, isCheckout: boolean): Hints {
  return isEmpty(hints) || hints.isCheckout === isCheckout ? hints : { ...hints, isCheckout };
}

function pathsOf(before: Heard, after: Heard): Heard {
  const all = new Map(before);
  for (const [path, { gone, came = false }] of after)
    all.set(path, { gone, came: came || before.get(path)?.came === true });
  return all;
}

/** When to look, if nothing more is heard of. */
export function settledAtMs(hints: Hints): number {
  if (hints.isCheckout) return Math.min(hints.firstMs + checkoutPatienceMs, hints.lastMs + checkoutQuietMs);
  return Math.min(hints.firstMs + patienceMs, hints.lastMs + (isGoingOn(hints) ? longQuietMs : quietMs));
}

/** When to see whether they have settled: nothing is heard of the end of a checkout. */
export function wakeAtMs(hints: Hints, nowMs: number): number {
  return hints.isCheckout ? Math.min(settledAtMs(hints), nowMs + quietMs) : settledAtMs(hints);
}

/** Whether this may be all, so that what is found now is most likely what will be found when it has settled. */
export function mayBeAll(hints: Hints): boolean {
  return !isEmpty(hints) && !hints.everything && !hints.isCheckout && !isGoingOn(hints);
}

function isGoingOn({ paths }: Hints): boolean {
  return paths.size > manyPaths || [...paths.values()].some(({ gone }) => gone);
}
