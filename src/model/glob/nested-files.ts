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
  const files = new Map<string, { readonly position: number; readonly entry: PatternEntry }>();
  sets.forEach(({ entries }, position) => {
    for (const entry of entries) {
      const { literal } = entry.glob;
      if (literal !== null && !entry.negated && !files.has(literal)) files.set(literal, { position, entry });
    }
  });
  const found: NestedFiles[] = [];
  if (files.size === 0) return found;
  sets.forEach(({ entries }, below) => {
    for (const b of entries) {
      const file = b.negated ? null : uppermostAbove(b, files);
      if (file !== null) found.push({ file: file.position, below, a: file.entry, b });
    }
  });
  return found;
}

/** Whether a file that `a` matches may be a folder of one that `b` matches. */
export function mayNest(a: PatternEntry, b: PatternEntry): boolean {
  if (a.negated || b.negated || a.glob.ownsFolder) return false;
  const inside = parseGlob(`${a.glob.text}/`);
  if (!inside.ok) return true;
  return setMayMatchBoth({ entries: [{ ...a, glob: inside.value }] }, { entries: [b] }) !== null;
}

/** By the folders that all it matches is in, from the root downwards. */
function uppermostAbove<T>(
  { glob: { literal, base } }: PatternEntry,
  files: ReadonlyMap<string, T>,
): T | null {
  const path = literal ?? base;
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
    const file = files.get(path.slice(0, end));
    if (file !== undefined) return file;
  }
  // The base is a folder itself.
  return (literal === null ? files.get(base) : undefined) ?? null;
}
