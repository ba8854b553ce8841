// What a watch says at rest, on screens of several widths.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { createGlyphs } from '../../src/render/glyphs.ts';
import type { Look } from '../../src/render/look.ts';
import { createStyle } from '../../src/render/style.ts';
import { type Rest, restLines } from '../../src/render/watch-lines.ts';

const id = (name: string) => name as TaskId;

const rest: Rest = {
  pending: new Map([
    [id('review'), { kind: 'until-asked', why: 'manual', estimateMs: 125_000 }],
    [id('print it'), { kind: 'until-asked', why: 'manual', estimateMs: null }],
    [id('publish'), { kind: 'blocked', by: id('review') }],
    [id('report'), { kind: 'until-changed' }],
  ]),
  ...{ fresh: ['clean', 'stats', 'charts'].map(id), folders: 9, refused: null, hasKeys: true },
};

function look(columns: number | null): Look {
  return { style: createStyle(false), glyphs: createGlyphs(true), columns, nameWidth: 0 };
}

test('with keys, each line says what to press; where the screen is narrow, what matters less is left out', () => {
  expect(restLines(rest, look(100))).toEqual([
    '✓ clean  ✓ stats  ✓ charts',
    '○ review is pending: 1 runs it (took 2m 05s the last time)',
    '○ print it is pending: 2 runs it',
    '– publish waits for review',
    '✗ report failed: it runs again when something it requires changes, or on Enter',
    'all else is up to date, watching 9 folders · Enter runs, ? help, q quits',
  ]);
  expect(restLines(rest, look(54))).toEqual([
    '✓ clean  ✓ stats  ✓ charts',
    '○ review is pending: 1 runs it (took 2m 05s the last …',
    '○ print it is pending: 2 runs it',
    '– publish waits for review',
    '✗ report failed: it runs again when something it requ…',
    'all else is up to date · Enter runs, ? help, q quits',
  ]);
  const long = id('a-very-long-name-of-a-stage');
  const asked = { kind: 'until-asked', why: 'failed', estimateMs: 125_000 } as const;
  expect(restLines({ ...rest, pending: new Map([[long, asked]]) }, look(24)).slice(-4)).toEqual([
    '✗ 1 runs a-very-long-na…',
    'all else is up to date ·',
    'Enter runs, ? help, q',
    'quits',
  ]);
});

test('of what the system refused it says that it goes along with what runs next', () => {
  const pending = new Map([[id('report'), { kind: 'until-changed', goesAlong: true } as const]]);
  expect(restLines({ ...rest, pending, fresh: [] }, look(null))[0]).toBe(
    '✗ report failed: it runs again with whatever runs next, or on Enter',
  );
});

test('items are counted by their stage, one alone has its name; of very many stages there is a number', () => {
  const freshLine = (...names: readonly string[]) =>
    restLines({ ...rest, pending: new Map(), fresh: names.map(id) }, look(40)).slice(0, -1);
  const items = Array.from({ length: 5000 }, (_, i) => `page:in/${i}.md`);
  expect(freshLine('clean', ...items, 'toc:a b', 'all')).toEqual([
    '✓ clean  ✓ page 5000 items  ✓ toc:a b',
    '✓ all',
  ]);
  expect(freshLine(...items, ...Array.from({ length: 40 }, (_, i) => `s${i}`))).toEqual([
    '✓ 5040 tasks fresh',
  ]);
});

test('what has failed on request, what a budget has stopped, and by which key, says so', () => {
  const names = ['bad', 'poor', ...Array.from({ length: 8 }, (_, i) => `m${i}`)];
  const pending = new Map(
    names.map((name) => {
      const why = name === 'bad' ? 'failed' : name === 'poor' ? 'budget' : 'manual';
      return [id(name), { kind: 'until-asked', why, estimateMs: null } as const];
    }),
  );
  const lines = restLines({ ...rest, pending }, look(100));
  expect(lines.slice(1, 4)).toEqual([
    '✗ bad failed and is pending: 1 runs it',
    '○ poor is pending, as the budget was spent: 2 runs it',
    '○ m0 is pending: 3 runs it',
  ]);
  expect(lines.slice(-3, -1)).toEqual(['○ m6 is pending: 9 runs it', '○ m7 is pending: f m7 runs it']);
});

test('without, the command line that does it, with what this watch was given', () => {
  expect(
    restLines(
      { ...rest, hasKeys: false },
      { ...look(null), goOnFlags: { build: ' -p level=4', accept: '' } },
    ),
  ).toEqual([
    '○ review is pending: pipe build review -p level=4 runs it (took 2m 05s the last time)',
    "○ print it is pending: pipe build 'print it' -p level=4 runs it",
    '– publish waits for review',
    '✗ report failed: it runs again when something it requires changes',
    'all else is up to date, watching 9 folders',
  ]);
});

test('where a person has edited what is protected, it waits for them, and says what they may type', () => {
  const pending = new Map([
    [id('report'), { kind: 'until-decided', edited: ['out/a b.md', 'out/c.md'] } as const],
  ]);
  const flags = { build: ' -p level=4', accept: ' -p level=4' };
  expect(restLines({ ...rest, fresh: [], pending }, { ...look(60), goOnFlags: flags }).slice(0, -1)).toEqual([
    '○ report waits for your word on out/a b.md and 1 more, prot…',
    `  keep it  pipe accept 'out/a b.md' out/c.md -p level=4 --reason "…"`,
    '  rebuild  pipe build report -p level=4 --force',
  ]);
});

test('why nothing can be built stands there, in full, as long as it is so', () => {
  const refused = ['stage "one" requires in.txt, which is not there', 'second', 'third', 'fourth', 'fifth'];
  const lines = restLines({ ...rest, pending: new Map(), fresh: [], refused, hasKeys: false }, look(40));
  expect(lines).toEqual([
    '✗ stage "one" requires in.txt, which is',
    '  not there',
    '✗ second',
    '✗ third',
    '… and 2 more',
    'nothing can be built as it is',
  ]);
});
