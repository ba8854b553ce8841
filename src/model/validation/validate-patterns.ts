// Checks `requires` and `produces`: every pattern parsed, canonical, and where it may be.

import { escapeGlob, type Glob, globMatches, globsMayOverlap, parseGlob } from '../glob/glob.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import { hasReservedPart } from '../glob/reserved-names.ts';
import type { CapturePattern } from '../items/capture-pattern.ts';
import type { ItemEntry } from '../items/for-each.ts';
import { type Folders, isOutside } from '../paths.ts';
import { type KnownCaptures, withCaptures } from './captures.ts';
import { type Placed, type Report, type Section, textOf } from './config-section.ts';
import { shown } from './config-value.ts';
import { optionalTexts } from './optional-texts.ts';
import type { ParamText } from './param-text.ts';
import { canonicalPattern } from './pattern-path.ts';

export interface PatternPlace extends Folders {
  /** Canonical. */
  readonly configPath: string;
  /** Made by {@link everythingIn} the root. */
  readonly inside: Glob | null;
  /** Which captures patterns may have; `null`: braces are those of names and choices. */
  readonly captures: KnownCaptures | null;
  readonly params: ParamText;
}

interface PlacedEntry extends PatternEntry {
  readonly at: string;
  readonly pattern: CapturePattern | null;
  /** With its parameters as placeholders. */
  readonly written: string;
}

const expected = "a pattern such as 'data/*.json' or optional('…')";

/** Every file in a folder, as absolute paths; `null` for a folder whose name no pattern can write. */
export function everythingIn(folder: string): Glob | null {
  const glob = parseGlob(`${escapeGlob(folder)}/`);
  return glob.ok ? glob.value : null;
}

/** Entries in order; what is wrong is reported and left out. */
export function readRequires(section: Section, place: PatternPlace): readonly ItemEntry[] {
  const entries = readEntries(section, 'requires', place);
  for (const entry of entries) reportUnreachableInput(entry, place, section.report);
  return entries.map(withoutPlace);
}

/** The entries of `forEach`, with the captures that it names itself. */
export function readItems(section: Section, place: PatternPlace): readonly ItemEntry[] {
  return readEntries(section, 'forEach', { ...place, captures: 'any' }).map(withoutPlace);
}

/** As {@link readRequires}; `null` when the stage declares no outputs. */
export function readProduces(section: Section, place: PatternPlace): readonly ItemEntry[] | null {
  const entries = readEntries(section, 'produces', place);
  if (entries.length === 0) return null;
  const { report } = section;
  if (entries[0]!.negated) {
    const message = `the first pattern, ${shown(entries[0]!.source)}, excludes from nothing`;
    report({ code: 'PIPE013', message, at: entries[0]!.at, hint: 'put what is produced in front of it' });
  }
  for (const entry of entries) reportForeignOutput(entry, report);
  place.params.tellApart(entries.filter(({ negated }) => !negated).map(({ written }) => written));
  const deciding = entries.findLast(({ glob }) => isMatched(place.configPath, glob));
  if (deciding !== undefined && !deciding.negated) {
    const message = `${shown(deciding.source)} may match the configuration itself, ${place.configPath}`;
    const hint = `name the outputs more narrowly, or exclude it: '!${escapeGlob(place.configPath)}'`;
    report({ code: 'PIPE016', message, at: deciding.at, hint });
  }
  return entries.map(withoutPlace);
}

/** One pattern that stands for files inside the root, without exclusion; `null` when it is wrong, which is reported. */
export function readPattern(placed: Placed, report: Report, place: PatternPlace): Glob | null {
  const [entry] = entriesOf([placed], false, report, place);
  if (entry === undefined) return null;
  if (!entry.negated && !isOutside(entry.glob.text)) return entry.glob;
  const message = `${shown(entry.source)} is no pattern of files inside the folder of the configuration`;
  report({ code: 'PIPE013', message, at: entry.at });
  return null;
}

function readEntries(section: Section, field: string, place: PatternPlace): readonly PlacedEntry[] {
  return section.list(field, expected, 'or one').flatMap((placed) => {
    if (typeof placed.value !== 'object' || placed.value === null) {
      return entriesOf([placed], false, section.report, place);
    }
    return entriesOf(
      optionalTexts(placed, section.report, { expected, of: 'pattern' }),
      true,
      section.report,
      place,
    );
  });
}

function entriesOf(
  patterns: readonly Placed[],
  optional: boolean,
  report: Report,
  place: PatternPlace,
): readonly PlacedEntry[] {
  return patterns.flatMap((placed) => {
    const { at } = placed;
    if (typeof placed.value === 'string' && placed.value.includes('\0')) {
      report({
        code: 'PIPE013',
        message: 'the pattern contains a NUL character, which no file name can',
        at,
      });
      return [];
    }
    const written = textOf(placed, report);
    if (written === null) return [];
    const source = place.params.pattern(written, at);
    const negated = source.startsWith('!');
    const text = negated ? source.slice(1) : source;
    if (negated && (text === '' || text.startsWith('!'))) {
      report({ code: 'PIPE013', message: `${shown(source)} has no pattern after its "!"`, at });
      return [];
    }
    const canonical = canonicalPattern(text, place);
    const captured =
      canonical.ok && place.captures !== null ? withCaptures(canonical.value, place.captures) : null;
    if (captured !== null && !captured.ok) {
      report({ code: 'PIPE027', message: `${shown(source)}: ${captured.error}`, at });
      return [];
    }
    const glob = canonical.ok ? parseGlob(captured?.value.text ?? canonical.value) : canonical;
    if (glob.ok)
      return [
        {
          ...{ glob: glob.value, negated, optional, source, at, written },
          pattern: captured?.value.pattern ?? null,
        },
      ];
    report({ code: 'PIPE013', message: `${shown(source)}: ${glob.error}`, at });
    return [];
  });
}

function reportUnreachableInput(entry: PlacedEntry, { inside }: PatternPlace, report: Report): void {
  const { glob, at } = entry;
  if (!entry.negated && namesReserved(glob)) {
    const message = `${shown(entry.source)} can match nothing: pipe does not look into .git and .pipeline-cache`;
    report({ code: 'PIPE013', message, at });
  }
  if (!isOutside(glob.text)) return;
  if (inside === null || !globsMayOverlap(glob, inside)) return;
  // Files inside the root have relative names, which an absolute pattern never matches.
  const message = `${shown(entry.source)} reaches from outside into the folder of the configuration`;
  const hint = 'name the folders outside, as in ../{a,b}/…, and write relative patterns for what is inside';
  report({ code: 'PIPE013', message, at, hint });
}

function reportForeignOutput({ glob, source, at, negated }: PlacedEntry, report: Report): void {
  if (isOutside(glob.text)) {
    const message = `${shown(source)} lies outside the folder of the configuration`;
    const hint =
      'outputs are always inside it: write there, or move the configuration to a folder above both';
    report({ code: 'PIPE017', message, at, hint });
  } else if (!negated && namesReserved(glob)) {
    const message = `${shown(source)} names a file that belongs to pipe or git`;
    report({ code: 'PIPE016', message, at, hint: 'give the output another path' });
  }
}

/** Without building a matcher for each of thousands of plain paths. */
function isMatched(path: string, glob: Glob): boolean {
  return glob.literal === null ? globMatches(glob, path) : glob.literal === path;
}

function namesReserved(glob: Glob): boolean {
  return hasReservedPart(glob.literal ?? glob.base);
}

function withoutPlace({ glob, negated, optional, source, pattern }: PlacedEntry): ItemEntry {
  return { entry: { glob, negated, optional, source }, pattern };
}
