// CRC-32 of what the state file holds. Node's own comes with its streams, and to load those takes as long as to start a
// program: a short build, which reads and writes a few lines, does without.

import { crc32 as ofNode } from 'node:zlib';
import { once } from '../base/once.ts';

/** More than this, in all that this process asks for, takes longer than to load Node's, which is many times faster. */
const ownBytes = 128 * 1024;
const polynomial = 0xedb88320;

let left = ownBytes;

/** As of zlib; of a text it is that of its UTF-8. */
export function crc32(content: string | Uint8Array): number {
  left -= content.length;
  return left < 0 ? ofNode(content) : ownCrc32(content);
}

export function ownCrc32(content: string | Uint8Array): number {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const steps = stepsOfByte();
  let sum = -1;
  for (let i = 0; i < bytes.length; i++) sum = steps[(sum ^ bytes[i]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

const stepsOfByte = once(() =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? polynomial ^ (sum >>> 1) : sum >>> 1;
    return sum;
  }),
);
