// Whether items of one stage may become items of the next one by one, before all of them are known.

import { escapeGlob, parseGlob } from '../glob/glob.ts';
import { mayNest } from '../glob/nested-files.ts';
import { type PatternEntry, type PatternSet, setMayMatchBoth } from '../glob/pattern-set.ts';
import { modulesOf } from '../hooks.ts';
import type { Stage } from '../stage.ts';
import type { CapturePattern } from './capture-pattern.ts';
import type { ForEachFile, ItemEntry } from './for-each.ts';

/**
 * `to` takes from `from` nothing but its item, so that nothing else needs to be there; and no two of its items can make
 * the same file, which else is seen only when all are known.
 */
export function streams(from: Stage, to: Stage): boolean {
  const { forEach, implied, after } = to;
  // How all of it ended is known when all has ended.
  if (to.when !== 'success') return false;
  if (from.forEach === null || from.produces === null || forEach?.kind !== 'files') return false;
  if (after.includes(from.name) || !tellsItemsApart(forEach)) return false;
  if (setMayMatchBoth(from.produces, { entries: [forEach.entry] }) === null) return false;
  const named = [...implied, ...modulesOf(to)];
  const others: PatternSet = {
    entries: [...forEach.requires.map(({ entry }) => entry), ...named.flatMap(literal)],
  };
  return setMayMatchBoth(from.produces, { entries: others.entries.filter((one) => !one.negated) }) === null;
}

function literal(path: string): readonly PatternEntry[] {
  const glob = parseGlob(escapeGlob(path));
  return glob.ok ? [{ glob: glob.value, negated: false, optional: false, source: path }] : [];
}

/** Whether no two items make the same file, or one a file where another needs a folder: each path that is made tells by which item. */
export function tellsItemsApart({ captures, produces, whole }: ForEachFile): boolean {
  // Else two items may have captured the same.
  if (!isPlain(whole)) return false;
  const made = (produces ?? []).filter(({ entry }) => !entry.negated);
  const isTold = ({ pattern }: ItemEntry) =>
    pattern !== null &&
    isPlain(pattern) &&
    captures.every((name) => pattern.captures.some((one) => one.name === name));
  if (!made.every(isTold)) return false;
  const areApart = ({ entry: a }: ItemEntry, { entry: b }: ItemEntry) =>
    setMayMatchBoth({ entries: [a] }, { entries: [b] }) === null && !mayNest(a, b) && !mayNest(b, a);
  return made.every((one, i) => made.slice(i + 1).every((other) => areApart(one, other)));
}

/** Without wildcards, and each capture has a part between slashes for itself. */
function isPlain({ texts, captures }: CapturePattern): boolean {
  if (captures.some(({ across }) => across) || texts.some((text) => /[*?[\]{}\\]/.test(text))) return false;
  // The last text may end the path, the others must hold a slash.
  return texts.slice(1, -1).every((text) => text.includes('/')) && !texts.at(-1)!.endsWith('/');
}
