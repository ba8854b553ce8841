// One object of the configuration with its place: hands out checked fields and reports what is wrong with them.

import type { Diagnostic, DiagnosticCode } from '../diagnostic.ts';
import { type Fields, fieldsOf, itemsOf, shown } from './config-value.ts';
import { parseDuration, timerMs } from './duration.ts';
import { nameProblem } from './names.ts';
import { placeOf } from './place.ts';

export type Report = (diagnostic: Diagnostic) => void;

/** A value with its place, such as `stages.merge.produces[0]`. */
export interface Placed {
  readonly value: unknown;
  readonly at: string;
}

/** A checked text with its place. */
export interface PlacedText {
  readonly text: string;
  readonly at: string;
}

/** Fields that are absent or `undefined` are `null` here, as are wrong ones once they are reported. */
export class Section {
  readonly at: string;
  readonly report: Report;
  readonly #fields: Fields;

  private constructor(at: string, report: Report, fields: Fields) {
    this.at = at;
    this.report = report;
    this.#fields = fields;
    for (const [key, thrown] of fields.unreadable) {
      report({ code: 'PIPE011', message: `reading it throws: ${thrown}`, at: this.place(key) });
    }
  }

  /** Reports a value that is no object as `code`. */
  static open(
    { value, at }: Placed,
    report: Report,
    wrong: { readonly expected: string; readonly code?: DiagnosticCode; readonly hint?: string },
  ): Section | null {
    const fields = fieldsOf(value);
    if (fields.ok) return new Section(at, report, fields.value);
    const { code = 'PIPE011', expected, hint } = wrong;
    const message = `expected ${expected}, found ${fields.error}`;
    report({ code, message, ...(at !== '' && { at }), ...(hint !== undefined && { hint }) });
    return null;
  }

  /** The same for a look beforehand: what is wrong is said by who reads it for good. */
  quietly(): Section {
    return new Section(this.at, () => {}, this.#fields);
  }

  /** In order, with those that cannot be read at the end. */
  keys(): readonly string[] {
    return [...this.#fields.values.keys(), ...this.#fields.unreadable.keys()];
  }

  /** Whether there is something to say about the field: an unreadable one has been reported. */
  has(key: string): boolean {
    return this.value(key) !== undefined || this.#fields.unreadable.has(key);
  }

  isUnreadable(key: string): boolean {
    return this.#fields.unreadable.has(key);
  }

  value(key: string): unknown {
    return this.#fields.values.get(key);
  }

  placed(key: string): Placed {
    return { value: this.value(key), at: this.place(key) };
  }

  place(key: string): string {
    return placeOf(this.at, key);
  }

  flag(key: string): boolean | null {
    const value = this.value(key);
    if (value === undefined) return null;
    if (typeof value === 'boolean') return value;
    mismatch(this.report, this.placed(key), 'true or false');
    return null;
  }

  /** Not empty, and without the NUL characters that no program or file can be given. */
  text(key: string): string | null {
    return this.value(key) === undefined ? null : textOf(this.placed(key), this.report);
  }

  oneOf<T extends string>(key: string, choices: readonly T[]): T | null {
    const value = this.value(key);
    if (value === undefined) return null;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    mismatch(this.report, this.placed(key), choices.map((choice) => `"${choice}"`).join(' or '));
    return null;
  }

  /** In milliseconds, such that a timer can wait for it. */
  durationMs(key: string): number | null {
    const { value, at } = this.placed(key);
    if (value === undefined) return null;
    const ms = timerMs(value);
    if (ms !== null) return ms;
    const parsed = parseDuration(value);
    const expected = parsed.ok ? 'a duration of at most 24 days' : parsed.error;
    this.report({ code: 'PIPE021', message: `expected ${expected}, found ${shown(value)}`, at });
    return null;
  }

  /** The items of an array. With `orOne`, anything else counts as a list of one. */
  list(key: string, expected: string, orOne: 'or one' | 'array only'): readonly Placed[] {
    const placed = this.placed(key);
    if (placed.value === undefined) return [];
    const items = itemsOf(placed.value);
    if (items.ok) return items.value.map((value, i) => ({ value, at: `${placed.at}[${i}]` }));
    if (orOne === 'or one') return [placed];
    mismatch(this.report, placed, expected);
    return [];
  }

  /** The texts of a list; wrong ones are reported and left out. */
  texts(key: string, expected: string, orOne: 'or one' | 'array only'): readonly PlacedText[] {
    return this.list(key, expected, orOne).flatMap((placed) => {
      const text = textOf(placed, this.report);
      return text === null ? [] : [{ text, at: placed.at }];
    });
  }
}

export function textOf(placed: Placed, report: Report): string | null {
  const { value } = placed;
  if (typeof value !== 'string') mismatch(report, placed, 'text');
  else if (value.trim() === '') mismatch(report, placed, 'text that is not empty');
  else if (value.includes('\0')) mismatch(report, placed, 'text without NUL characters');
  else return value;
  return null;
}

export function mismatch(report: Report, { value, at }: Placed, expected: string, hint?: string): void {
  const message = `expected ${expected}, found ${shown(value)}`;
  report({ code: 'PIPE011', message, at, ...(hint !== undefined && { hint }) });
}

/** Of what the section declares. */
export function reportBadName(
  section: Section,
  kind: 'stage' | 'pipeline' | 'pool' | 'service',
  name: string,
): void {
  const found = nameProblem(name);
  if (found === null) return;
  const { problem, ...hint } = found;
  const message = `the ${kind}'s name ${shown(name)} ${problem}`;
  section.report({ code: 'PIPE020', message, at: section.place(name), ...hint });
}
