// Which folder one is, so that it can be told from a copy of it.
import fs from 'node:fs';
import { fileSystemNamed } from '../model/file-system-kind.ts';

/**
 * Tells a folder from every other one of this boot, wherever it is moved, and so from its copies.
 * `null` where that cannot be said for certain: there is none, or its file system makes numbers up as
 * it goes (FUSE, FAT, some overlays), or shows under its own what lies on another one.
 */
export function placeOf(folder: string): string | null {
  try {
    if (fileSystemNamed(fs.statfsSync(folder).type)?.keepsNumbers !== true) return null;
    const { dev, ino } = fs.statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
