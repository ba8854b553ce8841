// What all charts over time share: the years below, the eras behind, the grid.

import type { Era } from '../../lib/repository.mjs';
import { el, short } from '../markup.ts';
import { linear, type Scale } from '../scale.ts';
import { numeral, years } from '../wording.ts';

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

/** Years to x. Half a year of air on both sides, so that the first and last bars are whole. */
export function yearScale(eras: readonly Era[], frame: Frame): Scale {
  return linear([eras[0]!.from - 1, eras.at(-1)!.to + 1], [frame.left, frame.width - frame.right]);
}

/** Alternating bands, with numerals above them where there is room. */
export function eraBands(eras: readonly Era[], x: Scale, frame: Frame, withNumerals: boolean): string {
  return eras
    .map((era, index) => {
      // Two eras may share a year in which two presidents spoke: the border is in its middle.
      const from = index === 0 ? x(era.from - 1) : x((eras[index - 1]!.to + era.from) / 2);
      const to = index === eras.length - 1 ? x(era.to + 1) : x((era.to + eras[index + 1]!.from) / 2);
      const band = el('rect', {
        class: index % 2 === 0 ? 'band' : 'band odd',
        x: from,
        y: frame.top,
        width: to - from,
        height: frame.height - frame.top - frame.bottom,
      });
      if (!withNumerals) return band;
      const label = el('text', { class: 'numeral', x: (from + to) / 2, y: frame.top - 8 }, numeral(index));
      return band + el('g', {}, el('title', {}, `Era ${numeral(index)}: ${years(era)}`), label);
    })
    .join('');
}

export function yearAxis(marks: readonly number[], x: Scale, frame: Frame): string {
  const y = frame.height - frame.bottom;
  const line = el('path', { class: 'axis', d: `M${frame.left},${y}H${frame.width - frame.right}` });
  const labels = marks.map((year) => el('text', { class: 'year', x: x(year), y: y + 17 }, String(year)));
  return line + labels.join('');
}

export function valueGrid(
  values: readonly number[],
  y: Scale,
  frame: Frame,
  write: (value: number) => string,
): string {
  return values
    .map((value) => {
      const line = el('path', {
        class: 'grid',
        d: `M${frame.left},${short(y(value))}H${frame.width - frame.right}`,
      });
      const label = el('text', { class: 'value', x: frame.left - 8, y: y(value) + 4 }, write(value));
      return value === 0 ? label : line + label;
    })
    .join('');
}

/** A line through points, as path data. */
export function through(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${short(x)},${short(y)}`).join('');
}

export function svg(frame: Frame, className: string, label: string, ...children: string[]): string {
  const viewBox = `0 0 ${frame.width} ${frame.height}`;
  return el('svg', { class: className, viewBox, role: 'img', 'aria-label': label }, ...children);
}
