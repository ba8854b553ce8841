// The present files of one pattern, from as few listings as it takes.
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { ListedFile, Role, UnreadableFile } from '../engine/ports.ts';
import { type Glob, globMatches } from '../model/glob/glob.ts';
import { byPath } from '../model/manifest.ts';
import type { FolderEntry, FolderListing, FolderListings } from './folder-listings.ts';
import type { walk } from './walk.ts';

export interface GlobFiles {
  /** Of one folder sorted. */
  readonly files: readonly ListedFile[];
  readonly unreadable: readonly UnreadableFile[];
}

interface Place {
  readonly root: string;
  readonly listings: FolderListings;
  readonly glob: Glob;
  readonly role: Role;
  readonly look: (file: FilePath) => ListedFile | null;
  /** `null` where `walks` said that no pattern needs it. */
  readonly walk: typeof walk | null;
}

/** Whether the pattern reaches below a single folder, so that a tree must be walked to find its files. */
export function walks(glob: Glob): boolean {
  return glob.literal === null && !isOfOneFolder(glob);
}

export function filesOfGlob(place: Place): GlobFiles {
  const { glob } = place;
  if (glob.literal !== null) return literalFile(place, glob.literal as FilePath);
  return isOfOneFolder(glob) ? filesOfFolder(place) : filesOfTree(place);
}

/** Asked for directly: its stamp is needed anyway, and its folder may hold thousands of others. */
function literalFile(place: Place, file: FilePath): GlobFiles {
  try {
    const found = place.look(file);
    return found === null || found.kind === 'folder' ? nothing : { files: [found], unreadable: [] };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTDIR') return nothing;
    return {
      files: [],
      unreadable: [{ path: file, message: `cannot be looked at (${code ?? String(error)})` }],
    };
  }
}

function filesOfFolder(place: Place): GlobFiles {
  const { glob } = place;
  const folder = absolute(place.root, glob.base);
  const listing = place.listings.list(folder);
  if (listing.kind === 'unreadable') {
    return { files: [], unreadable: [{ path: (glob.base || '.') as FilePath, message: listing.message }] };
  }
  if (listing.kind === 'absent') return nothing;
  const known = filesIn.get(listing)?.get(glob);
  if (known !== undefined) return known;
  const files: ListedFile[] = [];
  for (const entry of listing.entries) {
    const file = joined(glob.base, entry.name);
    if (isListed(place, entry.kind, `${folder}/${entry.name}`) && globMatches(glob, file)) {
      files.push({ path: file, kind: entry.kind });
    }
  }
  const found = { files: files.sort(byPath), unreadable: [] };
  // Where a link leads may change though its folder does not.
  if (!listing.entries.some(({ kind }) => kind === 'link')) keep(listing, glob, found);
  return found;
}

/** The same listing has the same files. Of one folder they may be asked for many times. */
const filesIn = new WeakMap<FolderListing, Map<Glob, GlobFiles>>();

function keep(listing: FolderListing, glob: Glob, found: GlobFiles): void {
  const known = filesIn.get(listing);
  if (known === undefined) filesIn.set(listing, new Map([[glob, found]]));
  else known.set(glob, found);
}

function filesOfTree(place: Place): GlobFiles {
  const { glob, listings, role } = place;
  const folder = absolute(place.root, glob.base);
  if (place.walk === null) throw new Error(`not prepared to walk for ${glob.text}`);
  const tree = place.walk(
    listings,
    folder,
    glob.deep ? Number.POSITIVE_INFINITY : levelsOf(glob),
    role === 'input',
  );
  const files: ListedFile[] = [];
  for (const entry of tree.files) {
    const file = joined(glob.base, entry.path);
    if (entry.kind === 'folder') {
      if (!glob.ownsFolder || role === 'input' || !isEmpty(listings, `${folder}/${entry.path}`)) continue;
    } else if (!isListed(place, entry.kind, `${folder}/${entry.path}`)) continue;
    if (globMatches(glob, file)) files.push({ path: file, kind: entry.kind });
  }
  const unreadable = tree.unreadable.map(({ absolutePath, message }) => ({
    path: joined(glob.base, path.relative(folder, absolutePath)),
    message,
  }));
  return { files, unreadable };
}

const nothing: GlobFiles = { files: [], unreadable: [] };

/** Folders are no files, and a wildcard that meets a link to a folder means no file either; as an output, the link itself counts. */
function isListed({ listings, role }: Place, kind: FolderEntry['kind'], absolutePath: string): boolean {
  if (kind === 'folder') return false;
  if (kind !== 'link' || role === 'output') return true;
  try {
    return !listings.targetOf(absolutePath).isDirectory();
  } catch {
    // Dangling or looping: an input all the same, or an error that says so.
    return true;
  }
}

function isEmpty(listings: FolderListings, absoluteFolder: string): boolean {
  const listing = listings.list(absoluteFolder);
  return listing.kind === 'listed' && listing.entries.length === 0;
}

function isOfOneFolder({ deep, text, base }: Glob): boolean {
  return !deep && !text.includes('/', base === '' ? 0 : base.length + 1);
}

/** How many folder levels below its base the pattern reaches at most; `**` reaches further. */
function levelsOf(glob: Glob): number {
  if (glob.deep) return Number.POSITIVE_INFINITY;
  const below = glob.base === '' ? glob.text : glob.text.slice(glob.base.length + 1);
  return below.split('/').length;
}

function absolute(root: string, file: string): string {
  if (file === '') return root;
  return file.startsWith('/') ? file : `${root}/${file}`;
}

function joined(base: string, rest: string): FilePath {
  return (base === '' ? rest : base === '/' ? `/${rest}` : `${base}/${rest}`) as FilePath;
}
