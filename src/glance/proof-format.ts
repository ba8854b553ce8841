// The file in which a build keeps what it looked at to find its tasks fresh, for the next one to look at again.
//
//   magic       8 bytes
//   lengths     5 × uint32, little endian: count of paths, bytes of header, of spec, of sights, of paths
//   checksums   2 × uint32: of the sights; of header and paths
//   stamps      5 × float64 for each path, as the machine has them
//   header      JSON
//   spec        JSON: what the configuration exported
//   sights      JSON: which tasks looked at which paths
//   paths       separated by NUL
//
// Stamps and spec have none: where one is damaged, it is no longer what the disk or the configuration says. Another
// name of a variable or of something absent may be.
import { checksumOf } from './checksum.ts';
import type { Sights } from './sights.ts';
import type { StateMark } from './state-mark.ts';

const magic = 'pipegln4';
const checksumAt = 28;
const stampsAt = 36;

/** Numbers that stand for one file: inode, size in bytes, times of change and of status change in ms, mode. */
export const stampLength = 5;

/** In place of the inode, where there is nothing. */
export const absent = -1;

export interface ProofHeader {
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
  readonly savedMs: number;
  /** Whether all tasks were fresh; else the sights tell which. */
  readonly isWhole: boolean;
  readonly state: StateMark;
  /** The length of the state file when a build last knew all of it. */
  readonly wholeStateBytes: number;
}

export interface Proof {
  readonly header: ProofHeader;
  readonly spec: Buffer;
  readonly sights: Sights;
  /** Relative to the root, or absolute. */
  readonly paths: readonly string[];
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
  readonly stamps: Float64Array;
}

export function encodeProof({ header, spec, sights, paths, stamps }: Proof): Buffer {
  const [head, seen, names] = [JSON.stringify(header), JSON.stringify(sights), paths.join('\0')];
  const parts = [Buffer.from(head), spec, Buffer.from(seen), Buffer.from(names)];
  const start = Buffer.alloc(stampsAt);
  start.write(magic, 'latin1');
  [paths.length, ...parts.map((part) => part.length)].forEach((length, i) => {
    start.writeUInt32LE(length, 8 + 4 * i);
  });
  start.writeUInt32LE(checksumOf(parts[2]!), checksumAt);
  start.writeUInt32LE(checksumOf(parts[3]!, checksumOf(parts[0]!)), checksumAt + 4);
  return Buffer.concat([start, Buffer.from(stamps.buffer, stamps.byteOffset, stamps.byteLength), ...parts]);
}

/** `null` where it is no proof, or a half one. */
export function decodeProof(bytes: Buffer): ReadProof | null {
  if (bytes.length < stampsAt || bytes.toString('latin1', 0, 8) !== magic) return null;
  const [count, headerBytes, specBytes, sightsBytes, pathsBytes] = [0, 1, 2, 3, 4].map((i) =>
    bytes.readUInt32LE(8 + 4 * i),
  );
  const headerAt = stampsAt + count! * stampLength * 8;
  const specAt = headerAt + headerBytes!;
  const sightsAt = specAt + specBytes!;
  const pathsAt = sightsAt + sightsBytes!;
  if (bytes.length !== pathsAt + pathsBytes!) return null;
  const header = bytes.subarray(headerAt, specAt);
  if (checksumOf(bytes.subarray(pathsAt), checksumOf(header)) !== bytes.readUInt32LE(checksumAt + 4))
    return null;
  return {
    header: JSON.parse(header.toString()) as ProofHeader,
    spec: bytes.subarray(specAt, sightsAt),
    sights: () => {
      const text = bytes.subarray(sightsAt, pathsAt);
      if (checksumOf(text) !== bytes.readUInt32LE(checksumAt)) throw new Error('the sights are damaged');
      return JSON.parse(text.toString()) as Sights;
    },
    paths: () => (count === 0 ? [] : bytes.toString('utf8', pathsAt).split('\0')),
    stamps: new Float64Array(aligned(bytes, stampsAt, headerAt)),
  };
}

function aligned(bytes: Buffer, from: number, to: number): ArrayBuffer {
  const copy = new ArrayBuffer(to - from);
  new Uint8Array(copy).set(bytes.subarray(from, to));
  return copy;
}
