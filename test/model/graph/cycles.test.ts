import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cyclesIn, type Successors } from '../../../src/model/graph/cycles.ts';
import { topologicalOrder } from '../../../src/model/graph/topological-order.ts';

const graphs = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const node = fc.integer({ min: 0, max: count - 1 });
  return fc.array(fc.uniqueArray(node, { maxLength: 3 }), { minLength: count, maxLength: count });
});

/** By the definition: what can be reached with at least one step. */
function reachable(successors: Successors): readonly ReadonlySet<number>[] {
  return successors.map((first) => {
    const seen = new Set(first);
    for (const node of seen) for (const next of successors[node]!) seen.add(next);
    return seen;
  });
}

test('a graph without circles has none', () => {
  expect(cyclesIn([[1, 2], [2], []])).toEqual([]);
});

test('a node that leads to itself is a circle', () => {
  expect(cyclesIn([[0], []])).toEqual([[0]]);
});

test('every knot is reported once, by a shortest circle through its first node', () => {
  // 0 -> 1 -> 2 -> 0 with the short cut 1 -> 0, and apart from it 3 <-> 4.
  expect(cyclesIn([[1], [2, 0], [0], [4], [3]])).toEqual([
    [0, 1],
    [3, 4],
  ]);
});

test('in any graph the circles are real, shortest, and one for each knot', () => {
  fc.assert(
    fc.property(graphs, (successors) => {
      const cycles = cyclesIn(successors);
      for (const cycle of cycles) {
        for (const [i, node] of cycle.entries()) {
          expect(successors[node]).toContain(cycle[(i + 1) % cycle.length]);
        }
        expect(new Set(cycle).size).toBe(cycle.length);
        expect(cycle.length).toBe(shortestCircle(cycle[0]!, successors));
      }
      const reach = reachable(successors);
      const knots = successors.flatMap((_, node) => {
        if (!reach[node]!.has(node)) return [];
        return [successors.findIndex((_, other) => reach[node]!.has(other) && reach[other]!.has(node))];
      });
      expect(cycles.map((cycle) => cycle[0])).toEqual([...new Set(knots)].sort((a, b) => a - b));
    }),
  );
});

function shortestCircle(start: number, successors: Successors): number {
  let front = new Set([start]);
  for (let steps = 1; ; steps += 1) {
    front = new Set([...front].flatMap((node) => successors[node]!));
    if (front.has(start)) return steps;
  }
}

test('the order takes the smallest node that waits for nothing, and leaves out circles', () => {
  fc.assert(
    fc.property(graphs, (successors) => {
      const expected: number[] = [];
      const left = new Set(successors.keys());
      for (;;) {
        const next = [...left].find((node) => ![...left].some((other) => successors[other]!.includes(node)));
        if (next === undefined) break;
        left.delete(next);
        expected.push(next);
      }
      expect(topologicalOrder(successors)).toEqual(expected);
    }),
  );
});

test('a circle of 100,000 nodes does not exhaust the stack', () => {
  const count = 100_000;
  const circle = Array.from({ length: count }, (_, i) => [(i + 1) % count]);
  expect(cyclesIn(circle)[0]).toHaveLength(count);
  expect(topologicalOrder(circle)).toEqual([]);
});
