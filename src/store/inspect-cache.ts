// Answers and effects of `pipe cache stats`, `verify` and `clear`.

import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import { digestOf } from './blobs.ts';
import { blobsOf, listCache, removeFile } from './cache-listing.ts';

export interface CacheStats {
  readonly actions: number;
  readonly blobs: number;
  readonly sizeBytes: number;
  /** The execution time that all entries together stand for. */
  readonly savedMs: number;
}

export function cacheStats(state: string): CacheStats {
  const { actions, blobs, strays } = listCache(state);
  return {
    actions: actions.filter((entry) => entry.action !== null).length,
    blobs: blobs.length,
    sizeBytes: [...actions, ...blobs, ...strays].reduce((sum, file) => sum + file.sizeBytes, 0),
    savedMs: actions.reduce((sum, entry) => sum + (entry.action?.durationMs ?? 0), 0),
  };
}

export interface CacheReport {
  readonly checkedActions: number;
  readonly checkedBlobs: number;
  /** Blobs whose content was not what their name says; removed. Sorted. */
  readonly badBlobs: readonly Digest[];
  /** Entries that made no sense; removed. Sorted. */
  readonly badActions: readonly Digest[];
  /** Entries that need a blob which is not there; removed. Sorted. */
  readonly incompleteActions: readonly Digest[];
}

/** Reads every blob. What is wrong is removed, for it could only ever be a miss. */
export function verifyCache(state: string): CacheReport {
  const { actions, blobs } = listCache(state);
  const present = new Set<Digest>();
  const badBlobs: Digest[] = [];
  for (const { file, digest } of blobs) {
    if (hasContent(file, digest)) present.add(digest);
    else if (removeFile(file)) badBlobs.push(digest);
  }
  const badActions: Digest[] = [];
  const incompleteActions: Digest[] = [];
  for (const { file, fingerprint, action } of actions) {
    const why =
      action === null
        ? badActions
        : [...blobsOf(action)].every((digest) => present.has(digest))
          ? null
          : incompleteActions;
    if (why !== null && removeFile(file)) why.push(fingerprint);
  }
  return {
    checkedActions: actions.length,
    checkedBlobs: blobs.length,
    badBlobs,
    badActions,
    incompleteActions,
  };
}

/** Throws what the file system says. */
export function clearCache(state: string): { readonly freedBytes: number } {
  const { sizeBytes } = cacheStats(state);
  for (const part of ['ac', 'cas']) fs.rmSync(path.join(state, part), { recursive: true, force: true });
  return { freedBytes: sizeBytes };
}

function hasContent(file: string, digest: Digest): boolean {
  try {
    return digestOf(file) === digest;
  } catch {
    return false;
  }
}
