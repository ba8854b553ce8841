// Which contents `pipe` ever wrote to a path: what is among them is not hand-made and may be replaced.

import type { Digest } from '../base/brand.ts';

const NEWEST_KEPT = 64;

/** Facts that never become untrue; only the oldest of a path are forgotten. */
export class ProducedContent {
  private readonly byPath = new Map<string, Digest[]>();

  add(path: string, digest: Digest): void {
    const known = this.byPath.get(path);
    if (known === undefined) {
      this.byPath.set(path, [digest]);
      return;
    }
    if (known.at(-1) === digest) return;
    const at = known.indexOf(digest);
    if (at !== -1) known.splice(at, 1);
    known.push(digest);
    if (known.length > NEWEST_KEPT) known.shift();
  }

  has(path: string, digest: Digest): boolean {
    return this.byPath.get(path)?.includes(digest) ?? false;
  }

  /** Each path with its digests, oldest first. */
  entries(): Iterable<readonly [string, readonly Digest[]]> {
    return this.byPath.entries();
  }
}
