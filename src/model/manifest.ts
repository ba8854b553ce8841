// What a set of files is: each path with its kind, executable bit and content digest.

import type { Digest, FilePath } from '../base/brand.ts';

/**
 * One file as an input or an output.
 *
 * - `file`: `digest` is of the content.
 * - `link`: as an output, `digest` is of the link's text alone; as an input it also covers the kind,
 *   executable bit and content of what the link leads to. `target` is the link's text.
 * - `folder`: an empty folder in an owned folder.
 */
export interface FileEntry {
  readonly path: FilePath;
  readonly kind: 'file' | 'link' | 'folder';
  readonly executable: boolean;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly target?: string;
}

/** Sorted bytewise by path, each path once. */
export type Manifest = readonly FileEntry[];

export interface ManifestDiff {
  readonly added: readonly FilePath[];
  readonly removed: readonly FilePath[];
  readonly changed: readonly FilePath[];
}

/** Compares two manifests by content. Never throws: a missing file is a difference, not an error. */
export function diffManifests(last: Manifest, now: Manifest): ManifestDiff {
  const added: FilePath[] = [];
  const removed: FilePath[] = [];
  const changed: FilePath[] = [];
  let i = 0;
  let j = 0;
  while (i < last.length || j < now.length) {
    const a = last[i];
    const b = now[j];
    if (b === undefined || (a !== undefined && a.path < b.path)) {
      removed.push(a!.path);
      i++;
    } else if (a === undefined || b.path < a.path) {
      added.push(b.path);
      j++;
    } else {
      if (!sameEntry(a, b)) changed.push(a.path);
      i++;
      j++;
    }
  }
  return { added, removed, changed };
}

export function sameEntry(a: FileEntry, b: FileEntry): boolean {
  return a.kind === b.kind && a.executable === b.executable && a.digest === b.digest;
}

export function sameManifest(a: Manifest, b: Manifest): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i]!.path !== b[i]!.path || !sameEntry(a[i]!, b[i]!)) return false;
  }
  return true;
}

/** Where the path stands; `null`: it is not among them. */
export function positionIn(manifest: Manifest, path: FilePath): number | null {
  const at = firstFrom(manifest, path);
  return manifest[at]?.path === path ? at : null;
}

export function entryAt(manifest: Manifest, path: FilePath): FileEntry | undefined {
  const at = positionIn(manifest, path);
  return at === null ? undefined : manifest[at];
}

/** Those whose path begins so, without looking at the others. */
export function startingWith(manifest: Manifest, prefix: string): Manifest {
  const low = firstFrom(manifest, prefix);
  let end = low;
  while (end < manifest.length && manifest[end]!.path.startsWith(prefix)) end++;
  return manifest.slice(low, end);
}

/** How many paths come before the text. */
function firstFrom(manifest: Manifest, text: string): number {
  let low = 0;
  let high = manifest.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (manifest[middle]!.path < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of every manifest, listing and fingerprint: by UTF-16 code unit, the same on every machine. */
export function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}
