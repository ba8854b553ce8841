// The reports: scales, wording, and data that must not become markup.

import { describe, expect, test } from 'vitest';
import { markdownReport } from '../../../examples/retrospective/report/markdown.ts';
import { el, escaped } from '../../../examples/retrospective/report/markup.ts';
import { seriesNamed, strategyNamed } from '../../../examples/retrospective/report/material.ts';
import { htmlPage } from '../../../examples/retrospective/report/page.ts';
import { linear, smoothed, ticks } from '../../../examples/retrospective/report/scale.ts';
import { figure, listed, numeral, roundFigure } from '../../../examples/retrospective/report/wording.ts';
import { material } from './fixtures.ts';

const HOSTILE = `<img src=x onerror="alert('1')"> & | \`*x*\``;

describe('markup', () => {
  test('escapes what could end a text or an attribute', () => {
    expect(escaped(`<a href="x" id='y'>&`)).toBe('&lt;a href=&quot;x&quot; id=&#39;y&#39;&gt;&amp;');
  });

  test('escapes attributes, rounds coordinates and leaves out what is undefined', () => {
    expect(el('rect', { title: '"', x: 1.2345, y: undefined })).toBe('<rect title="&quot;" x="1.2"/>');
    expect(el('p', {}, 'a', el('b', {}, 'c'))).toBe('<p>a<b>c</b></p>');
  });
});

describe('scales', () => {
  test('are linear, also downwards and for a single value', () => {
    expect(linear([0, 10], [100, 0])(2.5)).toBe(75);
    expect(linear([3, 3], [5, 9])(3)).toBe(5);
  });

  test('have round ticks from 0 to the highest value at most', () => {
    expect(ticks(34_000, 6)).toEqual([0, 10_000, 20_000, 30_000]);
    expect(ticks(1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0, 5)).toEqual([0]);
  });

  test('a smoothed constant stays constant, and a peak is lowered', () => {
    expect(smoothed([1, 2, 3], [4, 4, 4], 2)).toEqual([4, 4, 4]);
    expect(smoothed([1, 2, 3], [0, 9, 0], 1)[1]).toBeLessThan(9);
  });
});

test('numbers are written for readers', () => {
  expect([figure(33_982), figure(12.345), figure(99.95), figure(123.4)]).toEqual([
    '33,982',
    '12.3',
    '100',
    '123',
  ]);
  expect(roundFigure(1_788_743)).toBe('1.8 million');
  expect([numeral(3), numeral(40)]).toEqual(['IV', '41']);
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
});

describe('the page', () => {
  test('is one document that loads nothing', () => {
    const page = htmlPage(material());
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).not.toMatch(/<script|<link|<img|\bsrc=|@import|url\(|https?:/);
  });

  test('has no impossible coordinates', () => {
    expect(htmlPage(material())).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('shows hostile data as text', () => {
    const { measures, eras, strategies, ...rest } = material();
    const page = htmlPage({
      ...rest,
      measures: measures.map((m) => ({ ...m, president: HOSTILE })),
      eras: eras.map((era) => ({
        ...era,
        presidents: [HOSTILE],
        distinctive: [{ word: HOSTILE, count: 1, score: 1 }],
      })),
      strategies: strategies.map((strategy) => ({
        ...strategy,
        question: HOSTILE,
        finding: HOSTILE,
        series: strategy.series.map((series) => ({ ...series, label: HOSTILE, unit: HOSTILE })),
        tables: {
          nations: { unit: HOSTILE, columns: ['1790s'], rows: [{ label: HOSTILE, total: 1, values: [1] }] },
        },
      })),
    });
    expect(page).not.toContain('<img');
    expect(page).not.toContain('onerror="');
    expect(page).toContain('&lt;img src=x onerror=&quot;');
  });

  test('is the same for the same data', () => {
    expect(htmlPage(material())).toBe(htmlPage(material()));
  });
});

describe('the Markdown report', () => {
  test('has a table row for every era and a chapter for every strategy', () => {
    const report = markdownReport(material());
    expect(report).toContain('| I | 1790–1799 | 2 | A and B | war, hope |');
    expect(report.match(/^## .*$/gm)).toEqual([
      '## Findings',
      '## Eras',
      '## Length',
      '## Language',
      '## Subjects',
      '## Tone',
      '## Persons',
      '## References',
    ]);
  });

  test('shows hostile data as text', () => {
    const { eras, ...rest } = material();
    const report = markdownReport({ ...rest, eras: eras.map((era) => ({ ...era, presidents: [HOSTILE] })) });
    expect(report).toContain(String.raw`\<img src=x onerror="alert('1')"\> & \| `);
    expect(report).not.toContain(' <img');
  });
});

test('a report that asks for what the analysis lacks says so', () => {
  expect(() => strategyNamed(material(), 'weather')).toThrow('the analysis has no strategy "weather"');
  expect(() => seriesNamed(strategyNamed(material(), 'length'), 'x')).toThrow(
    'the strategy "length" has no series "x"',
  );
});
