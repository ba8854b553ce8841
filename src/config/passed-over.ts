// The files that a path without its ending may mean to the compiler, and which of the places at which it has looked are
// empty: what comes to be there is taken instead.
import fs from 'node:fs';
import path from 'node:path';

/** In this order, where a module is named without its ending. */
export const endings: readonly string[] = ['.tsx', '.ts', '.jsx', '.js', '.css', '.json'];

/** In packages what is compiled already comes first. */
const endingsInPackages: readonly string[] = ['.jsx', '.js', '.tsx', '.ts', '.css', '.json'];

/** The endings under which TypeScript names its files, and those that they have. */
const rewritten: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

export function endingsBelow(base: string): readonly string[] {
  return base.includes('/node_modules/') ? endingsInPackages : endings;
}

/** Absolute; in the order in which they are looked at. */
export function placesOfFile(base: string, endings: readonly string[]): readonly string[] {
  const ending = path.extname(base);
  const stem = base.slice(0, base.length - ending.length);
  return [base, ...endings.map((one) => base + one), ...(rewritten[ending] ?? []).map((one) => stem + one)];
}

/** All places at which a module may be that is named by this path, absolute, whatever packages say. */
export function placesOf(base: string): readonly string[] {
  return [
    ...placesOfFile(base, endings),
    `${base}/package.json`,
    ...endings.map((one) => `${base}/index${one}`),
  ];
}

/** Where the package of that name may lie for modules of `folder`, absolute. */
export function packagesOf(specifier: string, folder: string): readonly string[] {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const places: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    if (path.basename(at) !== 'node_modules') places.push(path.join(at, 'node_modules', name));
    if (at === path.dirname(at)) return places;
  }
}

/**
 * Of `places` those at which something might come to be; where a folder is missing in which it would lie, that folder.
 * `nowNs`: a moment before they were looked at.
 */
export function stillEmpty(places: Iterable<string>, nowNs: bigint): readonly string[] {
  const folders = new Map<string, string | null>();
  /** The outermost folder on the way that is missing; `null`: none. */
  const missingOnTheWay = (folder: string): string | null => {
    const known = folders.get(folder);
    if (known !== undefined) return known;
    const above = folder === path.dirname(folder) ? null : missingOnTheWay(path.dirname(folder));
    const missing = above ?? (isThere(folder) ? null : folder);
    folders.set(folder, missing);
    return missing;
  };
  const empty = [...new Set(places)].filter((place) => isEmpty(place, nowNs));
  return [...new Set(empty.map((place) => missingOnTheWay(path.dirname(place)) ?? place))].sort();
}

function isEmpty(place: string, nowNs: bigint): boolean {
  try {
    // It may have come after it was looked for.
    return fs.statSync(place).isFile() && isSince(place, nowNs);
  } catch {
    // A link that leads nowhere would be one that leads somewhere each time.
    return !isThere(place);
  }
}

/** Whether it was written, came or went at that moment or later. */
export function isSince(file: string, nowNs: bigint): boolean {
  try {
    return fs.statSync(file, { bigint: true }).ctimeNs >= nowNs;
  } catch {
    return true;
  }
}

/** A file, a folder, or a link wherever it leads. */
export function isThere(place: string): boolean {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Below a file, or where nobody may look.
    return false;
  }
}

/** A file, or a link that leads to one. */
export function isFile(place: string): boolean {
  return kindOf(place)?.isFile() ?? false;
}

/** A folder, or a link that leads to one. */
export function isFolder(place: string): boolean {
  return kindOf(place)?.isDirectory() ?? false;
}

function kindOf(place: string): fs.Stats | null {
  try {
    return fs.statSync(place);
  } catch {
    return null;
  }
}
