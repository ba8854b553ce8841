// Names by decade as a real table: it reads aloud, it fits a phone, and its colours make a picture.

import type { StrategyTable } from '../../lib/repository.mjs';
import { el, escaped } from '../markup.ts';

/** Rows in the order of their strongest decade, so that attention is seen to travel. */
export function heatMap(table: StrategyTable, caption: string): string {
  const most = Math.max(...table.rows.flatMap((row) => row.values));
  const rows = [...table.rows].sort(
    (a, b) => centre(a.values) - centre(b.values) || (a.label < b.label ? -1 : 1),
  );

  const head = table.columns.map((decade, i) =>
    el(
      'th',
      { scope: 'col', 'aria-label': decade },
      i % 5 === 1 ? el('span', {}, escaped(decade.slice(0, 4))) : '',
    ),
  );
  const body = rows.map((row) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, escaped(row.label)),
      ...row.values.map((value, i) =>
        el(
          'td',
          { style: `--v:${shade(value, most)}`, title: `${row.label}, ${table.columns[i]}: ${value}` },
          el('span', {}, String(value)),
        ),
      ),
    ),
  );
  return el(
    'table',
    { class: 'heat' },
    el('caption', {}, escaped(caption)),
    el('thead', {}, el('tr', {}, el('td', {}, ''), ...head)),
    el('tbody', {}, ...body),
  );
}

/** 0 to 100. By the square root: one great war must not turn all other attention white. */
function shade(value: number, most: number): number {
  return value === 0 || most === 0 ? 0 : Math.round(12 + 88 * Math.sqrt(value / most));
}

/** The mean decade, weighted by squares so that the strongest one decides. */
function centre(values: readonly number[]): number {
  let sum = 0;
  let weights = 0;
  values.forEach((value, i) => {
    sum += value * value * i;
    weights += value * value;
  });
  return weights === 0 ? 0 : sum / weights;
}
