// Where links lead, also when nothing is there yet: a stage may be about to make it.
import fs from 'node:fs';
import { wayOfLinks } from '../model/way-of-links.ts';

/** Absolute, without links in it. `null` where that cannot be told: a circle, a folder that may not be entered. */
export function endOfLinks(absolute: string): string | null {
  try {
    return fs.realpathSync.native(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return null;
  }
  return wayOfLinks('/', absolute, textOf).end;
}

function textOf(place: string): string | null {
  try {
    return fs.readlinkSync(place);
  } catch {
    return null;
  }
}
