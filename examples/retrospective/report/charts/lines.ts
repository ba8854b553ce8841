// A few measures against each other over time, each line named at its end.

import type { Era, Measures, Series } from '../../lib/repository.mjs';
import { el, escaped } from '../markup.ts';
import { linear, smoothed, ticks } from '../scale.ts';
import { figure } from '../wording.ts';
import { eraBands, type Frame, svg, through, valueGrid, yearAxis, yearScale } from './frame.ts';

const SMOOTHING_YEARS = 3;
const LABEL_GAP = 17;

export function lines(
  series: readonly Series[],
  measures: readonly Measures[],
  eras: readonly Era[],
  narrow: boolean,
): string {
  const frame: Frame = narrow
    ? { width: 380, height: 280, top: 34, right: 52, bottom: 26, left: 34 }
    : { width: 1000, height: 340, top: 38, right: 70, bottom: 28, left: 44 };
  const yearsOf = measures.map(({ year }) => year);
  const curves = series.map(({ values }) => smoothed(yearsOf, values, SMOOTHING_YEARS));
  const top = Math.max(...curves.flat()) * 1.08;
  const x = yearScale(eras, frame);
  const y = linear([0, top], [frame.height - frame.bottom, frame.top]);
  const labelYs = apart(curves.map((curve) => y(curve.at(-1)!)));

  return svg(
    frame,
    `chart ${narrow ? 'narrow' : 'wide'}`,
    `${series.map(({ label, byEra }) => `${label}: ${byEra[0]} to ${byEra.at(-1)}`).join('; ')}, ${series[0]!.unit}`,
    eraBands(eras, x, frame, true),
    valueGrid(ticks(top, 5), y, frame, figure),
    ...curves.map((curve, i) =>
      el('path', {
        class: `line c${i + 1}`,
        d: through(curve.map((value, at) => [x(yearsOf[at]!), y(value)])),
      }),
    ),
    ...series.map(({ label }, i) =>
      el(
        'text',
        { class: `end c${i + 1}`, x: frame.width - frame.right + 8, y: labelYs[i]! + 5 },
        escaped(label),
      ),
    ),
    yearAxis(narrow ? [1800, 1850, 1900, 1950, 2000] : [1800, 1840, 1880, 1920, 1960, 2000], x, frame),
  );
}

/** Moves labels down until none overlaps the one above it. */
function apart(ys: readonly number[]): number[] {
  const order = ys.map((_, i) => i).sort((a, b) => ys[a]! - ys[b]!);
  const placed = [...ys];
  for (let i = 1; i < order.length; i++) {
    placed[order[i]!] = Math.max(placed[order[i]!]!, placed[order[i - 1]!]! + LABEL_GAP);
  }
  return placed;
}
