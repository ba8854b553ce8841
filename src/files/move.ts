// Moves or copies a file to another place, also where that is another file system.
import fs from 'node:fs';
import path from 'node:path';
import { stampOf } from './stamp.ts';

/**
 * Both absolute. The folder of `to` exists; what is at `to` is replaced. Throws what the file system says; then the file
 * is where it was.
 */
export function move(from: string, to: string): void {
  try {
    // Between two names of one file (a hard link), a rename does nothing: `to` is what an earlier attempt linked to it.
    // Looked at before: where that is refused, the file must not have been moved already.
    if (isSameFile(from, to)) fs.rmSync(from);
    else fs.renameSync(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Gone since it was listed, which is as good.
    if (code === 'ENOENT' && stampOf(from) === null) return;
    if (code !== 'EXDEV') throw error;
    moveAcross(from, to);
  }
}

/** As `move`, but throws where another file is at `to`. */
export function moveBeside(from: string, to: string): void {
  if (stampOf(to) !== null && !isSameFile(from, to)) throw taken(to);
  move(from, to);
}

function isSameFile(from: string, to: string): boolean {
  const there = stampOf(to);
  if (there === null) return false;
  const here = stampOf(from);
  return here !== null && here.inode === there.inode && here.device === there.device;
}

function taken(to: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`EEXIST: ${to} is there already`), { code: 'EEXIST' });
}

/** Where the state folder or a subfolder of the workspace is another file system. */
function moveAcross(from: string, to: string): void {
  copyOver(from, to);
  try {
    fs.rmSync(from);
  } catch (error) {
    // Each further try would leave one more copy.
    if (stampOf(from) !== null) fs.rmSync(to, { force: true });
    throw error;
  }
}

/** As `moveBeside`, with all that is in a folder. */
export function moveTree(from: string, to: string): void {
  if (stampOf(to) !== null) throw taken(to);
  try {
    fs.renameSync(from, to);
    return;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
  }
  try {
    fs.cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    mendLinks(from, to);
    syncTree(to);
  } catch (error) {
    fs.rmSync(to, { recursive: true, force: true });
    throw error;
  }
  fs.rmSync(from, { recursive: true });
}

/** Node copies what a link says as text; where that is none, the copy says something else. */
function mendLinks(from: string, to: string): void {
  const stat = fs.lstatSync(from);
  if (stat.isDirectory())
    for (const name of fs.readdirSync(from)) mendLinks(path.join(from, name), path.join(to, name));
  if (!stat.isSymbolicLink()) return;
  const said = fs.readlinkSync(from, 'buffer');
  if (fs.readlinkSync(to, 'buffer').equals(said)) return;
  fs.unlinkSync(to);
  fs.symlinkSync(said, to);
}

function syncTree(file: string): void {
  const stat = fs.lstatSync(file);
  if (stat.isDirectory()) for (const name of fs.readdirSync(file)) syncTree(path.join(file, name));
  if (stat.isDirectory() || stat.isFile()) sync(file);
}

/** As `moveBeside`, but what is there stays there. */
export function copy(from: string, to: string): void {
  // Gone since it was listed: there is nothing to keep.
  if (stampOf(from) === null) return;
  if (stampOf(to) !== null) throw taken(to);
  copyOver(from, to);
}

function copyOver(from: string, to: string): void {
  try {
    fs.cpSync(from, to, { verbatimSymlinks: true, preserveTimestamps: true });
    mendLinks(from, to);
    // It may be a person's: without power, what was removed must not be gone for a copy that was never written.
    if (!fs.lstatSync(to).isSymbolicLink()) sync(to);
    sync(path.dirname(to));
  } catch (error) {
    fs.rmSync(to, { force: true });
    throw error;
  }
}

function sync(fileOrFolder: string): void {
  const descriptor = fs.openSync(fileOrFolder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}
