// Lists folders, each once until told to forget.
import fs from 'node:fs';
import path from 'node:path';
import type { Witness } from '../base/witness.ts';
import { isMangled } from './why-unreadable.ts';

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'link' | 'folder' | 'other';
}

export type FolderListing =
  | { readonly kind: 'listed'; readonly entries: readonly FolderEntry[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly message: string };

/** So many names are looked at faster than their folder is listed. */
const few = 20;

export class FolderListings {
  private readonly remembered = new Map<string, FolderListing>();
  /** By folder: what may be otherwise of it. */
  private readonly doubted = new Map<string, Set<string>>();
  private readonly witness: Witness | null;

  constructor(witness: Witness | null = null) {
    this.witness = witness;
  }

  /** All, or of one folder. */
  forget(absoluteFolder?: string): void {
    if (absoluteFolder === undefined) {
      // To clear a map makes a new one, and most often these are empty.
      if (this.remembered.size > 0) this.remembered.clear();
      if (this.doubted.size > 0) this.doubted.clear();
    } else {
      this.remembered.delete(absoluteFolder);
      this.doubted.delete(absoluteFolder);
    }
  }

  /** This name may have come, gone or mean another file; of the others in its folder that is not so. */
  doubt(absolutePath: string): void {
    const folder = path.dirname(absolutePath);
    if (!this.remembered.has(folder)) return;
    const names = this.doubted.get(folder) ?? new Set();
    names.add(path.basename(absolutePath));
    if (names.size > few) this.forget(folder);
    else this.doubted.set(folder, names);
  }

  /** Unsorted, as the file system gives it. */
  list(absoluteFolder: string): FolderListing {
    const listing = this.known(absoluteFolder) ?? read(absoluteFolder);
    // Also what is remembered: another task asks.
    this.witness?.followed(absoluteFolder, listing.kind !== 'absent');
    this.remembered.set(absoluteFolder, listing);
    return listing;
  }

  private known(absoluteFolder: string): FolderListing | undefined {
    const known = this.remembered.get(absoluteFolder);
    const names = this.doubted.get(absoluteFolder);
    if (known === undefined || names === undefined) return known;
    this.doubted.delete(absoluteFolder);
    return known.kind === 'listed' ? withNames(known, absoluteFolder, names) : undefined;
  }

  /** Of what a listed link leads to. Throws where it leads nowhere. */
  targetOf(absoluteLink: string): fs.Stats {
    this.witness?.followed(absoluteLink);
    return fs.statSync(absoluteLink);
  }
}

/** The same one where they are what they were: others know it by itself. `undefined`: it has to be read anew. */
function withNames(
  listing: Extract<FolderListing, { readonly kind: 'listed' }>,
  absoluteFolder: string,
  names: Iterable<string>,
): FolderListing | undefined {
  let entries: FolderEntry[] | null = null;
  for (const name of names) {
    const kind = kindNow(`${absoluteFolder}/${name}`);
    if (kind === undefined) return undefined;
    const present: readonly FolderEntry[] = entries ?? listing.entries;
    const at = present.findIndex((entry) => entry.name === name);
    if (at === -1 ? kind === null : present[at]?.kind === kind) continue;
    // Where case makes no difference, it may be the new name of one that is still found by the old one.
    if (at === -1 && present.some((entry) => folded(entry.name) === folded(name))) return undefined;
    entries ??= [...listing.entries];
    if (at !== -1) entries.splice(at, 1);
    if (kind !== null) entries.push({ name, kind });
  }
  if (entries === null) return listing;
  return isFolder(absoluteFolder) ? { kind: 'listed', entries } : undefined;
}

/** `null`: there is nothing of that name. `undefined`: nobody can say, or the name is not the one that was told. */
function kindNow(absolutePath: string): FolderEntry['kind'] | null | undefined {
  if (isMangled(absolutePath)) return undefined;
  try {
    const stat = fs.lstatSync(absolutePath, { throwIfNoEntry: false });
    return stat === undefined ? null : kindOf(stat);
  } catch {
    return undefined;
  }
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

function isFolder(absolutePath: string): boolean {
  return fs.statSync(absolutePath, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function read(absoluteFolder: string): FolderListing {
  try {
    const entries = fs.readdirSync(absoluteFolder, { withFileTypes: true });
    return { kind: 'listed', entries: entries.map((entry) => ({ name: entry.name, kind: kindOf(entry) })) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // A file where a folder was expected has nothing below it, as an absent folder has.
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', message: `cannot be listed (${code ?? String(error)})` };
  }
}

function kindOf(entry: fs.Dirent | fs.Stats): FolderEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
