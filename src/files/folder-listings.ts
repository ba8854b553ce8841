// Lists folders, each once until told to forget.
import fs from 'node:fs';
import type { Witness } from '../base/witness.ts';

export interface FolderEntry {
  readonly name: string;
  readonly kind: 'file' | 'link' | 'folder' | 'other';
}

export type FolderListing =
  | { readonly kind: 'listed'; readonly entries: readonly FolderEntry[] }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly message: string };

export class FolderListings {
  private readonly remembered = new Map<string, FolderListing>();
  private readonly witness: Witness | null;

  constructor(witness: Witness | null = null) {
    this.witness = witness;
  }

  /** All, or of one folder. */
  forget(absoluteFolder?: string): void {
    if (absoluteFolder === undefined) this.remembered.clear();
    else this.remembered.delete(absoluteFolder);
  }

  /** Unsorted, as the file system gives it. */
  list(absoluteFolder: string): FolderListing {
    const listing = this.remembered.get(absoluteFolder) ?? read(absoluteFolder);
    // Also what is remembered: another task asks.
    this.witness?.followed(absoluteFolder, listing.kind !== 'absent');
    this.remembered.set(absoluteFolder, listing);
    return listing;
  }

  /** Of what a listed link leads to. Throws where it leads nowhere. */
  targetOf(absoluteLink: string): fs.Stats {
    this.witness?.followed(absoluteLink);
    return fs.statSync(absoluteLink);
  }
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

function kindOf(entry: fs.Dirent): FolderEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
