// Puts the nodes of a directed graph in order, the smallest number first wherever there is a choice.
import type { Successors } from './cycles.ts';

/** Kahn's algorithm. Nodes on a circle, and those behind one, are left out. */
export function topologicalOrder(successors: Successors): readonly number[] {
  const waitsFor = new Array<number>(successors.length).fill(0);
  for (const list of successors) for (const next of list) waitsFor[next]! += 1;
  const ready: number[] = [];
  for (const [node, count] of waitsFor.entries()) if (count === 0) push(ready, node);
  const order: number[] = [];
  for (let node = popSmallest(ready); node !== undefined; node = popSmallest(ready)) {
    order.push(node);
    for (const next of successors[node]!) {
      waitsFor[next]! -= 1;
      if (waitsFor[next] === 0) push(ready, next);
    }
  }
  return order;
}

/** `heap` is a binary heap: no entry is smaller than its parent, at half its place. */
function push(heap: number[], value: number): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

function popSmallest(heap: number[]): number | undefined {
  const smallest = heap[0];
  const last = heap.pop();
  if (smallest === undefined || last === undefined || heap.length === 0) return smallest;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child += 1;
    if (heap[child]! >= last) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return smallest;
}
