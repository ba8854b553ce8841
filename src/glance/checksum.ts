// A checksum that costs no library: Node's own CRC-32 comes with its streams, and to load those takes longer than a glance.

const prime = 0x01000193;

/**
 * 32 bits, by the steps of FNV-1a over words of four bytes. Each step is one-to-one, so that damage within one word
 * always shows. `start`: of what comes before.
 */
export function checksumOf(bytes: Uint8Array, start = 0x811c9dc5): number {
  const words = bytes.byteLength >> 2;
  const ofWords = new Int32Array(words);
  new Uint8Array(ofWords.buffer).set(bytes.subarray(0, words << 2));
  let sum = start;
  for (let i = 0; i < words; i++) sum = Math.imul(sum ^ ofWords[i]!, prime);
  for (let i = words << 2; i < bytes.byteLength; i++) sum = Math.imul(sum ^ bytes[i]!, prime);
  return sum >>> 0;
}
