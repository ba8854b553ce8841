// What patterns find when some of the files are left out.
import { type Glob, globMatches } from '../model/glob/glob.ts';
import type { PatternSet } from '../model/glob/pattern-set.ts';
import type { Expansion, ListedFile } from './ports.ts';

/** With these files alone, and so with the patterns that find none of them. `set`: what `whole` was found by. */
export function expansionOf(
  whole: Expansion,
  set: PatternSet,
  counts: (file: ListedFile) => boolean,
): Expansion {
  const files = whole.files.filter(counts);
  if (files.length === whole.files.length) return whole;
  const before = new Set(whole.unmatched);
  const present = new Set<string>(files.map((file) => file.path));
  const isMatched = (glob: Glob) =>
    glob.literal === null ? files.some((file) => globMatches(glob, file.path)) : present.has(glob.literal);
  const unmatched = set.entries.filter(
    (entry) => before.has(entry) || (!entry.negated && !isMatched(entry.glob)),
  );
  return { ...whole, files, unmatched };
}
