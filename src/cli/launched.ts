// What the launcher knows and can do, for the code that it starts.

/** Set by the launcher on `globalThis`. */
export interface Launched {
  /** Of the whole command: no other build of it has this name. */
  readonly buildId: string;
  /** Runs another bundle in its place, from the compile cache; `use`: which of its code is needed. */
  readonly run: (bundle: 'plain-build', use: 'part-build' | 'plain-build') => void;
  /** The bundle has come to what it is there for: from now on its code is worth keeping. */
  readonly hasWorked: () => void;
  /** What one bundle leaves to the next. */
  handedOver?: unknown;
}

const key: unique symbol = Symbol.for('pipe-build.launched') as typeof key;

/** `null` where the code runs as modules, as in tests. */
export function launched(): Launched | null {
  return (globalThis as { [key]?: Launched })[key] ?? null;
}
