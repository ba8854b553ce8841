// `cas/`: file contents under their SHA-256. Blobs are verified when read, so nothing here needs a sync.

import { createHash, hash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import type { BlobStore } from '../engine/ports.ts';
import { inFolder, temporaryName } from './in-folder.ts';
import { replayText } from './replay.ts';

/** The file to be stored did not have the content that it was said to have: somebody is editing it. */
export class BlobMismatch extends Error {
  readonly path: string;

  constructor(file: string, expected: Digest) {
    super(`${file} no longer has the content ${expected}`);
    this.name = 'BlobMismatch';
    this.path = file;
  }
}

/**
 * Read-only for everyone, so that a stray edit fails instead of spoiling the cache. Who copies a
 * blob out sets the mode that its entry says: it is not kept here, where one content may stand for
 * executable and plain files alike.
 */
const BLOB_MODE = 0o444;

/** Up to here a content is read once and written from memory; beyond, the system copies it, or clones it. */
const SMALL_BYTES = 64 * 1024;

/** Far below what a collection spares. */
const YOUNG_MS = 60_000;

/** `add` and `put` throw what the file system says; `replay` and `verify` never throw. */
export class FolderBlobs implements BlobStore {
  private readonly folder: string;
  private added = 0;
  private foundEmpty: boolean | null = null;

  /** `state`: the state folder, absolute. */
  constructor(state: string) {
    this.folder = path.join(state, 'cas');
  }

  /** What this process has put in, in bytes. */
  get addedBytes(): number {
    return this.added;
  }

  /** Whether there was no cache before this process put something in. */
  get beganEmpty(): boolean {
    return this.foundEmpty ?? false;
  }

  pathOf(digest: Digest): string {
    return `${this.folder}/${digest.slice(0, 2)}/${digest.slice(2)}`;
  }

  add(absolutePath: string): Digest {
    this.foundEmpty ??= !fs.existsSync(this.folder);
    const { size } = fs.statSync(absolutePath);
    if (size <= SMALL_BYTES) {
      // Most logs are empty. What is written to it from now on is not of what is stored.
      const content = size === 0 ? Buffer.alloc(0) : fs.readFileSync(absolutePath);
      const digest = digestOfContent(content);
      const target = this.pathOf(digest);
      if (!refresh(target, content.length)) this.write(content, target);
      return digest;
    }
    const copy = inFolder(this.folder, () => copyInto(this.folder, absolutePath));
    try {
      const digest = digestOf(copy);
      const target = this.pathOf(digest);
      this.added += fs.statSync(copy).size;
      inFolder(path.dirname(target), () => fs.renameSync(copy, target));
      return digest;
    } catch (problem) {
      fs.rmSync(copy, { force: true });
      throw problem;
    }
  }

  put(
    absolutePath: string,
    digest: Digest,
    sizeBytes: number,
    isVouchedFor: () => boolean = () => false,
  ): void {
    this.foundEmpty ??= !fs.existsSync(this.folder);
    const target = this.pathOf(digest);
    if (refresh(target, sizeBytes)) return;
    if (sizeBytes <= SMALL_BYTES) {
      const content = smallContentOf(absolutePath, sizeBytes);
      if (content === null || digestOfContent(content) !== digest)
        throw new BlobMismatch(absolutePath, digest);
      this.write(content, target);
      return;
    }
    const folder = path.dirname(target);
    const copy = inFolder(folder, () => copyInto(folder, absolutePath));
    try {
      // If nothing vouches for it, the copy is hashed, not the original: that may be written to at this moment.
      const isWhole = fs.lstatSync(copy).size === sizeBytes;
      if (!(isWhole && isVouchedFor()) && digestOf(copy) !== digest)
        throw new BlobMismatch(absolutePath, digest);
      fs.renameSync(copy, target);
      this.added += sizeBytes;
    } catch (problem) {
      fs.rmSync(copy, { force: true });
      throw problem;
    }
  }

  private write(content: Buffer, target: string): void {
    const folder = path.dirname(target);
    const copy = `${folder}/${temporaryName()}`;
    try {
      inFolder(folder, () => fs.writeFileSync(copy, content, { flag: 'wx', mode: BLOB_MODE }));
      fs.renameSync(copy, target);
      this.added += content.length;
    } catch (problem) {
      fs.rmSync(copy, { force: true });
      throw problem;
    }
  }

  async replay(digest: Digest, to: string, onText: (text: string) => Promise<void>): Promise<boolean> {
    if (!this.verify(digest)) return false;
    try {
      await replayText(this.pathOf(digest), to, onText);
      return true;
    } catch {
      return false;
    }
  }

  verify(digest: Digest): boolean {
    const file = this.pathOf(digest);
    try {
      if (digestOf(file) === digest) return true;
    } catch (problem) {
      if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return false;
    }
    try {
      fs.rmSync(file, { recursive: true, force: true });
    } catch {
      // It stays wrong and is found so again.
    }
    return false;
  }
}

/** Whether the blob is there; makes it young again, so that a collection at this moment spares it. */
function refresh(file: string, sizeBytes: number): boolean {
  try {
    // Without an error: most often it is not there, and errors are slow to make.
    const stat = fs.lstatSync(file, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size !== sizeBytes) return false;
    const now = new Date();
    // An empty log is stored with nearly every result: it stays young for a while.
    if (Math.abs(now.getTime() - stat.mtimeMs) > YOUNG_MS) fs.utimesSync(file, now, now);
    return true;
  } catch {
    return false;
  }
}

function copyInto(folder: string, source: string): string {
  const copy = `${folder}/${temporaryName()}`;
  try {
    fs.copyFileSync(source, copy, fs.constants.COPYFILE_EXCL | fs.constants.COPYFILE_FICLONE);
    fs.chmodSync(copy, BLOB_MODE);
    // A copy that keeps the times of its source would look old to a collection.
    const now = new Date();
    fs.utimesSync(copy, now, now);
    return copy;
  } catch (problem) {
    fs.rmSync(copy, { force: true });
    throw problem;
  }
}

/** `null` where it has another size by now. A link is refused, and so is what is no file. */
function smallContentOf(file: string, sizeBytes: number): Buffer | null {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    const stat = fs.fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${file} is no file`);
    if (stat.size !== sizeBytes) return null;
    const content = Buffer.allocUnsafe(sizeBytes);
    let read = 0;
    while (read < sizeBytes) {
      const length = fs.readSync(fd, content, read, sizeBytes - read, null);
      if (length === 0) return null;
      read += length;
    }
    return content;
  } finally {
    fs.closeSync(fd);
  }
}

function digestOfContent(content: Buffer): Digest {
  return hash('sha256', content, 'hex') as Digest;
}

/** Of a regular file; a link in its place is refused. */
export function digestOf(file: string): Digest {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
  try {
    if (!fs.fstatSync(fd).isFile()) throw new Error(`${file} is no file`);
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafe(256 * 1024);
    for (;;) {
      const length = fs.readSync(fd, buffer, 0, buffer.length, null);
      if (length === 0) return hash.digest('hex') as Digest;
      hash.update(buffer.subarray(0, length));
    }
  } finally {
    fs.closeSync(fd);
  }
}
