// Where the compiler looked for a module before it found it, or in vain: what comes to be there is taken instead.
// Rather one place too many than one too few: what stands there already, and was not taken, is left out.
import fs from 'node:fs';
import path from 'node:path';

/** In this order, where a module is named without its ending. */
export const endings: readonly string[] = ['.tsx', '.ts', '.jsx', '.js', '.css', '.json'];

/** The endings under which TypeScript names its files, and those that they have. */
const rewritten: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.ts', '.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/** All places at which a module may be that is named by this path, absolute, in the order in which they are looked at. */
export function placesOf(base: string): readonly string[] {
  const ending = path.extname(base);
  const stem = base.slice(0, base.length - ending.length);
  return [
    base,
    ...endings.map((one) => base + one),
    ...(rewritten[ending] ?? []).map((one) => stem + one),
    `${base}/package.json`,
    ...endings.map((one) => `${base}/index${one}`),
  ];
}

/** `specifier`: as `folder`, absolute, has it in a module. `found`: absolute; `null` where it was sought in vain. */
export function placesBefore(specifier: string, folder: string, found: string | null): readonly string[] {
  const isPath = specifier.startsWith('.') || specifier.startsWith('/');
  if (!isPath) return found === null ? packagesOf(specifier, folder, null) : placesBesides(specifier, found);
  const places = placesOf(path.resolve(folder, specifier));
  return found === null || !places.includes(found) ? places : places.slice(0, places.indexOf(found));
}

/** The folders of that package which would be nearer than the one that holds it in `home`, absolute; `null`: any. */
export function packagesOf(specifier: string, folder: string, home: string | null): readonly string[] {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const places: string[] = [];
  for (let at = folder; at !== home; at = path.dirname(at)) {
    if (path.basename(at) !== 'node_modules') places.push(path.join(at, 'node_modules', name));
    if (at === path.dirname(at)) break;
  }
  return places;
}

/** Of `places` those at which something might come to be. `nowNs`: a moment before they were looked at. */
export function stillEmpty(places: Iterable<string>, nowNs: bigint): readonly string[] {
  return [...new Set(places)].filter((place) => isEmpty(place, nowNs)).sort();
}

/** By which path a name without one led there, such as one of a tsconfig, can be told by its end only. */
function placesBesides(specifier: string, found: string): readonly string[] {
  const ending = path.extname(found);
  if (specifier.endsWith(ending)) return [];
  const stem = found.slice(0, found.length - ending.length);
  const isIndex = path.basename(stem) === 'index' && path.basename(specifier) !== 'index';
  const places = placesOf(isIndex ? path.dirname(stem) : stem);
  return places.slice(0, places.indexOf(found));
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
