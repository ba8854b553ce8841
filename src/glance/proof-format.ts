// The file in which a build keeps what it looked at to find its tasks fresh, for the next one to look at again.
//
//   magic       8 bytes
//   lengths     5 × uint32, little endian: count of paths, bytes of header, of spec, of sights, of paths
//   checksums   3 × uint32: of header, sights, paths
//   stamps      5 × float64 for each path, as the machine has them
//   ends        uint32 for each chunk of paths, as the machine has them: where it ends
//   header      JSON
//   spec        JSON: what the configuration exported
//   sights      JSON: which tasks looked at which paths
//   paths       separated by NUL
//
// Stamps and spec have none: where one is damaged, it is no longer what the disk or the configuration says. Another
// name of a variable or of something absent may be.
import { once } from '../base/once.ts';
import { type Search, searching } from '../base/searching.ts';
import type { Saved } from '../model/saved.ts';
import { checksumOf } from './checksum.ts';
import { allPaths, checksumOfPaths, chunksOf, type EncodedPaths, type PathList } from './path-list.ts';
import type { Sights } from './sights.ts';
import type { StateMark } from './state-mark.ts';

const magic = 'pipegln6';
const checksumsAt = 28;
/** A multiple of eight: the machine reads numbers where they stand. */
const stampsAt = 40;

/** Numbers that stand for one file: inode, size in bytes, times of change and of status change in ms, mode. */
export const stampLength = 5;

/** In place of the inode, where there is nothing. */
export const absent = -1;

export interface ProofHeader extends Saved {
  /** What the answer depends on besides files; compared as text. */
  readonly key: string;
  /** The caller's variables that were asked for; `null` where unset. */
  readonly env: readonly (readonly [name: string, value: string | null])[];
  /** The names of variables whose values are secret. */
  readonly secrets: readonly string[];
  /** Absolute path of the compiled configuration. */
  readonly config: string;
  readonly pipeline: string;
  readonly targets: readonly string[];
  readonly tasks: number;
  /** Whether all tasks were fresh; else the sights tell which. */
  readonly isWhole: boolean;
  readonly state: StateMark;
  /** `null`: the state file is not known to be whole. */
  readonly inState: {
    /** Of its last lines. */
    readonly boot: string;
    /** What the next line links to. */
    readonly last: string;
    /** Where it tells of tools, in bytes. */
    readonly tools: readonly number[];
  } | null;
  /** The length of the state file when a build last knew all of it. */
  readonly wholeStateBytes: number;
}

export interface Proof {
  readonly header: ProofHeader;
  readonly spec: Buffer;
  /** As they are written. */
  readonly sights: Buffer;
  /** Relative to the root, or absolute. */
  readonly paths: EncodedPaths;
  /** `stampLength` numbers for each path. */
  readonly stamps: Float64Array;
}

/** A proof as it was read: most of it is only compared, or not needed at all. */
export interface ReadProof {
  readonly header: ProofHeader;
  readonly spec: Buffer;
  /** Throws where they are damaged. */
  readonly sights: () => Sights;
  readonly paths: () => readonly string[];
  /** Where a task stands among those of the sights: at one place, or nowhere. */
  readonly findTask: Search;
  /** Where a path stands: at several places where it was seen with several stamps. */
  readonly findPath: Search;
  /** For another proof of the same paths. */
  readonly encodedPaths: EncodedPaths;
  readonly stamps: Float64Array;
}

export function encodedSights(sights: Sights): Buffer {
  return Buffer.from(JSON.stringify(sights));
}

/** In pieces, one after the other: most of it is there already. */
export function encodeProof({ header, spec, sights, paths, stamps }: Proof): readonly Uint8Array[] {
  const head = Buffer.from(JSON.stringify(header));
  const parts = [head, spec, sights, paths.bytes];
  const start = Buffer.alloc(stampsAt);
  start.write(magic, 'latin1');
  [paths.count, ...parts.map((part) => part.length)].forEach((length, i) => {
    start.writeUInt32LE(length, 8 + 4 * i);
  });
  [checksumOf(head), checksumOf(sights), paths.checksum].forEach((sum, i) => {
    start.writeUInt32LE(sum, checksumsAt + 4 * i);
  });
  return [start, bytesOf(stamps), bytesOf(paths.ends), ...parts];
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** What is to be looked at, and what was seen there. */
export interface PathsWithStamps {
  readonly paths: PathList;
  readonly stamps: Float64Array;
}

/** Without asking whether it is whole; `null` where it is no proof, or a half one. */
export function pathsIn(bytes: Buffer): PathsWithStamps | null {
  return layoutOf(bytes);
}

function layoutOf(bytes: Buffer) {
  if (bytes.length < stampsAt || bytes.toString('latin1', 0, 8) !== magic) return null;
  const [count, ...lengths] = [8, 12, 16, 20, 24].map((at) => bytes.readUInt32LE(at)) as [
    number,
    ...number[],
  ];
  const endsAt = stampsAt + count * stampLength * 8;
  let at = endsAt + chunksOf(count) * 4;
  if (bytes.length !== lengths.reduce((sum, length) => sum + length, at)) return null;
  const [header, spec, sights, names] = lengths.map((length) => {
    at += length;
    return bytes.subarray(at - length, at);
  }) as [Buffer, Buffer, Buffer, Buffer];
  const stamps = aligned(bytes, stampsAt, endsAt);
  const ends = aligned(bytes, endsAt, endsAt + chunksOf(count) * 4);
  return {
    ...{ header, spec, sights },
    paths: { count, bytes: names, ends: new Uint32Array(ends.buffer, ends.byteOffset, ends.length / 4) },
    stamps: new Float64Array(stamps.buffer, stamps.byteOffset, stamps.length / 8),
  };
}

/** `null` where it is no proof, or a half one. */
export function decodeProof(bytes: Buffer): ReadProof | null {
  const layout = layoutOf(bytes);
  if (layout === null) return null;
  const { header, spec, stamps } = layout;
  const [ofHeader, ofSights, ofPaths] = [0, 4, 8].map((at) => bytes.readUInt32LE(checksumsAt + at));
  if (checksumOf(header) !== ofHeader || checksumOfPaths(layout.paths) !== ofPaths) return null;
  const sights = once(() => {
    if (checksumOf(layout.sights) !== ofSights) throw new Error('the sights are damaged');
    return JSON.parse(layout.sights.toString()) as Sights;
  });
  const paths = once(() => allPaths(layout.paths));
  return {
    header: JSON.parse(header.toString()) as ProofHeader,
    ...{ spec, sights, paths, stamps },
    findTask: searching(once(() => sights().tasks.map(({ task }) => task))),
    findPath: searching(paths),
    encodedPaths: { ...layout.paths, checksum: ofPaths },
  };
}

/** Where they stand, if that is where the machine can read numbers; else a copy. */
function aligned(bytes: Buffer, from: number, to: number): Uint8Array {
  const isAligned = (bytes.byteOffset + from) % 8 === 0;
  return isAligned ? bytes.subarray(from, to) : new Uint8Array(bytes.subarray(from, to));
}
