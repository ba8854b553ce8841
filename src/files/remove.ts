// Deletes in the words of the system: Node 24 has none for some of what it says, such as that a disk is read-only.
import fs from 'node:fs';
import { inside } from './copy-entry.ts';

/** Absolute; a file or a link. None there is as good. */
export function removeFile(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** With all that is in it, whatever it is. */
export function removeWhole(place: string): void {
  try {
    fs.rmSync(place, { recursive: true, force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== '') throw error;
    removeOneByOne(place);
  }
}

/**
 * The same of what is of no use to anybody, and has a name that no pattern matches: what cannot go stays. Folders may be
 * closed to their owner, with names that are not UTF-8.
 */
export function removeLitter(place: string): void {
  try {
    fs.rmSync(place, { recursive: true, force: true });
  } catch {
    try {
      openFolders(Buffer.from(place));
      fs.rmSync(place, { recursive: true, force: true });
    } catch {
      // It is tried again when the folder that it lies in is swept.
    }
  }
}

function openFolders(place: Buffer): void {
  if (!fs.lstatSync(place).isDirectory()) return;
  fs.chmodSync(place, 0o700);
  for (const name of fs.readdirSync(place, 'buffer')) openFolders(inside(place, name));
}

function removeOneByOne(place: string): void {
  if (fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true) {
    for (const name of fs.readdirSync(place)) removeOneByOne(`${place}/${name}`);
    fs.rmdirSync(place);
  } else {
    removeFile(place);
  }
}
