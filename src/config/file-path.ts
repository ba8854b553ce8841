// The canonical name of a file, as diagnostics and identities show it.
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';

/** Relative to `root` where the file is inside it, absolute otherwise. Both arguments are absolute. */
export function filePathOf(root: string, file: string): FilePath {
  const relative = path.relative(root, file);
  return (relative === '..' || relative.startsWith('../') ? file : relative) as FilePath;
}
