// The times of the files of a workspace, for the rule that make has. They are read, not foretold: what a stage writes in
// a build, it writes before any stage looks at it that requires it.
import fs from 'node:fs';
import path from 'node:path';
import type { Tree } from './tree.ts';

export interface Times {
  /** Of the entry itself. */
  readonly own: bigint;
  /** Of what it leads to, where it is a link. */
  readonly led: bigint;
}

export type TimesByPath = ReadonlyMap<string, Times>;

export function timesOf(root: string, tree: Tree): TimesByPath {
  return new Map(
    [...tree.keys()].map((at) => {
      const absolute = path.join(root, at);
      const own = fs.lstatSync(absolute, { bigint: true }).mtimeNs;
      const led = fs.statSync(absolute, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? own;
      return [at, { own, led }];
    }),
  );
}

/** Whether the newest input is newer than the oldest output. Without outputs nothing is. */
export function isNewer(times: TimesByPath, inputs: readonly string[], outputs: readonly string[]): boolean {
  const oldest = outputs.map((at) => times.get(at)!.own).reduce<bigint | null>(least, null);
  return oldest !== null && inputs.some((at) => times.get(at)!.led > oldest);
}

function least(a: bigint | null, b: bigint): bigint {
  return a === null || b < a ? b : a;
}

/** Of these paths, as they are now. */
export function setTimes(times: Map<string, Times>, now: TimesByPath, paths: Iterable<string>): void {
  for (const path of paths) {
    const one = now.get(path);
    if (one === undefined) times.delete(path);
    else times.set(path, one);
  }
}
