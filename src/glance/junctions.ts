// The folders that lead to what was looked at, none of them a link: each with the stamp of the folder that it stands in.
// As long as that stamp holds, nobody has put a link in the place of one of them.
import fs from 'node:fs';
import path from 'node:path';
import { followMark, stampInto } from './glance.ts';
import { stampLength } from './proof-format.ts';
import type { Junction } from './sights.ts';

/** `paths`: as a proof has them. What is followed is a folder, or was seen by itself as well; what is outside has no order. */
export function waysTo(paths: Iterable<string>): ReadonlyMap<string, ReadonlySet<string>> {
  const ways = new Map<string, Set<string>>();
  const known = new Set<string>(['.']);
  let last = '';
  for (const file of paths) {
    if (isElsewhere(file)) continue;
    // Most lie in the folder of the one before.
    if (file.startsWith(last) && file.lastIndexOf('/') === last.length) continue;
    last = path.posix.dirname(file);
    for (let folder = last; !known.has(folder); ) {
      known.add(folder);
      const above = path.posix.dirname(folder);
      const names = ways.get(above);
      if (names === undefined) ways.set(above, new Set([path.posix.basename(folder)]));
      else names.add(path.posix.basename(folder));
      folder = above;
    }
  }
  return ways;
}

/** Whether nobody need know where the path leads by itself. */
export function isElsewhere(file: string): boolean {
  return file.startsWith(followMark) || file.startsWith('/');
}

/**
 * Those of the ways, and those that are known, as they are now. `null`: one of them is a link. `isSettled`: whether any
 * later change has another time.
 */
export function junctionsOn(
  root: string,
  ways: ReadonlyMap<string, ReadonlySet<string>>,
  known: readonly Junction[],
  isSettled: (stat: fs.Stats) => boolean,
): readonly Junction[] | null {
  const before = new Map(known.map((one) => [one.folder, one]));
  const junctions: Junction[] = [];
  for (const folder of new Set([...ways.keys(), ...before.keys()])) {
    const [wanted, old] = [ways.get(folder), before.get(folder)];
    // Before any of its entries: what changes from here on shows.
    const [stamp, stat] = lookAt(root, folder);
    const isAsKnown = old !== undefined && sameStamp(old.stamp, stamp);
    const unknown = [...(wanted ?? [])].filter((name) => !old?.names.includes(name));
    if (leadsToLink(root, folder, isAsKnown ? unknown : [...(old?.names ?? []), ...unknown])) return null;
    const isSure = isAsKnown || (stat !== undefined && isSettled(stat));
    junctions.push({ folder, stamp: isSure ? stamp : null, names: [...(old?.names ?? []), ...unknown] });
  }
  return junctions;
}

/** Whether a link may now be in the place of one of the folders. */
export function mayHaveLink(root: string, junctions: readonly Junction[]): boolean {
  try {
    return junctions.some(
      ({ folder, stamp, names }) =>
        !sameStamp(stamp, lookAt(root, folder)[0]) && leadsToLink(root, folder, names),
    );
  } catch {
    // What cannot be looked at, or lies where a file is now.
    return true;
  }
}

function lookAt(
  root: string,
  folder: string,
): readonly [stamp: readonly number[], stat: fs.Stats | undefined] {
  const stamp = new Float64Array(stampLength);
  const stat = stampInto(stamp, 0, folder === '.' ? root : `${root}/${folder}`);
  return [[...stamp], stat];
}

function sameStamp(known: readonly number[] | null, present: readonly number[]): boolean {
  return known?.every((number, i) => number === present[i]) ?? false;
}

function leadsToLink(root: string, folder: string, names: readonly string[]): boolean {
  const below = folder === '.' ? `${root}/` : `${root}/${folder}/`;
  return names.some(
    (name) => fs.lstatSync(below + name, { throwIfNoEntry: false })?.isSymbolicLink() ?? false,
  );
}
