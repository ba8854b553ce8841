// Takes stamps: what the file system says of a file without reading it.
import fs from 'node:fs';
import type { Stamp } from '../engine/ports.ts';

/** Of the path itself; a link is a link. `null` when there is none. Throws on anything else, such as EACCES. */
export function stampOf(absolutePath: string): Stamp | null {
  return orAbsent(() => fs.lstatSync(absolutePath, { bigint: true, throwIfNoEntry: false }));
}

/** Of what the path leads to. `null` when there is none, as for a dangling link. Throws ELOOP, EACCES … */
export function stampOfTarget(absolutePath: string): Stamp | null {
  return orAbsent(() => fs.statSync(absolutePath, { bigint: true, throwIfNoEntry: false }));
}

/** One stamp for a link and what it leads to: any change of either shows. */
export function stampWithTarget(absolute: string, link: Stamp): Stamp {
  const target = targetOrNone(absolute);
  if (target === null) return link;
  return {
    ...target,
    ctimeNs: target.ctimeNs ^ (link.ctimeNs << 64n),
    inode: target.inode ^ (link.inode << 64n),
  };
}

/** A link that leads to itself leads nowhere; who reads it is told so. */
function targetOrNone(absolute: string): Stamp | null {
  try {
    return stampOfTarget(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') return null;
    throw error;
  }
}

function orAbsent(look: () => fs.BigIntStats | undefined): Stamp | null {
  try {
    const stat = look();
    return stat === undefined ? null : toStamp(stat);
  } catch (error) {
    // A file where a folder was expected has nothing below it.
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw error;
  }
}

export function toStamp(stat: fs.BigIntStats): Stamp {
  const { mtimeNs, ctimeNs, mode } = stat;
  return {
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'other',
    inode: stat.ino,
    sizeBytes: stat.size,
    mtimeNs,
    // A watch keeps a hundred thousand stamps, and each big number in them is an object.
    ctimeNs: ctimeNs === mtimeNs ? mtimeNs : ctimeNs,
    mode: oneOf(mode),
    device: oneOf(stat.dev),
  };
}

/** Modes and file systems: there are few. */
const numbers = new Map<bigint, bigint>();

function oneOf(number: bigint): bigint {
  const known = numbers.get(number);
  if (known !== undefined) return known;
  numbers.set(number, number);
  return number;
}

export function sameStamp(a: Stamp, b: Stamp): boolean {
  return (
    a.mtimeNs === b.mtimeNs &&
    a.ctimeNs === b.ctimeNs &&
    a.sizeBytes === b.sizeBytes &&
    a.inode === b.inode &&
    a.mode === b.mode &&
    a.kind === b.kind
  );
}

export function isExecutable(stamp: Stamp): boolean {
  return (stamp.mode & 0o100n) !== 0n;
}
