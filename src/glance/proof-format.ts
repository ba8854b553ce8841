// The file in which a build that found nothing to do keeps what it looked at, for the next one to look at again.
//
//   magic       8 bytes
//   lengths     4 × uint32, little endian: count of paths, bytes of header, of spec, of paths
//   stamps      5 × float64 for each path, as the machine has them
//   header      JSON
//   spec        JSON: what the configuration exported
//   paths       separated by NUL
//
// Without a checksum: whatever is damaged, a path or a stamp is no longer what the disk says, and the proof fails.

const magic = 'pipegln1';
const stampsAt = 24;

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
}

export interface Proof {
  readonly header: ProofHeader;
  readonly spec: string;
  /** Relative to the root, or absolute. */
  readonly paths: readonly string[];
  /** `stampLength` numbers for each path. */
  readonly stamps: Float64Array;
}

export function encodeProof({ header, spec, paths, stamps }: Proof): Buffer {
  const parts = [JSON.stringify(header), spec, paths.join('\0')].map((text) => Buffer.from(text));
  const start = Buffer.alloc(stampsAt);
  start.write(magic, 'latin1');
  [paths.length, ...parts.map((part) => part.length)].forEach((length, i) => {
    start.writeUInt32LE(length, 8 + 4 * i);
  });
  return Buffer.concat([start, Buffer.from(stamps.buffer, stamps.byteOffset, stamps.byteLength), ...parts]);
}

/** `null` where it is no proof, or a half one. `spec` stays as bytes: it is only compared. */
export function decodeProof(
  bytes: Buffer,
):
  | (Omit<Proof, 'spec' | 'paths'> & { readonly spec: Buffer; readonly paths: () => readonly string[] })
  | null {
  if (bytes.length < stampsAt || bytes.toString('latin1', 0, 8) !== magic) return null;
  const [count, headerBytes, specBytes, pathsBytes] = [0, 1, 2, 3].map((i) => bytes.readUInt32LE(8 + 4 * i));
  const headerAt = stampsAt + count! * stampLength * 8;
  const specAt = headerAt + headerBytes!;
  const pathsAt = specAt + specBytes!;
  if (bytes.length !== pathsAt + pathsBytes!) return null;
  return {
    header: JSON.parse(bytes.toString('utf8', headerAt, specAt)) as ProofHeader,
    spec: bytes.subarray(specAt, pathsAt),
    paths: () => bytes.toString('utf8', pathsAt).split('\0'),
    stamps: new Float64Array(aligned(bytes, stampsAt, headerAt)),
  };
}

function aligned(bytes: Buffer, from: number, to: number): ArrayBuffer {
  const copy = new ArrayBuffer(to - from);
  new Uint8Array(copy).set(bytes.subarray(from, to));
  return copy;
}
