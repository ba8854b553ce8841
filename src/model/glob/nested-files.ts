// Which file that is spelled out lies where another file needs a folder: nothing can make both.
import { parseGlob } from './glob.ts';
import { type PatternEntry, type PatternSet, setMayMatchBoth } from './pattern-set.ts';

/** Numbers are positions in the list given; both may be the same. */
export interface NestedFiles {
  readonly file: number;
  readonly below: number;
  readonly a: PatternEntry;
  /** What it matches lies below `a`. */
  readonly b: PatternEntry;
}

/**
 * Of each set only what is certain whatever it matches: paths without wildcards, and the folders that all files of a
 * pattern are in. Sorted by `below`; for each of its patterns the uppermost file in its way.
 */
export function nestedFiles(sets: readonly PatternSet[]): readonly NestedFiles[] {
  if (!hasFileAsFolder(sets)) return [];
  const files = new Map<string, number>();
  for (let position = 0; position < sets.length; position++) {
    const { entries } = sets[position]!;
    for (let i = 0; i < entries.length; i++) {
      const { glob, negated } = entries[i]!;
      if (glob.literal !== null && !negated && !files.has(glob.literal)) files.set(glob.literal, position);
    }
  }
  const found: NestedFiles[] = [];
  const folders = new Map<string, string | null>();
  for (let below = 0; below < sets.length; below++) {
    const { entries } = sets[below]!;
    for (let i = 0; i < entries.length; i++) {
      const b = entries[i]!;
      const path = b.negated ? null : uppermostAbove(b, files, folders);
      if (path === null) continue;
      const file = files.get(path)!;
      const a = sets[file]!.entries.find(({ glob, negated }) => glob.literal === path && !negated)!;
      found.push({ file, below, a, b });
    }
  }
  return found;
}

/** With more of them it is quicker to look for what there is to be found. */
const mostFolders = 8;

/**
 * Whether there may be anything to be found. Each look at a pipeline asks it, of thousands of stages that are well, which have
 * few folders among them: it puts nothing together for each.
 */
function hasFileAsFolder(sets: readonly PatternSet[]): boolean {
  const folders = new Set<string>();
  const isNew = (entry: PatternEntry) => !folders.has(folderOf(entry));
  for (;;) {
    const next = sets.find(({ entries }) => entries.some(isNew))?.entries.find(isNew);
    if (next === undefined) break;
    folders.add(folderOf(next));
    if (folders.size > mostFolders) return true;
  }
  for (const folder of folders)
    for (let end = folder.indexOf('/'); end >= 0; end = folder.indexOf('/', end + 1))
      folders.add(folder.slice(0, end));
  return sets.some(({ entries }) =>
    entries.some(({ glob }) => glob.literal !== null && folders.has(glob.literal)),
  );
}

/** The base is a folder itself. */
function folderOf({ glob: { literal, base } }: PatternEntry): string {
  return literal === null ? base : literal.slice(0, Math.max(0, literal.lastIndexOf('/')));
}

/** Whether a file that `a` matches may be a folder of one that `b` matches. */
export function mayNest(a: PatternEntry, b: PatternEntry): boolean {
  if (a.negated || b.negated || a.glob.ownsFolder) return false;
  const inside = parseGlob(`${a.glob.text}/`);
  if (!inside.ok) return true;
  return setMayMatchBoth({ entries: [{ ...a, glob: inside.value }] }, { entries: [b] }) !== null;
}

/** The file that stands in the way, by the folders that all it matches is in. `folders`: what was found of them. */
function uppermostAbove(
  entry: PatternEntry,
  files: ReadonlyMap<string, number>,
  folders: Map<string, string | null>,
): string | null {
  const folder = folderOf(entry);
  let file = folders.get(folder);
  if (file === undefined) {
    file = uppermostOf(folder, files);
    folders.set(folder, file);
  }
  return file;
}

/** Of a folder and those that it is in, from the root downwards. */
function uppermostOf(folder: string, files: ReadonlyMap<string, number>): string | null {
  for (let end = folder.indexOf('/'); end >= 0; end = folder.indexOf('/', end + 1)) {
    const above = folder.slice(0, end);
    if (files.has(above)) return above;
  }
  return files.has(folder) ? folder : null;
}
