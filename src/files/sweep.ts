// Clears away what a restore had begun when it was cut off, and folders that nothing is left in.
import fs from 'node:fs';
import { hasReservedPart } from '../model/glob/reserved-names.ts';
import { removeLitter } from './remove.ts';

/** Of files that are not in place yet, and of folders that have left it. No pattern ever matches a name that starts so. */
export const temporaryPrefix = '.pipe-tmp-';

/** Answers whether there was something. Folders below that held nothing else were made for it: `removeEmpty` sees to them. */
export function sweepFolder(
  absolute: string,
  deep: boolean,
  removeEmpty: (absolute: string) => void,
): boolean {
  if (!fs.existsSync(absolute)) return false;
  return deep ? sweepDeep(absolute, removeEmpty) : sweepNames(absolute);
}

/** Of names alone a listing takes half the time. */
function sweepNames(absolute: string): boolean {
  const ours = fs.readdirSync(absolute).filter((name) => name.startsWith(temporaryPrefix));
  for (const name of ours) removeLitter(`${absolute}/${name}`);
  return ours.length > 0;
}

function sweepDeep(absolute: string, removeEmpty: (absolute: string) => void): boolean {
  let swept = false;
  for (const entry of fs.readdirSync(absolute, { withFileTypes: true })) {
    const place = `${absolute}/${entry.name}`;
    if (entry.name.startsWith(temporaryPrefix)) {
      removeLitter(place);
      swept = true;
    } else if (entry.isDirectory() && !hasReservedPart(entry.name)) {
      if (!sweepFolder(place, true, removeEmpty)) continue;
      removeEmpty(place);
      swept = true;
    }
  }
  return swept;
}

/**
 * A folder with all that is in it; a link goes, and not what it leads to. Answers whether it is gone: Node's own way is
 * more patient, and slower by what it loads and asks for.
 */
export function removeTree(absolute: string): boolean {
  try {
    for (const entry of fs.readdirSync(absolute, { withFileTypes: true })) {
      const place = `${absolute}/${entry.name}`;
      if (!entry.isDirectory()) fs.unlinkSync(place);
      else if (!removeTree(place)) return false;
    }
    fs.rmdirSync(absolute);
    return true;
  } catch {
    return false;
  }
}

/** Throws where an empty folder cannot be removed: left behind, it could count as an output. */
export function removeFolderIfEmpty(absolute: string): boolean {
  try {
    fs.rmdirSync(absolute);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // Busy: something is mounted there, so that it was not made by a stage.
    if (['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR', 'EBUSY'].includes(code)) return false;
    throw error;
  }
}
