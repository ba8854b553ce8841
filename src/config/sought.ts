// Where one compilation has looked for modules, by which links it found them, and the files that told it where to look:
// each `package.json` and `tsconfig.json` that has to do with them. The compiler names none of it.
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import { byPath } from '../model/manifest.ts';
import { isLinkSince, type Link, LinksOnTheWay } from './links-on-the-way.ts';
import { foldersFrom, placesOfModule, type Sayings } from './module-search.ts';
import type { AskedBy } from './package-map.ts';
import { isFile, isFolder, isSince, stillEmpty } from './passed-over.ts';
import { plain, readJson } from './plain-json.ts';
import { type SourceFile, tryReadSource } from './source-file.ts';
import { placesUpTo } from './surroundings.ts';
import { placesOfTsconfig, readTsconfigPaths, type TsconfigPaths } from './tsconfig-paths.ts';

export interface Search {
  readonly specifier: string;
  /** Absolute, of the module that has it. */
  readonly folder: string;
  readonly by: AskedBy;
  /** Absolute, without links; `null`: it was sought in vain. */
  readonly found: string | null;
}

/** Absolute paths, sorted. */
export interface Around {
  /** What else decides how modules were found and read. */
  readonly telling: readonly SourceFile[];
  /** Where modules, or more that tells, might come to be. */
  readonly absent: readonly string[];
  /** Folders where a file would be taken: others than those in which something was found. */
  readonly passed: readonly string[];
  /** By which modules, and what tells, were reached. */
  readonly links: readonly Link[];
  /** The files of packages that stay outside, which have to be there. */
  readonly packaged: readonly string[];
  /** Whether it is known of all how they were found. Otherwise nothing says when it would be found otherwise. */
  readonly isFollowed: boolean;
}

export class Sought {
  private readonly places = new Set<string>();
  private readonly telling = new Set<string>();
  /** What was found, as it was looked for. */
  private readonly reached = new Set<string>();
  private readonly packaged = new Set<string>();
  private isFollowed = true;
  private asksForPackages = false;
  /** By folder of modules; `null`: it has none. */
  private readonly settings = new Map<string, TsconfigPaths | null>();
  private readonly manifests = new Map<string, ReturnType<Sayings['packageIn']>>();
  private readonly sayings: Sayings = {
    packageIn: (folder) => this.packageIn(folder),
    byTsconfig: (specifier, folder) => this.settingsFor(folder)?.candidatesOf(specifier) ?? [],
  };

  /** Absolute: it was asked for by that name. */
  addEntry(place: string): void {
    this.reached.add(place);
  }

  add({ specifier, folder, by, found }: Search): void {
    if (!/^(?:\/|\.\.?(?:\/|$))/.test(specifier)) this.asksForPackages = true;
    for (const place of placesOfModule(specifier, { folder, by, sayings: this.sayings })) {
      if (found !== null && isFile(place) && fs.realpathSync.native(place) === found) {
        this.reached.add(place);
        return;
      }
      this.places.add(place);
    }
    if (found !== null) this.isFollowed = false;
  }

  /** Absolute: a file that stays outside, and the folder of its package. */
  addPackaged(file: string, folder: string): void {
    this.packaged.add(file);
    this.telling.add(path.join(folder, 'package.json'));
  }

  /** Whether any package stays outside. */
  get hasPackages(): boolean {
    return this.packaged.size > 0;
  }

  /**
   * `modules`: absolute. `root`: absolute, where the compiler worked. `nowNs`: a moment before the compilation as the
   * file system tells it.
   */
  around(modules: Iterable<string>, root: string, nowNs: bigint): Around {
    const folders = new Set([...modules].map((module) => path.dirname(module)));
    const telling = new Set(this.telling);
    for (const folder of folders) {
      for (const place of placesUpTo(folder, 'package.json')) telling.add(place);
      for (const place of placesOfTsconfig(folder).places) telling.add(place);
      for (const file of this.settingsFor(folder)?.files ?? []) telling.add(file);
    }
    const plugAndPlay = this.asksForPackages ? placesOfPlugAndPlay(root) : [];
    const way = new LinksOnTheWay();
    const links = new Map<string, Link>();
    const endOf = (place: string) => {
      const { links: passed, end } = way.to(place);
      for (const link of passed)
        links.set(link.path, isLinkSince(link, nowNs) ? { ...link, text: '' } : link);
      return end ?? place;
    };
    const told = [...new Set([...telling].map(endOf))];
    const sought = [...this.places].map(endOf);
    for (const place of this.reached) endOf(place);
    return {
      telling: told.flatMap((file) => readAsItWas(file, nowNs)).sort(byPath),
      absent: stillEmpty([...sought, ...told, ...plugAndPlay], nowNs),
      passed: [...new Set(sought)].filter((place) => isFolder(place) && !this.isOnTheWay(place)).sort(),
      links: [...links.values()].sort(byPath),
      packaged: [...this.packaged].sort(),
      isFollowed: this.isFollowed && !plugAndPlay.some(isFile),
    };
  }

  private isOnTheWay(folder: string): boolean {
    return [...this.reached].some((place) => place.startsWith(`${folder}/`));
  }

  private packageIn(folder: string): ReturnType<Sayings['packageIn']> {
    const known = this.manifests.get(folder);
    if (known !== undefined) return known;
    const file = path.join(folder, 'package.json');
    const said = isFile(file) ? plain(readJson(file)) : null;
    if (said !== null) this.telling.add(file);
    this.manifests.set(folder, said);
    return said;
  }

  private settingsFor(folder: string): TsconfigPaths | null {
    const known = this.settings.get(folder);
    if (known !== undefined) return known;
    const { found } = placesOfTsconfig(folder);
    // What packages have published of theirs does not count.
    const counts = found !== null && !`${folder}/`.includes('/node_modules/');
    const settings = counts ? readTsconfigPaths(found) : null;
    this.settings.set(folder, settings);
    return settings;
  }
}

/** Where Yarn says in which archives packages are: how these are found is not done once more here. */
function placesOfPlugAndPlay(root: string): readonly string[] {
  const names = ['.pnp.data.json', '.pnp.cjs', '.pnp.js'];
  return foldersFrom(root).flatMap((folder) => names.map((name) => path.join(folder, name)));
}

/** None where it cannot be read. Of what was written meanwhile nobody knows what the compiler has read. */
function readAsItWas(file: string, nowNs: bigint): readonly SourceFile[] {
  const read = tryReadSource(file, nowNs);
  if (read === null) return [];
  return [isSince(file, nowNs) ? { ...read, digest: unknown, stamp: null } : read];
}

const unknown = '' as Digest;
