// Keeps the cache below its limit, and clears it of what nothing leads to.

import type { Digest } from '../base/brand.ts';
import { blobsOf, type CachedAction, type CachedBlob, listCache, removeFile } from './cache-listing.ts';

/** After an eviction there is room again, so that the next run does not evict once more. */
const FILL_AFTER_EVICTION = 0.9;
const HOUR_MS = 3_600_000;

export interface Collected {
  readonly removedActions: number;
  readonly removedBlobs: number;
  readonly removedStrays: number;
  readonly freedBytes: number;
  readonly keptBytes: number;
}

/**
 * Entries go before their blobs, so at any moment an entry that is found names blobs that were there
 * a moment ago; who restores from it meanwhile and finds one missing has a miss, nothing worse.
 *
 * What is younger than `graceMs` stays: a store in progress puts blobs in before the entry that
 * names them. `nowMs` is compared with times of files.
 */
export function collectCache(options: {
  readonly state: string;
  readonly maxBytes: number;
  readonly nowMs: number;
  readonly graceMs?: number;
}): Collected {
  const { state, maxBytes, nowMs, graceMs = HOUR_MS } = options;
  const listing = listCache(state);
  const collection = new Collection(nowMs - graceMs);
  const stays: CachedAction[] = [];
  for (const entry of listing.actions) {
    if (entry.action === null) collection.dropAction(entry);
    else stays.push(entry);
  }
  for (const stray of listing.strays) if (collection.isOld(stray)) collection.dropStray(stray);

  const users = new Map<Digest, number>();
  for (const entry of stays)
    for (const digest of blobsOf(entry.action!)) users.set(digest, (users.get(digest) ?? 0) + 1);
  const blobs = new Map<Digest, CachedBlob>();
  for (const blob of listing.blobs) {
    blobs.set(blob.digest, blob);
    if (!users.has(blob.digest)) collection.dropBlob(blob);
  }

  let keptBytes =
    total(listing.actions) + total(listing.blobs) + total(listing.strays) - collection.freedBytes;
  if (keptBytes > maxBytes) {
    const before = collection.freedBytes + keptBytes;
    for (const entry of cheapestFirst(stays, blobs, nowMs)) {
      if (keptBytes <= maxBytes * FILL_AFTER_EVICTION) break;
      collection.dropAction(entry);
      for (const digest of blobsOf(entry.action!)) {
        const left = users.get(digest)! - 1;
        users.set(digest, left);
        const blob = blobs.get(digest);
        if (left === 0 && blob !== undefined) collection.dropBlob(blob);
      }
      keptBytes = before - collection.freedBytes;
    }
  }
  return { ...collection.counts(), keptBytes };
}

/**
 * What an entry is worth: the time that it saves for each byte it takes, divided by how long nobody
 * has wanted it. An hour of work in a kilobyte outlasts a copied gigabyte of yesterday, but not
 * forever. Blobs that entries share count in full for each: simple, and near enough.
 */
function cheapestFirst(
  entries: readonly CachedAction[],
  blobs: ReadonlyMap<Digest, CachedBlob>,
  nowMs: number,
): readonly CachedAction[] {
  const worth = new Map<CachedAction, number>();
  for (const entry of entries) {
    let bytes = entry.sizeBytes;
    for (const digest of blobsOf(entry.action!)) bytes += blobs.get(digest)?.sizeBytes ?? 0;
    const idleMs = Math.max(1, nowMs - entry.usedAtMs);
    worth.set(entry, (entry.action!.durationMs + 1) / Math.max(1, bytes) / idleMs);
  }
  return [...entries].sort(
    (a, b) => worth.get(a)! - worth.get(b)! || (a.fingerprint < b.fingerprint ? -1 : 1),
  );
}

class Collection {
  private readonly oldBeforeMs: number;
  private removedActions = 0;
  private removedBlobs = 0;
  private removedStrays = 0;
  freedBytes = 0;

  constructor(oldBeforeMs: number) {
    this.oldBeforeMs = oldBeforeMs;
  }

  isOld(file: { readonly usedAtMs: number }): boolean {
    return file.usedAtMs < this.oldBeforeMs;
  }

  dropAction(entry: CachedAction): void {
    if (this.free(entry)) this.removedActions++;
  }

  dropStray(stray: { readonly file: string; readonly sizeBytes: number }): void {
    if (this.free(stray)) this.removedStrays++;
  }

  /** Only when old: a younger one may belong to an entry that is about to be written. */
  dropBlob(blob: CachedBlob): void {
    if (this.isOld(blob) && this.free(blob)) this.removedBlobs++;
  }

  counts(): Omit<Collected, 'keptBytes'> {
    const { removedActions, removedBlobs, removedStrays, freedBytes } = this;
    return { removedActions, removedBlobs, removedStrays, freedBytes };
  }

  private free(file: { readonly file: string; readonly sizeBytes: number }): boolean {
    const removed = removeFile(file.file);
    if (removed) this.freedBytes += file.sizeBytes;
    return removed;
  }
}

function total(files: readonly { readonly sizeBytes: number }[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0);
}
