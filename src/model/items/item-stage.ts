// A stage as it stands for one of its items: with the item's own files in its patterns, and its words in the environment.
import { posix } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import { fillText, type PlaceholderValues } from '../command/command-line.ts';
import { escapeGlob, globCovers, parseGlob } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import { paramWords } from '../params/param.ts';
import type { EnvEntry, Stage } from '../stage.ts';
import { filled } from './capture-pattern.ts';
import type { ForEach, ItemEntry } from './for-each.ts';
import type { Item } from './item.ts';

/** The error is a clause about the item: what of it cannot stand where it would have to. */
export function stageForItem(stage: Stage, forEach: ForEach, item: Item): Result<Stage, string> {
  const own = item.path === null ? ok([]) : allOf([literalEntry(item.path)]);
  if (!own.ok) return own;
  const requires = allOf(forEach.requires.map((one) => entryFor(one, item)));
  if (!requires.ok) return requires;
  const produces = allOf((forEach.produces ?? []).map((one) => entryFor(one, item)));
  if (!produces.ok) return produces;
  const values = { ...wordsOf(item, stage.cwd), ...paramWords(stage.params) };
  return ok({
    ...stage,
    item,
    requires: { entries: [...own.value, ...requires.value] },
    produces: forEach.produces === null ? null : { entries: produces.value },
    env: stage.env.map((entry) => filledEnv(entry, values)),
    always: false,
  });
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
    .filter((one) => {
      const own = one.pattern === null ? null : entryFor(one, item);
      return own?.ok && !globCovers(one.entry.glob, own.value.glob);
    })
    .map(({ entry }) => entry.source);
}

/** Values are escaped, but one that is `..` leads elsewhere, and a very long one makes no path. */
function entryFor({ entry, pattern }: ItemEntry, item: Item): Result<PatternEntry, string> {
  if (pattern === null) return ok(entry);
  const glob = parseGlob(filled(pattern, item.captures));
  if (!glob.ok) return err(`cannot stand in ${entry.source}: ${glob.error}`);
  return ok({ ...entry, glob: glob.value, source: glob.value.literal ?? glob.value.text });
}

function literalEntry(path: string): Result<PatternEntry, string> {
  const glob = parseGlob(escapeGlob(path));
  if (!glob.ok) return err(`is no path of a file: ${glob.error}`);
  return ok({ glob: glob.value, negated: false, optional: false, source: path });
}

function allOf<T>(results: readonly Result<T, string>[]): Result<readonly T[], string> {
  const values: T[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    values.push(result.value);
  }
  // A copy, for it is kept: a list that was put together has room for sixteen more, of each of thousands of items.
  return ok([...values]);
}

export function filledEnv(entry: EnvEntry, values: PlaceholderValues): EnvEntry {
  return entry.kind === 'pass' ? entry : { ...entry, value: fillText(entry.value, values) };
}
