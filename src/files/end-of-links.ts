// Where links lead, also when nothing is there yet: a stage may be about to make it.
import fs from 'node:fs';
import path from 'node:path';

/** As many as the system itself follows. */
const mostLinks = 40;

/** Absolute, without links in it. `null` where that cannot be told: a circle, a folder that may not be entered. */
export function endOfLinks(absolute: string, depth: number = mostLinks): string | null {
  try {
    return fs.realpathSync.native(absolute);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || depth === 0) return null;
  }
  const folder = endOfLinks(path.dirname(absolute), depth - 1);
  if (folder === null) return null;
  const place = path.join(folder, path.basename(absolute));
  let text: string;
  try {
    text = fs.readlinkSync(place);
  } catch {
    return place;
  }
  return endOfLinks(path.resolve(folder, text), depth - 1);
}
