// Many paths as they stand in a proof: in chunks, so that whoever needs some of them leaves the rest as it is.
import { checksumOf } from './checksum.ts';

/** Paths in a chunk; the last may have fewer. */
export const chunkLength = 1024;

export interface PathList {
  readonly count: number;
  /** Separated by NUL. */
  readonly bytes: Buffer;
  /** Where each chunk ends, in bytes. */
  readonly ends: Uint32Array;
}

/** With what proves that it is whole. */
export interface EncodedPaths extends PathList {
  readonly checksum: number;
}

export function encodedPaths(paths: readonly string[]): EncodedPaths {
  const chunks = Array.from({ length: chunksOf(paths.length) }, (_, chunk) =>
    paths.slice(chunk * chunkLength, (chunk + 1) * chunkLength).join('\0'),
  );
  const ends = new Uint32Array(chunks.length);
  let next = 0;
  for (const [chunk, text] of chunks.entries()) {
    ends[chunk] = next + Buffer.byteLength(text);
    next = ends[chunk]! + 1;
  }
  const bytes = Buffer.from(chunks.join('\0'));
  return { count: paths.length, bytes, ends, checksum: checksumOfPaths({ bytes, ends }) };
}

export function checksumOfPaths({ bytes, ends }: Pick<PathList, 'bytes' | 'ends'>): number {
  return checksumOf(new Uint8Array(ends.buffer, ends.byteOffset, ends.byteLength), checksumOf(bytes));
}

export function chunksOf(count: number): number {
  return Math.ceil(count / chunkLength);
}

export function pathsOfChunk({ bytes, ends }: PathList, chunk: number): readonly string[] {
  const from = chunk === 0 ? 0 : ends[chunk - 1]! + 1;
  return bytes.toString('utf8', from, ends[chunk]).split('\0');
}

export function allPaths({ count, bytes }: PathList): readonly string[] {
  return count === 0 ? [] : bytes.toString().split('\0');
}
