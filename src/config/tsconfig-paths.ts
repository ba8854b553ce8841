// What a tsconfig says of where modules lie: the places at which one may be that is named by one of its `paths`, or below
// its `baseUrl`. Read as the compiler reads it, which does not tell where it has looked.
import fs from 'node:fs';
import path from 'node:path';
import { textIn } from '../base/utf8.ts';
import { placesNamedBy } from './extended-package.ts';

interface Settings {
  /** Absolute. */
  readonly baseUrl: string | null;
  /** Each with absolute places in the order in which they are tried. */
  readonly paths: Readonly<Record<string, readonly string[]>> | null;
}

export interface TsconfigPaths {
  /** The file itself and those that it extends, absolute, and where these were looked for in vain. */
  readonly files: readonly string[];
  /** Absolute, without endings, in the order in which they are tried; none for what names a file. */
  candidatesOf(specifier: string): readonly string[];
}

/** `tsconfig`: absolute. Never throws: what cannot be read says nothing. */
export function readTsconfigPaths(tsconfig: string): TsconfigPaths {
  const files = new Set<string>();
  const { baseUrl, paths } = settingsOf(tsconfig, files);
  return {
    files: [...files],
    candidatesOf(specifier) {
      if (specifier.startsWith('.') || specifier.startsWith('/')) return [];
      const below = baseUrl === null ? [] : [path.resolve(baseUrl, specifier)];
      return [...candidatesIn(paths ?? {}, specifier), ...below];
    },
  };
}

/** Those of the pattern that is the specifier, else of that with the longest beginning. */
function candidatesIn(paths: NonNullable<Settings['paths']>, specifier: string): readonly string[] {
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

function settingsOf(file: string, files: Set<string>): Settings {
  const none: Settings = { baseUrl: null, paths: null };
  // One that extends itself says nothing more.
  if (files.has(file)) return none;
  files.add(file);
  const { extends: others, compilerOptions } = plain(readJson(file));
  const { baseUrl, paths } = plain(compilerOptions);
  const folder = path.dirname(file);
  let settings = none;
  for (const other of [others].flat()) {
    if (typeof other !== 'string') continue;
    const { places, telling } = placesOfExtended(other, folder);
    for (const file of telling) files.add(file);
    const found = places.find(isFile);
    // What comes to be before it would be taken instead.
    for (const place of found === undefined ? places : places.slice(0, places.indexOf(found)))
      files.add(place);
    if (found === undefined) continue;
    const extended = settingsOf(found, files);
    settings = { baseUrl: extended.baseUrl ?? settings.baseUrl, paths: extended.paths ?? settings.paths };
  }
  const base = typeof baseUrl === 'string' ? path.resolve(folder, baseUrl) : null;
  if (base !== null) settings = { ...settings, baseUrl: base };
  if (typeof paths !== 'object' || paths === null) return settings;
  const from = base ?? settings.baseUrl ?? folder;
  const absolute = Object.entries(paths).map(([pattern, places]) => [
    pattern,
    [places].flat().flatMap((place) => (typeof place === 'string' ? [path.resolve(from, place)] : [])),
  ]);
  return { ...settings, paths: Object.fromEntries(absolute) };
}

/** `telling`: what says which of them it is, and each that it may say. */
function placesOfExtended(
  name: string,
  folder: string,
): { readonly places: readonly string[]; readonly telling: readonly string[] } {
  const spelled = (base: string) => [base, `${base}.json`, path.join(base, 'tsconfig.json')];
  if (name.startsWith('.') || name.startsWith('/'))
    return { places: spelled(path.resolve(folder, name)), telling: [] };
  const [packageName = name] = /^(?:@[^/]+\/)?[^/]+/.exec(name) ?? [];
  const subpath = `.${name.slice(packageName.length)}`;
  const [places, telling]: [string[], string[]] = [[], []];
  for (let at = folder; ; at = path.dirname(at)) {
    const modules = path.join(at, 'node_modules');
    const manifest = path.join(modules, packageName, 'package.json');
    const named = placesNamedBy(plain(readJson(manifest)), path.dirname(manifest), subpath);
    telling.push(manifest, ...named);
    places.push(...named, ...spelled(path.join(modules, name)));
    if (at === path.dirname(at)) return { places, telling };
  }
}

function isFile(place: string): boolean {
  try {
    return fs.statSync(place).isFile();
  } catch {
    return false;
  }
}

const textOrComment = /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
const textOrLastComma = /("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g;

/** With comments, and commas behind the last entry. */
function readJson(file: string): unknown {
  try {
    const text = textIn(fs.readFileSync(file));
    return JSON.parse(text.replace(textOrComment, '$1').replace(textOrLastComma, '$1'));
  } catch {
    return null;
  }
}

function plain(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
