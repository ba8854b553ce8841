// What of the files that were looked at is looked at anew.
import type { FolderListings } from './folder-listings.ts';
import type { PresentStamps } from './present-stamps.ts';

export interface Looks {
  /** Absolute. */
  readonly root: string;
  readonly listings: FolderListings;
  /** By canonical path. */
  readonly stamps: PresentStamps;
}

/** All but what stands, or what these absolute paths name and which names their folders have. */
export function forgetLooks(paths: Iterable<string> | undefined, { root, listings, stamps }: Looks): void {
  if (paths === undefined) {
    listings.forget();
    stamps.forget();
    return;
  }
  const below = `${root}/`;
  for (const file of paths) {
    listings.forget(file);
    listings.doubt(file);
    stamps.drop(file.startsWith(below) ? file.slice(below.length) : file);
  }
}
