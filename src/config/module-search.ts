// At which places the compiler looks for a module, in its order. It does not tell, so what it does is done here once more.
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { type AskedBy, type Target, targetsOf } from './package-map.ts';
import { endingsBelow, placesOfFile } from './passed-over.ts';

/** What the files around a module say. Absolute folders. */
export interface Sayings {
  /** What its `package.json` says; `null` where it has none that can be read. */
  packageIn(folder: string): Readonly<Record<string, unknown>> | null;
  /** What the nearest tsconfig makes of the name: absolute, without endings, in the order in which they are tried. */
  byTsconfig(specifier: string, folder: string): readonly string[];
}

interface From {
  readonly folder: string;
  readonly by: AskedBy;
  readonly sayings: Sayings;
}

/** `specifier`: as a module of `folder`, absolute and without links, has it. */
export function* placesOfModule(specifier: string, from: From): Iterable<string> {
  yield* placesOfName(specifier, from);
  // What looks like a query belongs to the name of a file, if there is such a file.
  const end = specifier.search(/[?#]/);
  if (end >= 1) yield* placesOfName(specifier.slice(0, end), from);
}

function* placesOfName(specifier: string, from: From): Iterable<string> {
  if (/^\.\.?(?:\/|$)/.test(specifier)) {
    yield* fileOrFolder(path.join(from.folder, specifier), from);
  } else if (specifier.startsWith('/')) {
    for (const base of from.sayings.byTsconfig(specifier, from.folder)) yield* fileOrFolder(base, from);
    yield* fileOrFolder(path.normalize(specifier), from);
  } else yield* amongPackages(specifier, from, true);
}

/** By tsconfig, by the package in which the module itself lies, or in a `node_modules` of a folder above. */
function* amongPackages(specifier: string, from: From, mayBeMapped: boolean): Iterable<string> {
  const { folder, by, sayings } = from;
  for (const base of sayings.byTsconfig(specifier, folder)) yield* fileOrFolder(base, from);
  const home = foldersFrom(folder).find((one) => sayings.packageIn(one) !== null);
  const own = home === undefined ? null : sayings.packageIn(home);
  if (home !== undefined && specifier.startsWith('#') && mayBeMapped) {
    for (const target of targetsOf(own?.imports, specifier, by)) {
      if (/^\.\.?\//.test(target.text)) yield* placesOfTarget(target, home, from);
      else if (!isBuiltin(target.text)) yield* amongPackages(target.text, { ...from, folder: home }, false);
    }
  }
  const { name, subpath } = parted(specifier);
  if (home !== undefined && own?.name === name)
    for (const target of targetsOf(own.exports, subpath, by)) yield* placesOfTarget(target, home, from);
  for (const at of foldersFrom(folder)) {
    if (path.basename(at) === 'node_modules') continue;
    const installed = path.join(at, 'node_modules', name);
    const exported = targetsOf(sayings.packageIn(installed)?.exports, subpath, by);
    for (const target of exported) yield* placesOfTarget(target, installed, from);
    yield* fileOrFolder(path.join(at, 'node_modules', specifier), from);
  }
}

function* placesOfTarget({ text, isInexact }: Target, home: string, from: From): Iterable<string> {
  const place = path.join(home, text);
  if (isInexact) yield* fileOrFolder(place, from);
  else yield* placesOfFile(place, []);
}

function* fileOrFolder(base: string, { sayings }: From): Iterable<string> {
  const endings = endingsBelow(base);
  yield* placesOfFile(base, endings);
  const main = sayings.packageIn(base)?.main;
  if (typeof main === 'string') {
    const place = path.join(base, main);
    yield* placesOfFile(place, endings);
    for (const ending of endings) yield path.join(place, `index${ending}`);
  }
  yield path.join(base, 'package.json');
  for (const ending of endings) yield path.join(base, `index${ending}`);
}

/** The name of a package, and what of it is asked for: `'.'`, or `'./'` and more. */
export function parted(specifier: string): { readonly name: string; readonly subpath: string } {
  const [name = specifier] = /^(?:@[^/]+\/)?[^/]+/.exec(specifier) ?? [];
  return { name, subpath: `.${specifier.slice(name.length)}` };
}

/** Absolute: it, and all above it. */
export function foldersFrom(folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) folders.push(path.dirname(at));
  return folders;
}
