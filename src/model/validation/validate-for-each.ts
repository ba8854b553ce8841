// Checks `forEach`: a pattern of files with captures, and that commands and variables name no others.
import { didYouMean } from '../../base/did-you-mean.ts';
import { placeholderNames } from '../command/command-line.ts';
import { escapeGlob, parseGlob } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { Capture } from '../items/capture-pattern.ts';
import { type ForEach, type ForEachFile, type ForEachRecord, forAllItems } from '../items/for-each.ts';
import { ItemFiles } from '../items/item.ts';
import { canonicalPath, isOutside } from '../paths.ts';
import { capturesOf } from './captures.ts';
import { mismatch, type Report, Section, textOf } from './config-section.ts';
import { itemsOf, shown } from './config-value.ts';
import { reportUnknownFields } from './known-fields.ts';
import { optionalTexts } from './optional-texts.ts';
import { type PatternPlace, readItems } from './validate-patterns.ts';

/** What `forEach` says by itself. */
export type Items = Omit<ForEachFile, 'requires' | 'produces'> | Omit<ForEachRecord, 'requires' | 'produces'>;

/** `null` where the stage has none, or it is wrong, which is reported. */
export function readForEach(section: Section, place: PatternPlace): Items | null {
  if (section.value('forEach') === undefined) return null;
  const { report } = section;
  const records = openRecords(section);
  if (records !== null) return readRecords(records, place);
  const at = section.place('forEach');
  const { value } = section.placed('forEach');
  if (typeof value !== 'string' && !itemsOf(value).ok && !isOptional(value)) {
    mismatch(report, { value, at }, "a pattern such as 'sow/{course}/{order}.json', or items('sow.json', …)");
    return null;
  }
  const refuse = (message: string, hint?: string) => {
    report({ code: 'PIPE027', message, at, ...(hint !== undefined && { hint }) });
    return null;
  };
  const entries = readItems(section, place);
  const [first] = entries;
  if (first === undefined) return null;
  const { entry, pattern } = first;
  if (entries.length > 1 || entry.negated) {
    return refuse(
      'forEach is one pattern, and nothing is excluded from it',
      'narrow the pattern, or split the stage',
    );
  }
  if (isOutside(entry.glob.text)) {
    const hint = 'move the configuration to a folder above, or link the files into its folder';
    return refuse(`${shown(entry.source)} lies outside the folder of the configuration`, hint);
  }
  const captures = capturesOf(pattern);
  if (!captures.ok || pattern === null)
    return refuse(`${shown(entry.source)}: ${captures.ok ? '' : captures.error}`);
  return {
    kind: 'files',
    source: entry.source,
    captures: captures.value,
    entry,
    whole: pattern,
    files: new ItemFiles(pattern, entry.glob),
  };
}

/** `null`: it is something else than `items(…)`. */
function openRecords(section: Section): Section | null {
  const opened = Section.open(section.placed('forEach'), () => {}, { expected: '' });
  return opened?.value('kind') === 'items'
    ? Section.open(section.placed('forEach'), section.report, { expected: '' })
    : null;
}

function isOptional(value: unknown): boolean {
  return Section.open({ value, at: '' }, () => {}, { expected: '' })?.value('kind') === 'optional';
}

function readRecords(section: Section, place: PatternPlace): Items | null {
  reportUnknownFields(section, ['kind', 'file', 'select', 'key']);
  const { report } = section;
  const isOptionalFile = isOptional(section.value('file'));
  const file = isOptionalFile ? optionalFile(section) : section.text('file');
  const key = section.text('key');
  const select = section.value('select');
  if (typeof select !== 'function')
    mismatch(report, section.placed('select'), 'a function that takes the records out of the document');
  for (const field of ['file', 'key'])
    if (!section.has(field))
      report({ code: 'PIPE012', message: `items(…) names no ${field}`, at: section.place(field) });
  const document =
    file === null ? null : canonicalPath(place.params.text(file, section.place('file')), place);
  const glob = document === null || document === '' ? null : parseGlob(escapeGlob(document));
  if (document !== null && (isOutside(document) || !glob?.ok)) {
    const message = `${shown(file)} lies outside the folder of the configuration`;
    report({ code: 'PIPE027', message, at: section.place('file'), hint: 'link it into this folder' });
    return null;
  }
  if (document === null || key === null || typeof select !== 'function' || !glob?.ok) return null;
  return {
    kind: 'records',
    source: document,
    captures: ['key'],
    document,
    entry: { glob: glob.value, negated: false, optional: isOptionalFile, source: file ?? document },
    select: select as ForEachRecord['select'],
    key,
  };
}

/** The one document that may be missing, or be without records. */
function optionalFile(section: Section): string | null {
  const { report } = section;
  const expected = "one document, as in optional('sow.json')";
  const texts = optionalTexts(section.placed('file'), report, { expected, of: 'document' });
  if (texts.length > 1) mismatch(report, section.placed('file'), expected);
  return texts.length === 1 ? textOf(texts[0]!, report) : null;
}

/** All that any item requires, and what tells which items there are. */
export function requiredByAll({ entry, requires }: ForEach): readonly PatternEntry[] {
  return [entry, ...forAllItems(requires)];
}

/** What patterns may name. */
export function capturesFor(items: Items): readonly Capture[] {
  return items.kind === 'files'
    ? items.whole.captures
    : items.captures.map((name) => ({ name, across: false }));
}

/** What commands and variables may name. */
export function placeholdersOf(items: Items | null): readonly string[] {
  return items === null ? ['requires', 'produces'] : ['requires', 'produces', 'item', ...items.captures];
}

/** Those that stand where they mean nothing, and slips of the fingers. */
export function reportCaptures(section: Section, items: Items): void {
  reportUnknownCaptures(section, items);
  const folder = section.value('cwd');
  const ofOne = ['item', ...items.captures];
  const name =
    typeof folder === 'string' ? placeholderNames(folder).find((one) => ofOne.includes(one)) : undefined;
  if (name === undefined) return;
  const message = `cwd is the same for all items, so {${name}} cannot stand in it`;
  const hint =
    'change the folder in the shell line, as in `cd packages/{name}`; "$PIPE_ROOT/$PIPE_ITEM" is the item from anywhere';
  section.report({ code: 'PIPE027', message, at: section.place('cwd'), hint });
}

/** Text in braces may mean anything to a shell; but what looks like a slip of the fingers is one. */
function reportUnknownCaptures(section: Section, items: Items): void {
  const known = placeholdersOf(items);
  const { report } = section;
  for (const { text, at } of [...textsOfCommand(section), ...textsOfEnv(section)]) {
    for (const name of placeholderNames(text)) {
      const meant = known.includes(name) ? null : didYouMean(name, known);
      if (meant === null) continue;
      const hint = `did you mean {${meant}}? Other text in braces is left as it is`;
      report({ code: 'PIPE027', message: `forEach captures no {${name}}`, at, hint });
    }
  }
}

/** A text with placeholders, and where it stands. */
interface Text {
  readonly text: string;
  readonly at: string;
}

export function textsOfCommand(section: Section): readonly Text[] {
  const { value, at } = section.placed('run');
  const quiet: Report = () => {};
  const list = itemsOf(value);
  if (typeof value === 'string') return [{ text: value, at }];
  if (list.ok) return textsIn(list.value, at);
  const command = typeof value === 'object' ? Section.open({ value, at }, quiet, { expected: '' }) : null;
  return textsIn(command?.list('args', '', 'or one').map((one) => one.value) ?? [], at);
}

export function textsOfEnv(section: Section): readonly Text[] {
  const env = Section.open(section.placed('env'), () => {}, { expected: '' });
  return (env?.keys() ?? []).flatMap((name) => textsIn([env!.value(name)], env!.place(name)));
}

function textsIn(values: readonly unknown[], at: string): readonly Text[] {
  return values.flatMap((text) => (typeof text === 'string' ? [{ text, at }] : []));
}
