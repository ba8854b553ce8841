// What a link says. Where that is no text, no record could say it, and no copy from the cache would be the same link.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import type { Digest, FilePath } from '../base/brand.ts';
import type { FileEntry } from '../engine/ports.ts';

/** Throws what the file system says, and where the bytes are no text. */
export function linkText(absolute: string): string {
  const text = fs.readlinkSync(absolute);
  // The sign that Node puts for bytes that are no text; it may stand there itself.
  if (text.includes('\uFFFD') && !fs.readlinkSync(absolute, 'buffer').equals(Buffer.from(text)))
    throw new Error('is a link whose text is not valid UTF-8');
  return text;
}

/** Of an output counts what it says, and not where that leads. */
export function linkEntry(path: FilePath, target: string): FileEntry {
  const digest = createHash('sha256').update(target).digest('hex') as Digest;
  return { path, kind: 'link', executable: false, digest, sizeBytes: target.length, target };
}
