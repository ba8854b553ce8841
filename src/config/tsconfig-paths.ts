// What a tsconfig says of where modules lie: the places at which one may be that is named by one of its `paths`, or below
// its `baseUrl`. Read as the compiler reads it, which does not tell where it has looked.
import fs from 'node:fs';
import path from 'node:path';
import { foldersFrom, parted } from './module-search.ts';
import { isObject, targetsOf } from './package-map.ts';
import { isFile } from './passed-over.ts';
import { plain, readJson } from './plain-json.ts';

interface Settings {
  /** Absolute. */
  readonly baseUrl: string | null;
  /** As they are written, in the order in which they are tried, and the folder of the file that has them. */
  readonly paths: {
    readonly places: Readonly<Record<string, readonly string[]>>;
    readonly folder: string;
  } | null;
}

export interface TsconfigPaths {
  /** The file itself and those that it extends, absolute, and where these were looked for in vain. */
  readonly files: readonly string[];
  /** Absolute, without endings, in the order in which they are tried; none for what names a file. */
  candidatesOf(specifier: string): readonly string[];
}

/** In a folder the first of them counts. */
const names: readonly string[] = ['tsconfig.json', 'jsconfig.json'];

/** Where the one that holds for modules of `folder` is looked for, absolute, up to the first file that is there. */
export function placesOfTsconfig(folder: string): {
  readonly places: readonly string[];
  readonly found: string | null;
} {
  const all = foldersFrom(folder).flatMap((at) => names.map((name) => path.join(at, name)));
  const at = all.findIndex(isFile);
  return at < 0 ? { places: all, found: null } : { places: all.slice(0, at + 1), found: all[at]! };
}

/** `tsconfig`: absolute. Never throws: what cannot be read says nothing. */
export function readTsconfigPaths(tsconfig: string): TsconfigPaths {
  const files = new Set<string>();
  const { baseUrl, paths } = settingsOf(tsconfig, { files, configFolder: path.dirname(tsconfig), way: [] });
  return {
    files: [...files],
    candidatesOf(specifier) {
      if (/^\.\.?(?:\/|$)/.test(specifier)) return [];
      const from = baseUrl ?? paths?.folder ?? '/';
      const named = candidatesIn(paths?.places ?? {}, specifier)
        // Without a base it has to be seen that it is a path.
        .filter((place) => baseUrl !== null || /^(?:\.\.?(?:\/|$)|\/)/.test(place))
        .filter((place) => !/\.d\.ts$/i.test(place))
        .map((place) => path.resolve(from, place));
      const isAbsolute = specifier.startsWith('/');
      return baseUrl === null || isAbsolute ? named : [...named, path.join(baseUrl, specifier)];
    },
  };
}

/** Those of the pattern that is the specifier, else of that with the longest beginning. */
function candidatesIn(
  paths: Readonly<Record<string, readonly string[]>>,
  specifier: string,
): readonly string[] {
  const exact = Object.hasOwn(paths, specifier) ? paths[specifier] : undefined;
  if (exact !== undefined) return exact;
  const matching = Object.keys(paths).flatMap((pattern) => {
    const star = pattern.indexOf('*');
    const [head, tail] = [pattern.slice(0, star), pattern.slice(star + 1)];
    const isLongEnough = specifier.length >= head.length + tail.length;
    const fits = star >= 0 && isLongEnough && specifier.startsWith(head) && specifier.endsWith(tail);
    return fits ? [{ pattern, head, tail }] : [];
  });
  const [best] = matching.sort((a, b) => b.head.length - a.head.length || b.tail.length - a.tail.length);
  if (best === undefined) return [];
  const text = specifier.slice(best.head.length, specifier.length - best.tail.length);
  return paths[best.pattern]!.map((place) => place.replace('*', () => text));
}

interface Reading {
  readonly files: Set<string>;
  /** Of the tsconfig with which it began. */
  readonly configFolder: string;
  /** The files that are being read, each of which extends the next. */
  readonly way: readonly string[];
}

function settingsOf(file: string, reading: Reading): Settings {
  const none: Settings = { baseUrl: null, paths: null };
  reading.files.add(file);
  const real = realPath(file);
  // One that extends itself says nothing more.
  if (real === null || reading.way.includes(real)) return none;
  const { extends: others, compilerOptions } = plain(readJson(real));
  const { baseUrl, paths } = plain(compilerOptions);
  const folder = path.dirname(real);
  let settings = none;
  for (const other of [others].flat()) {
    if (typeof other !== 'string') continue;
    const { places, telling } = placesOfExtended(other, folder);
    for (const one of telling) reading.files.add(one);
    const found = places.find(isFile);
    // What comes to be before it would be taken instead.
    for (const place of found === undefined ? places : places.slice(0, places.indexOf(found)))
      reading.files.add(place);
    if (found === undefined) continue;
    const extended = settingsOf(found, { ...reading, way: [...reading.way, real] });
    settings = { baseUrl: extended.baseUrl ?? settings.baseUrl, paths: extended.paths ?? settings.paths };
  }
  const filled = (text: string) => text.replace(/^\$\{configDir\}(?=\/|$)/, () => reading.configFolder);
  if (typeof baseUrl === 'string') settings = { ...settings, baseUrl: path.resolve(folder, filled(baseUrl)) };
  if (!isObject(paths)) return settings;
  const places = Object.entries(paths).flatMap(([pattern, places]) =>
    Array.isArray(places)
      ? [[pattern, places.flatMap((place) => (typeof place === 'string' ? [filled(place)] : []))] as const]
      : [],
  );
  return { ...settings, paths: { places: Object.fromEntries(places), folder } };
}

/** `telling`: what says which of them it is, and each that it may say. */
function placesOfExtended(
  name: string,
  folder: string,
): { readonly places: readonly string[]; readonly telling: readonly string[] } {
  if (/^(?:\.\.?(?:\/|$)|\/)/.test(name)) {
    const base = path.resolve(folder, name === '.' || name === '..' ? `${name}/tsconfig.json` : name);
    return { places: base.endsWith('.json') ? [base] : [base, `${base}.json`], telling: [] };
  }
  const { name: packageName, subpath } = parted(name);
  const [places, telling]: [string[], string[]] = [[], []];
  for (const at of foldersFrom(folder)) {
    if (path.basename(at) === 'node_modules') continue;
    const home = path.join(at, 'node_modules', packageName);
    const manifest = path.join(home, 'package.json');
    const { exports, tsconfig } = plain(readJson(manifest));
    const exported = targetsOf(exports, subpath, 'require').map(({ text }) => path.join(home, text));
    const own = typeof tsconfig === 'string' && tsconfig !== '' ? tsconfig : null;
    const base = own === null ? path.join(at, 'node_modules', name) : path.resolve(home, own);
    telling.push(manifest, ...exported);
    places.push(...exported, path.join(base, 'tsconfig.json'), base, `${base}.json`);
  }
  return { places, telling };
}

function realPath(file: string): string | null {
  try {
    return fs.realpathSync.native(file);
  } catch {
    return null;
  }
}
