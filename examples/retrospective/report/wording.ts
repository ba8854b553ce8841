// How numbers, years and eras are written in the reports.

import type { Era } from '../lib/repository.mjs';

const NUMERALS = [
  'I',
  'II',
  'III',
  'IV',
  'V',
  'VI',
  'VII',
  'VIII',
  'IX',
  'X',
  'XI',
  'XII',
  'XIII',
  'XIV',
  'XV',
];

/** `IV` for index 3; plain figures beyond XV. */
export function numeral(index: number): string {
  return NUMERALS[index] ?? String(index + 1);
}

export function years(era: Pick<Era, 'from' | 'to'>): string {
  return `${era.from}–${era.to}`;
}

/** `12,345`; one digit after the point where there is one and the number is small. */
export function figure(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 1 : 0 });
}

/** `1.8 million`, else as {@link figure}. */
export function roundFigure(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} million` : figure(value);
}

/** `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
