// Which numbers of a JSON text are read as others than are written: too long for a number of JavaScript, or too large.
import { isMisread } from '../base/written-number.ts';
import type { MisreadNumber } from '../model/items/records.ts';

const suspect = /\d{16}|[eE]\+?\d{3}/;
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/** Of each that is read the first that is written so. */
export function misreadNumbers(json: string): readonly MisreadNumber[] {
  if (!suspect.test(json)) return [];
  const found = new Map<number, MisreadNumber>();
  let line = 1;
  let counted = 0;
  for (const { 0: written, index } of json.matchAll(stringOrNumber)) {
    if (written.startsWith('"') || !isMisread(written)) continue;
    for (; counted < index; counted += 1) if (json[counted] === '\n') line += 1;
    const value = Number(written);
    if (!found.has(value)) found.set(value, { value, written, line });
  }
  return [...found.values()];
}
