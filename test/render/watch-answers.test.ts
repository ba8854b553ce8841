// What a watch answers to keys, on screens of several sizes.
import { expect, test } from 'vitest';
import { createGlyphs } from '../../src/render/glyphs.ts';
import type { Look } from '../../src/render/look.ts';
import { createStyle } from '../../src/render/style.ts';
import { graphLines, helpLines, logLines, promptLine } from '../../src/render/watch-answers.ts';

function look(columns: number | null): Look {
  return { style: createStyle(false), glyphs: createGlyphs(true), columns, nameWidth: 0 };
}

const stages = [
  { name: 'clean', before: [] },
  { name: 'statistics', before: ['clean'] },
  { name: 'report', before: ['clean', 'statistics'] },
];

test('the graph: the stages in their order, each with those that it needs, cut where the screen ends', () => {
  expect(graphLines(stages, look(80))).toEqual([
    '  clean',
    '  statistics after clean',
    '  report     after clean, statistics',
  ]);
  expect(graphLines(stages, look(24))).toEqual([
    '  clean',
    '  statistics after clean',
    '  report     after clea…',
  ]);
  expect(graphLines([], look(80))).toEqual([]);
});

test('the log: its end, as much as the screen holds, with where it is', () => {
  const text = Array.from({ length: 30 }, (_, i) => `line ${i}\n`).join('');
  const lines = logLines({ path: 'logs/one.log', text }, look(80), 12);
  expect([lines[0], lines[1], lines.at(-1), lines.length]).toEqual([
    ...['logs/one.log', '│ line 22', '│ line 29', 9],
  ]);
  expect(logLines({ path: 'logs/one.log', text }, look(80), 2)).toHaveLength(6);
  expect(logLines({ path: 'logs/one.log', text: '' }, look(80), 12)).toEqual(['logs/one.log', '(empty)']);
  expect(logLines(null, look(80), 12)).toEqual(['nothing has been logged yet']);
});

test('the help names every key, and fits', () => {
  for (const columns of [24, 40, 100]) {
    const lines = helpLines(look(columns));
    const keys = lines.map((line) => line.slice(2, 9).trim()).filter((key) => key !== '');
    expect(keys).toEqual(['Enter', '1-9', 'r', 'f', 'l', 'g', 'c', 'q']);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    expect(lines.map((line) => line.slice(9)).join(' ')).toContain('fresh: type its name');
  }
});

test('the help tells what else quits', () => {
  expect(helpLines(look(80)).at(-1)).toContain('quit; Ctrl-D does so too');
});

test('what a person types is shown without what could move the cursor', () => {
  expect(promptLine('st\u001b[2J')).not.toContain('\u001b');
  expect(promptLine('st')).toBe('which stage? st');
});
