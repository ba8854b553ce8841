// Finds circles in a directed graph of numbers. Never recursive: a chain may be as long as memory allows.

/** `successors[n]` are the nodes that `n` leads to. */
export type Successors = readonly (readonly number[])[];

/**
 * One shortest circle for every group of nodes that can all reach each other, through the group's
 * smallest node and beginning with it. Ordered by that node. A node that leads to itself counts.
 */
export function cyclesIn(successors: Successors): readonly (readonly number[])[] {
  const cycles: (readonly number[])[] = [];
  for (const component of components(successors)) {
    const first = component.reduce((a, b) => Math.min(a, b));
    if (component.length === 1 && !successors[first]!.includes(first)) continue;
    cycles.push(shortestWayBack(first, new Set(component), successors));
  }
  return cycles.sort((a, b) => a[0]! - b[0]!);
}

/** Breadth first from `start` until an edge leads back to it; stays within `allowed`. */
function shortestWayBack(start: number, allowed: ReadonlySet<number>, successors: Successors) {
  const cameFrom = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const next of successors[node]!) {
      if (next === start) return pathTo(node, cameFrom);
      if (!allowed.has(next) || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  throw new Error('a strongly connected component without a cycle');
}

function pathTo(end: number, cameFrom: ReadonlyMap<number, number>): readonly number[] {
  const path: number[] = [];
  for (let node: number | undefined = end; node !== undefined; node = cameFrom.get(node)) path.push(node);
  return path.reverse();
}

/** Tarjan's strongly connected components, with the call stack as a list of (node, next edge). */
function components(successors: Successors): readonly (readonly number[])[] {
  const found: number[][] = [];
  const order = new Array<number>(successors.length).fill(-1);
  const low = [...order];
  const isOpen = new Array<boolean>(successors.length).fill(false);
  const open: number[] = [];
  let count = 0;
  for (let root = 0; root < successors.length; root += 1) {
    if (order[root] !== -1) continue;
    const calls: { readonly node: number; edge: number }[] = [];
    const enter = (node: number) => {
      order[node] = count;
      low[node] = count;
      count += 1;
      open.push(node);
      isOpen[node] = true;
      calls.push({ node, edge: 0 });
    };
    enter(root);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { node } = call;
      const next = successors[node]![call.edge];
      call.edge += 1;
      if (next !== undefined) {
        if (order[next] === -1) enter(next);
        else if (isOpen[next]) low[node] = Math.min(low[node]!, order[next]!);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller !== undefined) low[caller.node] = Math.min(low[caller.node]!, low[node]!);
      if (low[node] !== order[node]) continue;
      const component = open.splice(open.lastIndexOf(node));
      for (const member of component) isOpen[member] = false;
      found.push(component);
    }
  }
  return found;
}
