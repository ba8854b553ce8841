// Stamps with the digests of the content they stood for, so that unchanged files need not be read.

import type { Digest } from '../base/brand.ts';
import type { Stamp } from '../engine/ports.ts';

/** What a file's content was when it had this stamp. */
export interface RememberedStamp {
  readonly stamp: Stamp;
  readonly digest: Digest;
}

/** Only of the present boot: after another one no stamp is trusted. Writes nothing by itself. */
export interface StampMemory {
  /** `present`: a stamp that is given back itself where it is the remembered one: there may be very many of them. */
  get(path: string, present?: Stamp): RememberedStamp | undefined;
  put(path: string, entry: RememberedStamp): void;
  drop(path: string): void;
}

/** A 64-bit number: JSON's numbers are exact to 53 bits only, nanoseconds need 61. */
type Wide = number | string;

/** A remembered stamp as it stands in the state file: path, kind, inode, size, mtime, ctime (0: as mtime), mode, digest. */
export type StampRow = readonly [string, Stamp['kind'], Wide, Wide, Wide, Wide, Wide, Digest];

export function rowOfStamp(path: string, { stamp, digest }: RememberedStamp): StampRow {
  const { kind, inode, sizeBytes, mtimeNs, ctimeNs, mode } = stamp;
  const ctime = ctimeNs === mtimeNs ? 0 : ctimeNs === 0n ? '0' : wide(ctimeNs);
  return [path, kind, wide(inode), wide(sizeBytes), wide(mtimeNs), ctime, wide(mode), digest];
}

export function stampOfRow(row: StampRow): RememberedStamp {
  const [, kind, inode, size, mtime, ctime, mode, digest] = row;
  const mtimeNs = BigInt(mtime);
  return {
    stamp: {
      kind,
      inode: BigInt(inode),
      sizeBytes: BigInt(size),
      mtimeNs,
      ctimeNs: ctime === 0 ? mtimeNs : BigInt(ctime),
      mode: BigInt(mode),
    },
    digest,
  };
}

/** Whether the row tells of this very stamp. */
export function isRowOf(row: StampRow, stamp: Stamp): boolean {
  const [, kind, inode, size, mtime, ctime, mode] = row;
  return (
    kind === stamp.kind &&
    isWide(mtime, stamp.mtimeNs) &&
    (ctime === 0 ? stamp.ctimeNs === stamp.mtimeNs : isWide(ctime, stamp.ctimeNs)) &&
    isWide(size, stamp.sizeBytes) &&
    isWide(inode, stamp.inode) &&
    isWide(mode, stamp.mode)
  );
}

function isWide(written: Wide, value: bigint): boolean {
  return typeof written === 'number' ? Number(value) === written : String(value) === written;
}

function wide(value: bigint): Wide {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
