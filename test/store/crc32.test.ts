// The checksum of the state file's lines is that of zlib, whoever computes it.

import { crc32 as ofNode } from 'node:zlib';
import { expect, test } from 'vitest';
import { crc32, ownCrc32 } from '../../src/store/crc32.ts';

const texts = ['', 'a', '00000000 {"format":1}', 'é und 日本語 und 🙂', '\0'.repeat(100), 'x'.repeat(5000)];
const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 31) & 0xff);

test('its own is that of zlib, of texts and of bytes', () => {
  // A known value, from the description of the algorithm: that of the digits 1 to 9.
  expect(ownCrc32('123456789')).toBe(0xcbf43926);
  for (const content of [...texts, bytes, Buffer.from(bytes).subarray(3, 700)])
    expect(ownCrc32(content)).toBe(ofNode(content));
});

test('it stays the same when much has been asked for, and zlib takes over', () => {
  const first = texts.map(crc32);
  const much = 'y'.repeat(200_000);
  expect(crc32(much)).toBe(ofNode(much));
  expect(texts.map(crc32)).toEqual(first);
  expect(first).toEqual(texts.map((text) => ofNode(text)));
});
