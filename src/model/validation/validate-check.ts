// Checks `check`: what is to be checked of which outputs.

import type { FilePath } from '../../base/brand.ts';
import type { OutputCheck, StageCheck } from '../checks.ts';
import { globsMayOverlap } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import { canonicalPath } from '../paths.ts';
import { mismatch, type Placed, type Report, Section } from './config-section.ts';
import { fieldsOf, itemsOf, shown } from './config-value.ts';
import { reportUnknownFields } from './known-fields.ts';
import { type PatternPlace, readPattern } from './validate-patterns.ts';

type Keys = readonly (string | number)[];

const expected =
  "jsonSchema('…'), nonEmpty(), minLines(…), matches(/…/), a function, an array of them, or { 'pattern': check }";

/** In the order in which they are made. `produces`: `null` where the stage has no outputs. */
export function readChecks(
  stage: Section,
  place: PatternPlace,
  produces: readonly PatternEntry[] | null,
): readonly StageCheck[] {
  const placed = stage.placed('check');
  if (placed.value === undefined) return [];
  const { report } = stage;
  if (produces === null && !stage.has('produces')) {
    const hint = 'say in "produces" what the stage makes, or let its command check what it reads';
    report({ code: 'PIPE012', message: 'the stage checks outputs and produces none', at: placed.at, hint });
    return [];
  }
  const context = { place, report };
  const fields = fieldsOf(placed.value);
  if (!fields.ok || 'kind' in Object.fromEntries(fields.value.values))
    return readList(placed, ['check'], null, context);
  return readByPattern(placed, produces, context);
}

interface Context {
  readonly place: PatternPlace;
  readonly report: Report;
}

function readByPattern(
  placed: Placed,
  produces: readonly PatternEntry[] | null,
  context: Context,
): readonly StageCheck[] {
  const section = Section.open(placed, context.report, { expected });
  if (section === null) return [];
  if (section.keys().length === 0) mismatch(context.report, placed, expected);
  return section.keys().flatMap((source) => {
    const one = section.placed(source);
    const glob = readPattern({ value: source, at: one.at }, context.report, context.place);
    if (glob === null || section.isUnreadable(source)) return [];
    const isOutput = produces?.some((entry) => !entry.negated && globsMayOverlap(entry.glob, glob));
    if (isOutput === false) {
      const message = `${shown(source)} matches no output of the stage`;
      const hint = 'the patterns here are those of files in "produces"';
      context.report({ code: 'PIPE013', message, at: one.at, hint });
    }
    return readList(
      one,
      ['check', source],
      { pattern: glob.ownsFolder ? glob.text.slice(0, -'**'.length) : glob.text, source },
      context,
    );
  });
}

function readList(
  placed: Placed,
  keys: Keys,
  outputs: StageCheck['outputs'],
  context: Context,
): readonly StageCheck[] {
  const items = itemsOf(placed.value);
  if (items.ok && items.value.length === 0) mismatch(context.report, placed, 'at least one check');
  const all: readonly (Placed & { readonly keys: Keys })[] = items.ok
    ? items.value.map((value, i) => ({ value, at: `${placed.at}[${i}]`, keys: [...keys, i] }))
    : [{ ...placed, keys }];
  return all.flatMap((one) => {
    const check = readCheck(one, one.keys, context);
    return check === null ? [] : [{ outputs, check, at: one.at }];
  });
}

function readCheck(placed: Placed, keys: Keys, context: Context): OutputCheck | null {
  const { report } = context;
  if (typeof placed.value === 'function') return { kind: 'function', keys };
  const section = Section.open(placed, report, { expected });
  switch (section?.value('kind')) {
    case 'json-schema':
      reportUnknownFields(section!, ['kind', 'schema']);
      return readSchema(section!, context);
    case 'non-empty':
      reportUnknownFields(section!, ['kind']);
      return { kind: 'non-empty' };
    case 'min-lines':
      reportUnknownFields(section!, ['kind', 'lines']);
      return readLines(section!);
    case 'matches':
      reportUnknownFields(section!, ['kind', 'pattern']);
      return readMatches(section!);
    default:
      if (section !== null && !section.isUnreadable('kind')) mismatch(report, placed, expected);
      return null;
  }
}

function readSchema(section: Section, { place, report }: Context): OutputCheck | null {
  const placed = section.placed('schema');
  if (typeof placed.value !== 'string') return readInlineSchema(placed, report);
  const text = section.text('schema');
  if (text === null) return null;
  const path: FilePath = canonicalPath(text, place);
  if (path !== '' && !/(?:^|\/)\.{0,2}$/.test(text)) return { kind: 'schema-file', schema: path };
  mismatch(report, placed, 'the path of a schema, not of a folder');
  return null;
}

function readInlineSchema(placed: Placed, report: Report): OutputCheck | null {
  try {
    const schema = fieldsOf(placed.value).ok ? JSON.stringify(placed.value) : undefined;
    if (schema !== undefined) return { kind: 'schema', schema };
  } catch {
    // A circle, or a getter that throws: no schema that could be written down.
  }
  mismatch(report, placed, 'the path of a schema, or a schema as an object that JSON can say');
  return null;
}

function readLines(section: Section): OutputCheck | null {
  const placed = section.placed('lines');
  const { value } = placed;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) {
    return { kind: 'min-lines', lines: value };
  }
  mismatch(section.report, placed, 'a whole number of at least 1');
  return null;
}

function readMatches(section: Section): OutputCheck | null {
  const placed = section.placed('pattern');
  const { value } = placed;
  if (value instanceof RegExp) return { kind: 'matches', source: value.source, flags: value.flags };
  mismatch(section.report, placed, 'a pattern such as /^# /m');
  return null;
}
