// What lies in `ac/` and `cas/`: entries, blobs, and what belongs to neither.

import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import type { ActionResult } from '../engine/ports.ts';
import { isDigest } from './action-format.ts';
import { readAction } from './actions.ts';

export interface CacheFile {
  readonly file: string;
  readonly sizeBytes: number;
  /** Milliseconds since 1970: when it was written or last used. */
  readonly usedAtMs: number;
}

export interface CachedAction extends CacheFile {
  readonly fingerprint: Digest;
  /** `null`: not an entry that could ever be a hit. */
  readonly action: ActionResult | null;
}

export interface CachedBlob extends CacheFile {
  readonly digest: Digest;
}

export interface CacheListing {
  /** Sorted by fingerprint. */
  readonly actions: readonly CachedAction[];
  /** Sorted by digest. */
  readonly blobs: readonly CachedBlob[];
  /** Temporary files: of a store at work now, or of one that was killed. */
  readonly strays: readonly CacheFile[];
}

/** Never throws: what vanishes meanwhile or cannot be read is not listed. */
export function listCache(state: string): CacheListing {
  const actions: CachedAction[] = [];
  const blobs: CachedBlob[] = [];
  const strays: CacheFile[] = [];
  for (const { prefix, name, ...file } of filesBelow(path.join(state, 'ac'))) {
    const fingerprint = prefix + name.replace(/\.json$/, '');
    if (name.endsWith('.json') && isDigest(fingerprint))
      actions.push({ ...file, fingerprint, action: readAction(file.file, fingerprint) });
    else strays.push(file);
  }
  for (const { prefix, name, ...file } of filesBelow(path.join(state, 'cas'))) {
    const digest = prefix + name;
    if (isDigest(digest)) blobs.push({ ...file, digest });
    else strays.push(file);
  }
  return { actions, blobs, strays };
}

/** The blobs that an action needs, each once. */
export function blobsOf(action: ActionResult): ReadonlySet<Digest> {
  const digests = new Set<Digest>();
  for (const entry of action.outputs) if (entry.kind === 'file') digests.add(entry.digest);
  if (action.log !== null) digests.add(action.log);
  return digests;
}

/** Whether it was removed; `false` also where it was gone already. */
export function removeFile(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}

interface FoundFile extends CacheFile {
  readonly prefix: string;
  readonly name: string;
}

function* filesBelow(folder: string): Iterable<FoundFile> {
  for (const prefix of namesIn(folder)) {
    // Blobs that are still being hashed lie beside the folders.
    const own = found(path.join(folder, prefix), '', prefix);
    if (own !== null) yield own;
    else
      for (const name of namesIn(path.join(folder, prefix))) {
        const file = found(path.join(folder, prefix, name), prefix, name);
        if (file !== null) yield file;
      }
  }
}

function found(file: string, prefix: string, name: string): FoundFile | null {
  try {
    const stat = fs.lstatSync(file);
    if (stat.isDirectory()) return null;
    return { file, prefix, name, sizeBytes: stat.size, usedAtMs: stat.mtimeMs };
  } catch {
    return null;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder).sort();
  } catch {
    return [];
  }
}
