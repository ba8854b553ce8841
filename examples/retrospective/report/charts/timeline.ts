// The length of every address, one bar each: sent or spoken, era by era.

import type { Era, Measures } from '../../lib/repository.mjs';
import { el, escaped, short } from '../markup.ts';
import { linear, ticks } from '../scale.ts';
import { figure } from '../wording.ts';
import { eraBands, type Frame, svg, valueGrid, yearAxis, yearScale } from './frame.ts';

type Place = (value: number) => number;

interface Note {
  readonly year: number;
  readonly text: readonly string[];
}

// Turning points that the bars show but do not explain.
const NOTES: readonly Note[] = [
  { year: 1801, text: ['Jefferson sends', 'it in writing'] },
  { year: 1913, text: ['Wilson speaks', 'in person again'] },
];

export function timeline(measures: readonly Measures[], eras: readonly Era[], narrow: boolean): string {
  const frame: Frame = narrow
    ? { width: 380, height: 300, top: 40, right: 4, bottom: 26, left: 30 }
    : { width: 1000, height: 400, top: 44, right: 8, bottom: 28, left: 44 };
  const longest = measures.reduce((a, b) => (b.words > a.words ? b : a));
  const x = yearScale(eras, frame);
  const y = linear([0, longest.words * 1.04], [frame.height - frame.bottom, frame.top]);
  const thousands = (value: number) => (value === 0 ? '0' : `${figure(value / 1000)}k`);

  return svg(
    frame,
    `chart ${narrow ? 'narrow' : 'wide'}`,
    `Words in each address, ${eras[0]!.from} to ${eras.at(-1)!.to}. The longest: ${longest.president}, ${longest.year}.`,
    eraBands(eras, x, frame, true),
    valueGrid(ticks(longest.words, narrow ? 4 : 6), y, frame, thousands),
    bars(measures, x, y, narrow),
    yearAxis(
      narrow
        ? [1800, 1850, 1900, 1950, 2000]
        : [1800, 1820, 1840, 1860, 1880, 1900, 1920, 1940, 1960, 1980, 2000, 2020],
      x,
      frame,
    ),
    ...(narrow ? [] : NOTES.map((note) => noteAt(note, x, y, frame))),
    callout(longest, x, y, frame, narrow),
  );
}

function bars(measures: readonly Measures[], x: Place, y: Place, narrow: boolean): string {
  const width = (x(1) - x(0)) * (narrow ? 0.84 : 0.72);
  const seen = new Map<number, number>();
  for (const { year } of measures) seen.set(year, (seen.get(year) ?? 0) + 1);
  const drawn = new Set<number>();

  return measures
    .map((m) => {
      // Two addresses in one year share its place: the outgoing president left, the incoming one right.
      const halves = seen.get(m.year)!;
      const half = width / halves;
      const left = x(m.year) - width / 2 + (drawn.has(m.year) ? half : 0);
      drawn.add(m.year);
      const title = el(
        'title',
        {},
        escaped(`${m.president}, ${m.year}: ${figure(m.words)} words, ${m.delivery}`),
      );
      const d = `M${short(left)},${short(y(0))}V${short(y(m.words))}h${(Math.round(half * 100) / 100).toString()}V${short(y(0))}z`;
      return el('path', { class: m.delivery, d }, title);
    })
    .join('');
}

function callout(longest: Measures, x: Place, y: Place, frame: Frame, narrow: boolean): string {
  const surname = longest.president.split(' ').at(-1)!;
  const lines = narrow
    ? [`${surname}, ${longest.year}:`, `${figure(longest.words)}`]
    : [`${longest.president}, ${longest.year}:`, `${figure(longest.words)} words, ${longest.delivery}`];
  // On the right, if it fits there.
  const right = frame.width - x(longest.year) > 160;
  const at = x(longest.year) + (right ? 8 : -8);
  const place = { x: at, y: y(longest.words) + 10, class: 'note', 'text-anchor': right ? 'start' : 'end' };
  return el('text', place, ...tspans(lines.map(escaped), at));
}

function noteAt(note: Note, x: Place, y: Place, frame: Frame): string {
  const foot = y(0);
  const head = frame.top + 22;
  const textX = x(note.year) + 6;
  return (
    el('path', { class: 'leader', d: `M${short(x(note.year))},${short(head - 12)}V${short(foot)}` }) +
    el('text', { class: 'note', x: textX, y: head }, ...tspans(note.text, textX))
  );
}

function tspans(lines: readonly string[], x: number): string[] {
  return lines.map((line, i) => el('tspan', { x, dy: i === 0 ? 0 : 15 }, line));
}
