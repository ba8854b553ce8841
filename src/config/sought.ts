// Where one compilation has looked for modules, and the files that told it where to look: each `package.json` and
// `tsconfig.json` that has to do with them. The compiler names neither, so what it does is done here once more.
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import { byPath } from '../model/manifest.ts';
import { isSince, isThere, placesOf, stillEmpty } from './passed-over.ts';
import { type SourceFile, tryReadSource } from './source-file.ts';
import { placesUpTo } from './surroundings.ts';
import { readTsconfigPaths, type TsconfigPaths } from './tsconfig-paths.ts';

export class Sought {
  private readonly places = new Set<string>();
  private readonly packages = new Set<string>();
  /** By folder of modules; `null`: it has none. */
  private readonly settings = new Map<string, TsconfigPaths | null>();

  /** Absolute: it looked there, whatever it found. */
  add(places: readonly string[]): void {
    for (const place of places) this.places.add(place);
  }

  /** Absolute folder of a package that stays outside. */
  addPackage(folder: string): void {
    this.packages.add(path.join(folder, 'package.json'));
  }

  /** Whether any package stays outside. */
  get hasPackages(): boolean {
    return this.packages.size > 0;
  }

  /** By what a tsconfig says of a name in a module of `folder`. `found`: absolute; `null`: it was sought in vain. */
  addByPaths(specifier: string, folder: string, found: string | null): void {
    for (const candidate of this.settingsFor(folder)?.candidatesOf(specifier) ?? []) {
      const places = placesOf(candidate);
      const at = found === null ? -1 : places.indexOf(found);
      this.add(at < 0 ? places : places.slice(0, at));
      if (at >= 0) return;
    }
  }

  /**
   * What else decides how `modules`, absolute, were found and read, and the places at which more of that might come to
   * be. `nowNs`: a moment before the compilation as the file system tells it.
   */
  around(
    modules: Iterable<string>,
    nowNs: bigint,
  ): {
    readonly telling: readonly SourceFile[];
    readonly absent: readonly string[];
  } {
    const folders = new Set([...modules].map((module) => path.dirname(module)));
    const telling = new Set(this.packages);
    for (const place of this.places) if (path.basename(place) === 'package.json') telling.add(place);
    for (const folder of folders) {
      for (const place of placesUpTo(folder, 'package.json')) telling.add(place);
      for (const place of placesUpTo(folder, 'tsconfig.json')) telling.add(place);
      for (const file of this.settingsFor(folder)?.files ?? []) telling.add(file);
    }
    const files = [...telling].flatMap((file) => readAsItWas(file, nowNs));
    return { telling: files.sort(byPath), absent: stillEmpty([...this.places, ...telling], nowNs) };
  }

  private settingsFor(folder: string): TsconfigPaths | null {
    const known = this.settings.get(folder);
    if (known !== undefined) return known;
    const nearest = placesUpTo(folder, 'tsconfig.json').at(-1)!;
    const settings = isThere(nearest) ? readTsconfigPaths(nearest) : null;
    this.settings.set(folder, settings);
    return settings;
  }
}

/** None where it cannot be read. Of what was written meanwhile nobody knows what the compiler has read. */
function readAsItWas(file: string, nowNs: bigint): readonly SourceFile[] {
  const read = tryReadSource(file, nowNs);
  if (read === null) return [];
  return [isSince(file, nowNs) ? { ...read, digest: unknown, stamp: null } : read];
}

const unknown = '' as Digest;
