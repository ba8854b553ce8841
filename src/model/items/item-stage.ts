// A stage as it stands for one of its items: with the item's own files in its patterns, and its words in the environment.
import { posix } from 'node:path';
import { fillText, type PlaceholderValues } from '../command/command-line.ts';
import { escapeGlob, globCovers, parseGlob } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { EnvEntry, Stage } from '../stage.ts';
import { filled } from './capture-pattern.ts';
import type { ForEach, ItemEntry } from './for-each.ts';
import type { Item } from './item.ts';

/** The error is a clause about the item: what of it cannot stand where it would have to. */
export function stageForItem(stage: Stage, forEach: ForEach, item: Item): Stage {
  const own = item.path === null ? [] : [literalEntry(item.path)];
  const requires = forEach.requires.map((one) => entryFor(one, item));
  const produces = forEach.produces?.map((one) => entryFor(one, item));
  const values = wordsOf(item, stage.cwd);
  return {
    ...stage,
    item,
    requires: { entries: [...own, ...requires] },
    produces: produces === undefined ? null : { entries: produces },
    env: stage.env.map((entry) => envFor(entry, values)),
    always: false,
  };
}

/** What placeholders stand for: paths as they are seen from the working folder. */
export function wordsOf(item: Item, cwd: string): PlaceholderValues {
  const name = item.path === null ? item.name : pathFrom(cwd, item.path);
  return { ...item.captures, item: name };
}

/** The path as a program finds it that was started in `cwd`. */
export function pathFrom(cwd: string, path: string): string {
  return asOperand(posix.isAbsolute(path) || cwd === '' ? path : posix.relative(cwd, path));
}

/** No program takes it for an option. */
export function asOperand(path: string): string {
  return path.startsWith('-') ? `./${path}` : path;
}

/**
 * Patterns of an item that name files which the stage as a whole would not know of, as written: a wildcard matches no
 * name that begins with a dot.
 */
export function hiddenPatterns(forEach: ForEach, item: Item): readonly string[] {
  if (!Object.values(item.captures).some((value) => /(?:^|\/)\./.test(value))) return [];
  return [...forEach.requires, ...(forEach.produces ?? [])]
    .filter((one) => one.pattern !== null && !globCovers(one.entry.glob, entryFor(one, item).glob))
    .map(({ entry }) => entry.source);
}

function entryFor({ entry, pattern }: ItemEntry, item: Item): PatternEntry {
  if (pattern === null) return entry;
  const glob = parseGlob(filled(pattern, item.captures));
  // Values are escaped, so that the text is as good a glob as the widened one.
  if (!glob.ok) throw new Error(`${entry.source} is no pattern for ${item.name}: ${glob.error}`);
  return { ...entry, glob: glob.value, source: glob.value.literal ?? glob.value.text };
}

function literalEntry(path: string): PatternEntry {
  const glob = parseGlob(escapeGlob(path));
  if (!glob.ok) throw new Error(`no pattern can name ${path}: ${glob.error}`);
  return { glob: glob.value, negated: false, optional: false, source: path };
}

function envFor(entry: EnvEntry, values: PlaceholderValues): EnvEntry {
  return entry.kind === 'pass' ? entry : { ...entry, value: fillText(entry.value, values) };
}
