// Whom a change concerns: those that looked at what changed, those that were not fresh, and all that follows from them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concernedBy, includeSome, runsOf, type Sights, someOf } from '../../src/glance/sights.ts';

const sight = (task: string, paths: readonly number[], isFresh = true) => ({
  task,
  isFresh,
  savedMs: 1,
  recordAt: null,
  paths: runsOf(paths),
});

/** a → b → d, c alone; path 3 is looked at by b and c. */
const sights: Sights = {
  common: [0, 1],
  tasks: [sight('a', [1, 2]), sight('b', [3]), sight('c', [3, 4]), sight('d', [5])],
  junctions: [],
  edges: [
    [0, 1],
    [1, 3],
  ],
};
const told = (found: ReturnType<typeof concernedBy>) =>
  found === null ? null : { again: [...found.again].sort(), before: [...found.before].sort() };

test('a change concerns those that looked at it and what follows from them; those before are named', () => {
  expect(told(concernedBy(sights, [5]))).toEqual({ again: ['d'], before: ['b'] });
  expect(told(concernedBy(sights, [3]))).toEqual({ again: ['b', 'c', 'd'], before: ['a'] });
  expect(told(concernedBy(sights, [1]))).toEqual({ again: ['a', 'b', 'd'], before: [] });
  expect(told(concernedBy(sights, []))).toEqual({ again: [], before: [] });
});

test('an item concerns what follows from all items of its stage; the others are as they were', () => {
  const items: Sights = {
    ...sights,
    tasks: [sight('make', [1]), sight('up:1', [2]), sight('up:2', [3]), sight('all', [4]), sight('up:', [5])],
    edges: [
      [0, 4],
      [4, 3],
    ],
  };
  expect(told(concernedBy(items, [2]))).toEqual({ again: ['all', 'up:1'], before: ['make'] });
  expect(told(concernedBy(items, [5]))).toEqual({ again: ['all', 'up:'], before: ['make'] });
  expect(told(concernedBy(items, [1]))).toEqual({ again: ['all', 'make', 'up:'], before: [] });
  expect(told(concernedBy(items, [4]))).toEqual({ again: ['all'], before: ['up:'] });
});

test('what concerns all leaves nobody out', () => {
  expect(concernedBy(sights, [0])).toBeNull();
  expect(concernedBy(sights, [5, 0])).toBeNull();
  const both = { ...sights, tasks: [sight('a', [0, 1])], edges: [] };
  expect(concernedBy(both, [0])).toBeNull();
});

test('who was not fresh is concerned whatever changed', () => {
  const open = { ...sights, tasks: [...sights.tasks.slice(0, 2), sight('c', [], false), sights.tasks[3]!] };
  expect(told(concernedBy(open, []))).toEqual({ again: ['c'], before: [] });
});

test('runs hold exactly the positions that they are made of', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 40 })), (positions) => {
      const held: number[] = [];
      someOf(runsOf(positions), (position) => {
        held.push(position);
        return false;
      });
      expect(held).toEqual([...new Set(positions)].sort((a, b) => a - b));
    }),
  );
});

test('whether runs hold one of some positions, be they few or many', () => {
  const positions = fc.array(fc.nat(30), { maxLength: 20 });
  fc.assert(
    fc.property(positions, positions, (some, others) => {
      const holds = includeSome(runsOf(some), { each: others, all: new Set(others) });
      expect(holds).toBe(some.some((position) => others.includes(position)));
    }),
  );
});
