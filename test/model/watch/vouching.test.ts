// Whether a watch may answer for its files: each doubt by itself.
import { expect, test } from 'vitest';
import { type Doubt, doubtOf, type Grounds } from '../../../src/model/watch/vouching.ts';
import type { WatchInput } from '../../../src/model/watch/watch-orders.ts';
import { beginWatch, step, type WatchState } from '../../../src/model/watch/watch-state.ts';

const good: Grounds = {
  asksTheSame: true,
  seesTheSame: true,
  watchesAll: true,
  heardAll: true,
  allAreFresh: true,
};

function after(...inputs: readonly WatchInput[]): WatchState {
  return inputs.reduce((state, input) => step(state, input).state, beginWatch().state);
}

const restful: readonly WatchInput[] = [
  { kind: 'reloaded', config: 'valid', nowMs: 0 },
  { kind: 'run-ended', refused: false, nowMs: 0 },
  { kind: 'looked', hasWork: false, nowMs: 0 },
];
const heard: WatchInput = {
  kind: 'heard',
  paths: new Map([['/w/a', { gone: false }]]),
  ofCode: false,
  isCheckout: false,
  nowMs: 1,
};

test('at rest, where all that matters is watched and fresh, there is no doubt', () => {
  expect(doubtOf(after(...restful), good)).toBe(null);
});

test.each<[keyof Grounds, Doubt]>([
  ['asksTheSame', 'another-question'],
  ['seesTheSame', 'another-disk'],
  ['watchesAll', 'not-watched'],
  ['heardAll', 'too-much'],
  ['allAreFresh', 'not-fresh'],
])('without "%s" it doubts: %s', (ground, doubt) => {
  expect(doubtOf(after(...restful), { ...good, [ground]: false })).toBe(doubt);
});

test.each<[string, readonly WatchInput[]]>([
  ['nothing is loaded yet', []],
  ['the first run is at work', restful.slice(0, 1)],
  ['what a run left is being looked at', restful.slice(0, 2)],
  ['something was heard of a moment ago', [...restful, heard]],
  [
    'what was heard of is being looked at',
    [...restful, heard, { kind: 'woke', isCheckout: false, nowMs: 26 }],
  ],
  [
    'a run is at work',
    [
      ...restful,
      heard,
      { kind: 'woke', isCheckout: false, nowMs: 26 },
      { kind: 'looked', hasWork: true, nowMs: 27 },
    ],
  ],
  ['something may have been missed', [...restful, { kind: 'suspected', nowMs: 1 }]],
  [
    'the configuration is broken',
    [
      ...restful,
      { ...heard, ofCode: true },
      { kind: 'woke', isCheckout: false, nowMs: 26 },
      { kind: 'reloaded', config: 'broken', nowMs: 27 },
    ],
  ],
  ['it is about to end', [...restful, { kind: 'quit', exitCode: 0 }]],
  [
    'runs follow each other, and there is a pause before the next',
    [
      { kind: 'reloaded', config: 'valid', nowMs: 0 },
      ...Array.from({ length: 4 }, (): readonly WatchInput[] => [
        { kind: 'run-ended', refused: false, nowMs: 0 },
        { kind: 'looked', hasWork: true, nowMs: 0 },
      ]).flat(),
    ],
  ],
])('where %s, it is at work', (_, inputs) => {
  expect(doubtOf(after(...inputs), good)).toBe('at-work');
});
