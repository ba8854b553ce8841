// Walks a folder tree for deep patterns: fast-glob recurses, over our listings, so that each folder is listed once.
import fs from 'node:fs';
import path from 'node:path';
import glob from 'fast-glob';
import type { FolderEntry, FolderListings } from './folder-listings.ts';

export interface WalkedFile {
  /** Relative to the walked folder, `/` between parts. */
  readonly path: string;
  readonly kind: FolderEntry['kind'];
}

export interface Walk {
  /** Everything below the folder: files, links, folders; unsorted. */
  readonly files: readonly WalkedFile[];
  readonly unreadable: readonly { readonly absolutePath: string; readonly message: string }[];
}

const neverEntered = ['**/.git', '**/.pipeline-cache', '**/.git/**', '**/.pipeline-cache/**'];

/**
 * Everything below `absoluteFolder`, at most `depth` levels. With `followLinks`, linked folders are
 * entered, but never one that contains the link itself: such a circle has no end.
 */
export function walk(
  listings: FolderListings,
  absoluteFolder: string,
  depth: number,
  followLinks: boolean,
): Walk {
  const unreadable: { absolutePath: string; message: string }[] = [];
  const entries = glob.sync('**', {
    cwd: absoluteFolder,
    dot: true,
    onlyFiles: false,
    objectMode: true,
    deep: depth,
    ignore: neverEntered,
    followSymbolicLinks: followLinks,
    fs: {
      // fast-glob's own recursion asks for typed entries only.
      readdirSync: ((oneLine: string) => {
        const folder = fromOneLine(oneLine);
        const listing = listings.list(folder);
        if (listing.kind === 'unreadable')
          unreadable.push({ absolutePath: folder, message: listing.message });
        return listing.kind === 'listed' ? listing.entries.map((entry) => direntOf(folder, entry)) : [];
      }) as unknown as typeof fs.readdirSync,
      statSync: ((oneLine: string) => {
        const file = fromOneLine(oneLine);
        const stat = listings.targetOf(file);
        if (stat.isDirectory() && leadsBack(file, absoluteFolder))
          throw new Error('a link to a folder around it');
        return stat;
      }) as typeof fs.statSync,
    },
  });
  return {
    files: entries.map((entry) => ({ path: fromOneLine(entry.path), kind: kindOf(entry.dirent) })),
    unreadable,
  };
}

/** Whether the linked folder is one that this walk is already inside of, by way of however many links. */
function leadsBack(link: string, walkedFolder: string): boolean {
  const target = fs.realpathSync.native(link);
  const isAround = (place: string) =>
    place === target || place.startsWith(target === '/' ? '/' : `${target}/`);
  if (isAround(fs.realpathSync.native(walkedFolder))) return true;
  for (let folder = path.dirname(link); folder.length > walkedFolder.length; folder = path.dirname(folder)) {
    if (isAround(fs.realpathSync.native(folder))) return true;
  }
  return false;
}

interface EntryType {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

function kindOf(entry: EntryType): FolderEntry['kind'] {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  return entry.isSymbolicLink() ? 'link' : 'other';
}

function direntOf(folder: string, entry: FolderEntry): fs.Dirent {
  const is = (kind: FolderEntry['kind']) => () => entry.kind === kind;
  const never = () => false;
  return {
    name: toOneLine(entry.name),
    path: folder,
    parentPath: folder,
    isFile: is('file'),
    isDirectory: is('folder'),
    isSymbolicLink: is('link'),
    isBlockDevice: never,
    isCharacterDevice: never,
    isFIFO: never,
    isSocket: never,
  } as fs.Dirent;
}

// The patterns of fast-glob match no line breaks, which names may have: it is shown names without them.
const mark = '\uE000';
const written = [mark, '\n', '\r', '\u2028', '\u2029'];

function toOneLine(name: string): string {
  return name.replace(/[\uE000\n\r\u2028\u2029]/g, (char) => mark + written.indexOf(char));
}

function fromOneLine(path: string): string {
  return path.includes(mark) ? path.replace(/\uE000(\d)/g, (_, at) => written[Number(at)] ?? '') : path;
}
