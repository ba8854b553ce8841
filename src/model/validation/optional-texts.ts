// What stands in `optional('…')`: patterns that may match nothing, secrets that may be unset.
import { mismatch, type Placed, type Report, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';

/** Each with its place, not yet known to be text. Anything but `optional(…)` is reported, as not what is `expected`. */
export function optionalTexts(
  placed: Placed,
  report: Report,
  { expected, of }: { readonly expected: string; readonly of: 'pattern' | 'document' | 'variable' },
): readonly Placed[] {
  const section = Section.open(placed, report, { expected });
  if (section === null) return [];
  if (section.value('kind') !== 'optional') {
    mismatch(report, placed, expected);
    return [];
  }
  reportUnknownFields(section, ['kind', 'patterns']);
  const texts = section.list('patterns', `an array of ${of}s`, 'array only');
  if (texts.length === 0) {
    report({ code: 'PIPE012', message: `optional('…') names no ${of}`, at: placed.at });
  }
  return texts;
}
