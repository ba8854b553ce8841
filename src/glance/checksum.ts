// A checksum that costs no library: Node's own CRC-32 comes with its streams, and to load those takes longer than a glance.

const prime = 0x01000193;

/**
 * 32 bits, by the steps of FNV-1a over words of four bytes. Each step is one-to-one, so that damage within one word
 * always shows. `start`: of what comes before.
 */
export function checksumOf(bytes: Uint8Array, start = 0x811c9dc5): number {
  const words = bytes.byteLength >> 2;
  const w = new Int32Array(words);
  new Uint8Array(w.buffer).set(bytes.subarray(0, words << 2));
  const { imul } = Math;
  let sum = start;
  let i = 0;
  // Four at a time: it runs but once or twice, before it is compiled to be fast.
  for (; i + 3 < words; i += 4)
    sum = imul(imul(imul(imul(sum ^ w[i]!, prime) ^ w[i + 1]!, prime) ^ w[i + 2]!, prime) ^ w[i + 3]!, prime);
  for (; i < words; i++) sum = imul(sum ^ w[i]!, prime);
  for (let at = words << 2; at < bytes.byteLength; at++) sum = imul(sum ^ bytes[at]!, prime);
  return sum >>> 0;
}
