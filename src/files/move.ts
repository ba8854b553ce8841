// Moves or copies a file to another place, also where that is another file system.
import fs from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Stamp } from '../engine/ports.ts';
import { copyEntry, stateOf, sync } from './copy-entry.ts';
import { isThere } from './on-the-way.ts';
import { removeFile, removeLitter, removeWhole } from './remove.ts';
import { sameStamp, stampOf } from './stamp.ts';
import { temporaryPrefix } from './sweep.ts';

/**
 * Both absolute. The folder of `to` exists; what is at `to` is replaced. False: it has gone since it was listed, which is
 * as good. Throws what the file system says; then the file is where it was.
 */
export function move(from: string, to: string): boolean {
  try {
    // Looked at before: where that is refused, the file must not have been moved already.
    const there = stampOf(to);
    if (there?.kind === 'folder') removeWhole(to);
    // Between two names of one file (a hard link), a rename does nothing: `to` is what an earlier attempt linked to it.
    if (isSameFile(from, there)) removeFile(from);
    else fs.renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && stampOf(from) === null) return false;
    if (code !== 'EXDEV') throw error;
    moveAcross(from, to);
  }
  return true;
}

/** As `move`, but throws where another file is at `to`. */
export function moveBeside(from: string, to: string): boolean {
  const there = stampOf(to);
  if (there !== null && !isSameFile(from, there)) throw isThere(to);
  return move(from, to);
}

function isSameFile(from: string, there: Stamp | null): boolean {
  if (there === null) return false;
  const here = stampOf(from);
  return here !== null && here.inode === there.inode && here.device === there.device;
}

/** Of a file that somebody edits while it is copied. */
const mostCopies = 5;

/** Whether nobody has edited it meanwhile: it takes time to copy. */
function copiedAsItIs(from: string, to: string): boolean {
  const before = stampOf(from);
  copyOver(from, to);
  const after = stampOf(from);
  return before !== null && after !== null && sameStamp(before, after);
}

/** Where the state folder or a subfolder of the workspace is another file system. */
function moveAcross(from: string, to: string): void {
  try {
    for (let copies = 1; !copiedAsItIs(from, to); copies++)
      if (copies === mostCopies) throw isWrittenTo(from);
    removeFile(from);
  } catch (error) {
    // Each further try would leave one more copy.
    if (stampOf(from) !== null) removeFile(to);
    throw error;
  }
}

/** As `moveBeside`, with all that is in a folder. */
export function moveTree(from: string, to: string): boolean {
  if (stampOf(from) === null) return false;
  if (stampOf(to) !== null) throw isThere(to);
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    moveTreeAcross(from, to);
  }
  return true;
}

function moveTreeAcross(from: string, to: string): void {
  // Of the same folder, so that it has gone from its place as a whole or not at all.
  const leaving = `${path.dirname(from)}/${temporaryPrefix}${process.pid}-${path.basename(from)}`;
  try {
    for (let copies = 1; !hasLeftAsItIs(from, to, leaving); copies++) {
      if (copies === mostCopies) throw isWrittenTo(from);
      removeLitter(to);
    }
  } catch (error) {
    removeLitter(to);
    throw error;
  }
  // All that is in it is elsewhere by now.
  removeLitter(leaving);
}

/** Whether nobody has edited anything in it while it was copied; else it is where it was. */
function hasLeftAsItIs(from: string, to: string, leaving: string): boolean {
  const before = stateOf(from);
  copyEntry(from, to);
  if (!isDeepStrictEqual(stateOf(from), before)) return false;
  fs.renameSync(from, leaving);
  try {
    // Once more, now that nobody finds it under its name.
    if (isDeepStrictEqual(stateOf(leaving), before)) return true;
    fs.renameSync(leaving, from);
    return false;
  } catch {
    // Another has its place by now. From here it would be swept, so the copy counts.
    return true;
  }
}

/** As `moveBeside`, but what is there stays there. */
export function copy(from: string, to: string): boolean {
  if (stampOf(from) === null) return false;
  if (stampOf(to) !== null) throw isThere(to);
  copyOver(from, to);
  return true;
}

function copyOver(from: string, to: string): void {
  try {
    if (fs.lstatSync(from).isDirectory()) throw isFolder(from);
    removeFile(to);
    copyEntry(from, to);
    // It may be a person's: without power, what was removed must not be gone for a copy that was never written.
    sync(path.dirname(to));
  } catch (error) {
    removeFile(to);
    throw error;
  }
}

function isWrittenTo(place: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EBUSY: ${place} is written to`), { code: 'EBUSY' });
}

/** It was none when it was listed. */
function isFolder(place: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EISDIR: ${place} is a folder by now`), { code: 'EISDIR' });
}
