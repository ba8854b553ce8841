// Where a watched folder really is, and whether its name still leads there: a watch stays with the folder that it was
// made for.
import fs from 'node:fs';
import path from 'node:path';

export interface RealFolder {
  /** Absolute, without links. */
  readonly path: string;
  readonly device: number;
  readonly inode: number;
}

/**
 * `realParent`: where its parent really is, `null` where nobody has found that out. `isLink`: whether the folder itself
 * is one. Throws what the system says.
 */
export function realFolderOf(
  folder: string,
  found: { readonly stat: fs.Stats; readonly isLink: boolean; readonly realParent: string | null },
): RealFolder {
  const { stat, isLink, realParent } = found;
  const isKnown = realParent !== null && !isLink;
  const real = isKnown ? path.join(realParent, path.basename(folder)) : fs.realpathSync.native(folder);
  return { path: real, device: stat.dev, inode: stat.ino };
}

/** Another folder may have come to the same path, and a link on the way may lead elsewhere. */
export function isStillAt(folder: string, real: RealFolder): boolean {
  try {
    const { dev, ino } = fs.statSync(folder);
    return dev === real.device && ino === real.inode && fs.realpathSync.native(folder) === real.path;
  } catch {
    return false;
  }
}
