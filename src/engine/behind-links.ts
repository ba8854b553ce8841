// Files that are reached through links which earlier stages made: such a link is an output, and what lies behind it is
// whatever it leads to.
import { posix } from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { FileEntry } from '../model/manifest.ts';
import type { Files } from './ports.ts';

/** As many as the system itself follows. */
const mostLinks = 40;

/**
 * Where the file lies. `null`: no link of `made` is on its way, or one of them leads elsewhere than when it was made.
 */
export function placeBehindLinks(
  files: Pick<Files, 'realPath'>,
  made: ReadonlyMap<string, FileEntry>,
  path: FilePath,
): FilePath | null {
  let way: string = path;
  for (let links = 0; links <= mostLinks; links++) {
    const link = linkAbove(made, way);
    if (link === null) return links === 0 ? null : placeOf(files, path);
    const leadsTo = posix.isAbsolute(link.target)
      ? link.target
      : posix.join(posix.dirname(link.path), link.target);
    if (files.realPath(link.path) !== files.realPath(leadsTo as FilePath)) return null;
    way = posix.join(leadsTo, way.slice(link.path.length));
  }
  return null;
}

function linkAbove(
  made: ReadonlyMap<string, FileEntry>,
  path: string,
): { readonly path: FilePath; readonly target: string } | null {
  for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) {
    const entry = made.get(path.slice(0, at));
    if (entry?.target !== undefined) return { path: entry.path, target: entry.target };
  }
  return null;
}

/** The file itself may be one more link, and counts as that. */
function placeOf(files: Pick<Files, 'realPath'>, path: FilePath): FilePath | null {
  const folder = files.realPath(posix.dirname(path) as FilePath);
  return folder === null ? null : (posix.join(folder, posix.basename(path)) as FilePath);
}
