// One measure over time, small: every address a dot, a smoothed line to follow, the peak named.

import type { Era, Measures, Series } from '../../lib/repository.mjs';
import { el, escaped, short } from '../markup.ts';
import { linear, smoothed } from '../scale.ts';
import { figure } from '../wording.ts';
import { eraBands, type Frame, svg, through, yearAxis, yearScale } from './frame.ts';

const FRAME: Frame = { width: 300, height: 150, top: 14, right: 6, bottom: 22, left: 6 };

// About a presidency of eight years between the curve's shoulders.
const SMOOTHING_YEARS = 4;

export interface PanelOptions {
  /** Start the scale at the lowest value instead of 0: for measures where 0 cannot occur. */
  readonly fromLowest?: boolean;
  /** Panels that are compared share their highest value. */
  readonly sharedWith?: readonly Series[];
}

export function panel(
  series: Series,
  measures: readonly Measures[],
  eras: readonly Era[],
  options: PanelOptions = {},
): string {
  const yearsOf = measures.map(({ year }) => year);
  const line = smoothed(yearsOf, series.values, SMOOTHING_YEARS);
  const compared = [series, ...(options.sharedWith ?? [])];
  const top = Math.max(
    ...compared.map(({ values }) => ceiling(values, smoothed(yearsOf, values, SMOOTHING_YEARS))),
  );
  const bottom = options.fromLowest ? Math.min(...series.values) * 0.97 : 0;
  const floor = FRAME.height - FRAME.bottom;
  const x = yearScale(eras, FRAME);
  const y = linear([bottom, top], [floor, FRAME.top]);
  const points = line.map((value, i) => [x(yearsOf[i]!), y(value)] as const);
  const peak = line.indexOf(Math.max(...line));
  const above = y(line[peak]!) - 9;
  const peakX = x(yearsOf[peak]!);

  const chart = svg(
    FRAME,
    'panel',
    `${series.label}, ${series.unit}: from ${series.byEra[0]} in the first era to ${series.byEra.at(-1)} in the last`,
    eraBands(eras, x, FRAME, false),
    el('path', { class: 'dots', d: dots(series.values, yearsOf, x, y, top) }),
    el('path', { class: 'area', d: `${through(points)}V${floor}H${short(points[0]![0])}z` }),
    el('path', { class: 'line', d: through(points) }),
    yearAxis([1800, 1900, 2000], x, FRAME),
    el('circle', { class: 'peak', cx: peakX, cy: y(line[peak]!), r: 3.5 }),
    el(
      'text',
      { class: 'note', x: peakX, y: Math.max(above, 14), 'text-anchor': anchorAt(peakX) },
      `${figure(rounded(line[peak]!))} around ${yearsOf[peak]}`,
    ),
  );
  const heading = el('figcaption', {}, el('b', {}, escaped(series.label)), ` ${escaped(series.unit)}`);
  return el('figure', { class: 'small' }, heading, chart);
}

/** High enough for the line and for nearly all dots: a single outlier must not flatten two centuries. */
function ceiling(values: readonly number[], line: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const most = sorted[Math.floor((sorted.length - 1) * 0.98)]!;
  return Math.max(most, Math.max(...line) * 1.22, 1e-9);
}

// Dots as strokes of no length with round ends: one element instead of hundreds.
function dots(
  values: readonly number[],
  yearsOf: readonly number[],
  x: (n: number) => number,
  y: (n: number) => number,
  top: number,
): string {
  return values.map((value, i) => `M${short(x(yearsOf[i]!))},${short(y(Math.min(value, top)))}h0`).join('');
}

function anchorAt(x: number): 'start' | 'middle' | 'end' {
  if (x < 70) return 'start';
  return x > FRAME.width - 70 ? 'end' : 'middle';
}

// A smoothed value has no tenths worth reading.
function rounded(value: number): number {
  return value >= 10 ? Math.round(value) : value;
}
