// Is everything that the last build without work looked at as it was then? Then there is nothing to do now either.
import fs from 'node:fs';
import { absent, type ProofHeader, stampLength } from './proof-format.ts';

const quietly = { throwIfNoEntry: false } as const;

/** Writes the stamp of `absolutePath` to `into` at `at`. Throws where it cannot be looked at. */
export function stampInto(into: Float64Array, at: number, absolutePath: string): fs.Stats | undefined {
  const stat = fs.lstatSync(absolutePath, quietly);
  if (stat === undefined) into[at] = absent;
  else {
    into[at] = stat.ino;
    into[at + 1] = stat.size;
    into[at + 2] = stat.mtimeMs;
    into[at + 3] = stat.ctimeMs;
    into[at + 4] = stat.mode;
  }
  return stat;
}

/** Up to the first that differs. Paths that are not absolute are below `root`. */
export function allAsTheyWere(root: string, paths: readonly string[], stamps: Float64Array): boolean {
  const below = `${root}/`;
  return (
    paths.length * stampLength === stamps.length &&
    paths.every((path, i) => isAsItWas(below, path, stamps, i * stampLength))
  );
}

/** `below`: the root and a slash. */
export function isAsItWas(below: string, path: string, stamps: Float64Array, at: number): boolean {
  const stat = fs.lstatSync(path.charCodeAt(0) === slash ? path : below + path, quietly);
  if (stat === undefined) return stamps[at] === absent;
  return (
    stat.ino === stamps[at] &&
    stat.mtimeMs === stamps[at + 2] &&
    stat.ctimeMs === stamps[at + 3] &&
    stat.size === stamps[at + 1] &&
    stat.mode === stamps[at + 4]
  );
}

const slash = 47;

export function sameEnvironment({ env }: ProofHeader, present: NodeJS.ProcessEnv): boolean {
  return env.every(([name, value]) => (present[name] ?? null) === value);
}
