// The file of a proof: what is written is read back, and half of it is nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodedPaths } from '../../src/glance/path-list.ts';
import {
  decodeProof,
  encodedSights,
  encodeProof,
  type Proof,
  stampLength,
} from '../../src/glance/proof-format.ts';

const header = {
  key: 'k',
  env: [['HOME', null]] as const,
  secrets: [],
  config: '/x/config.cjs',
  pipeline: 'p',
  targets: [],
  tasks: 1,
  savedMs: 2,
  isWhole: true,
  state: { inode: 1, sizeBytes: 2, mtimeMs: 3, ctimeMs: 4, end: 'x' },
  inState: { boot: 'b', last: '00000000', tools: [] },
  wholeStateBytes: 2,
};
const sights = {
  common: [0, 1],
  tasks: [{ task: 't', isFresh: true, savedMs: 2, recordAt: 7, paths: [0, 3] }],
  edges: [],
  junctions: [],
};

/** The bytes of one with a single path in it. */
function small(): Buffer {
  const paths = encodedPaths(['absent/path']);
  const stamps = new Float64Array([1, 2, 3, 4, 5]);
  return Buffer.concat(
    encodeProof({ header, spec: Buffer.from('{"a":1}'), sights: encodedSights(sights), paths, stamps }),
  );
}

const proofs: fc.Arbitrary<Proof> = fc
  .array(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.float({ noNaN: true })))
  .map((files) => files.map(([path, number]) => [path.replaceAll('\0', '0'), number] as const))
  .map((files) => ({
    header,
    spec: Buffer.from(JSON.stringify(files)),
    sights: encodedSights(sights),
    paths: encodedPaths(files.map(([path]) => path)),
    stamps: new Float64Array(files.flatMap(([, number]) => Array<number>(stampLength).fill(number))),
  }));

test('a proof is read back as it was written', () => {
  fc.assert(
    fc.property(proofs, (proof) => {
      const read = decodeProof(Buffer.concat(encodeProof(proof)));
      expect(read?.header).toEqual(header);
      expect(read?.spec.equals(proof.spec)).toBe(true);
      expect(read?.sights()).toEqual(sights);
      expect(read?.stamps).toEqual(proof.stamps);
      // Wherever the bytes lie in memory.
      const shifted = Buffer.concat([Buffer.from('x'), Buffer.concat(encodeProof(proof))]).subarray(1);
      expect(decodeProof(shifted)?.stamps).toEqual(proof.stamps);
      expect(read?.encodedPaths).toEqual(proof.paths);
      expect(encodedPaths(read!.paths())).toEqual(proof.paths);
    }),
  );
});

test('a proof that is cut anywhere, or has something after it, is none', () => {
  const whole = small();
  for (let length = 0; length < whole.length; length++)
    expect(decodeProof(whole.subarray(0, length))).toBeNull();
  expect(decodeProof(Buffer.concat([whole, Buffer.from('x')]))).toBeNull();
});

test('a proof is none that is damaged where it says how far its chunks of paths go', () => {
  const bytes = small();
  // Behind the one stamp.
  bytes[40 + stampLength * 8]! ^= 1;
  expect(decodeProof(bytes)).toBeNull();
});

test('whom a change concerns is not told of a damaged proof', () => {
  const bytes = small();
  const at = bytes.indexOf('"isFresh"');
  bytes[at + 11]! ^= 1;
  expect(() => decodeProof(bytes)!.sights()).toThrow('damaged');
});

test.each(['HOME', 'config.cjs', 'absent/path'])('a proof in which %s is damaged is none', (text) => {
  const bytes = small();
  bytes[bytes.indexOf(text)]! ^= 1;
  expect(decodeProof(bytes)).toBeNull();
});
