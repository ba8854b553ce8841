// One source file as it was compiled: its content's digest, and the stamp that may vouch for it without reading.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';

/** More than one tick of any clock that file systems stamp with; whole seconds tell of a coarser one. */
const tickNs = 20_000_000n;
const coarseTickNs = 2_000_000_000n;
const readAttempts = 4;

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly digest: Digest;
  /** `null`: changed so recently that another change might leave the stamp as it is, so only content counts. */
  readonly stamp: string | null;
}

export interface SourceRead {
  readonly file: SourceFile;
  readonly content: Buffer;
}

/** Size, times and inode as text: equal text means an untouched file. `null` when there is none. */
export function stampOf(absolutePath: string): string | null {
  try {
    const stat = fs.statSync(absolutePath, { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? null : stampText(stat);
  } catch {
    return null;
  }
}

/**
 * Content and stamp that belong together. `nowNs` is a moment before the call as the file system tells it.
 * Throws errors of the file system, and when the file does not stop changing.
 */
export function readSource(absolutePath: string, nowNs: bigint): SourceRead {
  for (let attempt = 1; attempt <= readAttempts; attempt++) {
    const descriptor = fs.openSync(absolutePath, 'r');
    try {
      const before = fs.fstatSync(descriptor, { bigint: true });
      const content = fs.readFileSync(descriptor);
      const after = fs.fstatSync(descriptor, { bigint: true });
      if (stampText(before) !== stampText(after)) continue;
      const stamp = isSettled(before, nowNs) ? stampText(before) : null;
      return { file: { path: absolutePath, digest: digestOfBytes(content), stamp }, content };
    } finally {
      fs.closeSync(descriptor);
    }
  }
  throw new Error(`${absolutePath} is changing while it is read`);
}

/** `null` where it cannot be read. */
export function tryReadSource(absolutePath: string, nowNs: bigint): SourceFile | null {
  try {
    return readSource(absolutePath, nowNs).file;
  } catch {
    return null;
  }
}

/** The present, from the clock that also stamps the files. Throws where `folder` cannot be written. */
export function fileSystemNow(folder: string): bigint {
  const probe = path.join(folder, `now-${process.pid}.tmp`);
  fs.writeFileSync(probe, '');
  const nowNs = fs.statSync(probe, { bigint: true }).mtimeNs;
  fs.unlinkSync(probe);
  return nowNs;
}

export function digestOfBytes(content: Buffer | string): Digest {
  return createHash('sha256').update(content).digest('hex') as Digest;
}

function stampText(stat: fs.BigIntStats): string {
  return `${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${stat.ino}`;
}

function isSettled({ mtimeNs, ctimeNs }: fs.BigIntStats, nowNs: bigint): boolean {
  const settledNs = nowNs - (ctimeNs % 1_000_000_000n === 0n ? coarseTickNs : tickNs);
  return mtimeNs < settledNs && ctimeNs < settledNs;
}
