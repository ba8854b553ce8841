// Deletes in the words of the system: Node 24 has none for some of what it says, such as that a disk is read-only.
import fs from 'node:fs';

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

function removeOneByOne(place: string): void {
  if (fs.lstatSync(place, { throwIfNoEntry: false })?.isDirectory() === true) {
    for (const name of fs.readdirSync(place)) removeOneByOne(`${place}/${name}`);
    fs.rmdirSync(place);
  } else {
    removeFile(place);
  }
}
