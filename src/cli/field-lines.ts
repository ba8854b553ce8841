// Named fields one below the other, their values in a column of their own.
import { padEnd, widthOf, wrapWords } from '../render/fit.ts';
import type { Look } from '../render/look.ts';

/** A name and the lines of its value; without lines the field is left out. */
export type Field = readonly [name: string, value: readonly string[]];

/** Lines that are too wide go on in the next one, below the value. */
export function fieldLines(fields: readonly Field[], { columns, style }: Look): readonly string[] {
  const shown = fields.filter(([, value]) => value.length > 0);
  const width = Math.max(0, ...shown.map(([name]) => widthOf(name))) + 2;
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - width);
  return shown.flatMap(([name, value]) =>
    value
      .flatMap((line) => wrapWords(line, room))
      .map((line, i) => `${style.dim(padEnd(i === 0 ? name : '', width))}${line}`),
  );
}
