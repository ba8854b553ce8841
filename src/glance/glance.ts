// Is everything that an earlier build looked at as it was then? What is, is still as fresh as it was.
import fs from 'node:fs';
import type { Stamp } from '../engine/ports.ts';
import { absent, type ProofHeader } from './proof-format.ts';

const quietly = { throwIfNoEntry: false } as const;

/** Before a path of which counts what lies at the end of all links. */
export const followMark = '\u0001';

/** Writes the stamp of `absolutePath` to `into` at `at`. Throws where it cannot be looked at. */
export function stampInto(into: Float64Array, at: number, absolutePath: string): fs.Stats | undefined {
  const stat = statOf(absolutePath, '');
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

/** Whether the stamp at this place is that of a link. */
export function isLinkIn(stamps: Float64Array, at: number): boolean {
  return (stamps[at + 4]! & fs.constants.S_IFMT) === fs.constants.S_IFLNK;
}

/**
 * What makes of a path that is not absolute one to look at. Where this process is in `root` already, that is nothing: the
 * system has fewer folders to go through, and no text is put together.
 */
export function belowRoot(root: string): string {
  const [here, there] = ['.', root].map((folder) => fs.statSync(folder, quietly));
  return here !== undefined && here.ino === there?.ino && here.dev === there.dev ? '' : `${root}/`;
}

/** Whether the exact stamp is, of a file, the one at this place. */
export function isOfFile(
  { kind, inode, sizeBytes, mtimeNs, ctimeNs, mode }: Stamp,
  stamps: Float64Array,
  at: number,
): boolean {
  return (
    kind === 'file' &&
    Number(inode) === stamps[at] &&
    Number(sizeBytes) === stamps[at + 1] &&
    milliseconds(mtimeNs) === stamps[at + 2] &&
    milliseconds(ctimeNs) === stamps[at + 3] &&
    Number(mode) === stamps[at + 4]
  );
}

/** As Node makes them of seconds and nanoseconds, with the same loss. */
function milliseconds(ns: bigint): number {
  const second = 1_000_000_000n;
  const rest = ((ns % second) + second) % second;
  return Number((ns - rest) / second) * 1000 + Number(rest) / 1e6;
}

/** `below`: see `belowRoot`. */
export function isAsItWas(below: string, path: string, stamps: Float64Array, at: number): boolean {
  const stat = statOf(path, below);
  if (stat === undefined) return stamps[at] === absent;
  return (
    stat.ino === stamps[at] &&
    stat.mtimeMs === stamps[at + 2] &&
    stat.ctimeMs === stamps[at + 3] &&
    stat.size === stamps[at + 1] &&
    stat.mode === stamps[at + 4]
  );
}

function statOf(path: string, below: string): fs.Stats | undefined {
  switch (path.charCodeAt(0)) {
    case slash:
      return fs.lstatSync(path, quietly);
    case follow: {
      const end = path.slice(1);
      return fs.statSync(end.charCodeAt(0) === slash ? end : below + end, quietly);
    }
    default:
      return fs.lstatSync(below + path, quietly);
  }
}

const slash = 47;
const follow = followMark.charCodeAt(0);

export function sameEnvironment({ env }: ProofHeader, present: NodeJS.ProcessEnv): boolean {
  return env.every(([name, value]) => (present[name] ?? null) === value);
}
