// Targets and flags → stages.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { type SelectionRequest, select, selectEverything } from '../../src/model/selection.ts';
import { unknownTarget } from '../../src/model/unknown-target.ts';
import { accepted } from './validation/sample-config.ts';

function selecting(stages: Readonly<Record<string, object>>, more: object = {}) {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
  const pipeline = accepted({ ...more, stages: Object.fromEntries(named) });
  const graph = buildGraph(pipeline);
  if (!graph.ok) throw new Error('bad sample');
  return (request: Partial<SelectionRequest>) =>
    select(graph.value, pipeline, { ...selectEverything, ...request }, (typed) =>
      typed.startsWith('..') ? null : (typed.replace(/^\.\//, '') as FilePath),
    );
}

const sample = selecting(
  {
    a: { produces: 'a.txt' },
    b: { requires: 'a.txt', produces: ['b.txt', 'b/'] },
    c: { requires: 'b.txt', produces: 'c.txt' },
    d: { requires: 'a.txt', produces: 'd.txt' },
    lone: {},
  },
  { pipelines: { both: ['c', 'd'] } },
);

function names(request: Partial<SelectionRequest>): readonly string[] {
  const selected = sample(request);
  if (!selected.ok) throw new Error(selected.error.map((one) => one.message).join());
  return selected.value.stages.map((stage) => stage.name);
}

function codes(request: Partial<SelectionRequest>): readonly string[] {
  const selected = sample(request);
  return selected.ok ? [] : selected.error.map((one) => `${one.code} ${one.at}`);
}

test.each<readonly [Partial<SelectionRequest>, readonly string[]]>([
  [{}, ['a', 'b', 'c', 'd', 'lone']],
  [{ targets: ['c'] }, ['a', 'b', 'c']],
  [{ targets: ['both'] }, ['a', 'b', 'c', 'd']],
  [{ targets: ['./b/deep/x'] }, ['a', 'b']],
  [{ from: ['b'] }, ['b', 'c']],
  [{ from: ['b', 'lone'] }, ['b', 'c', 'lone']],
  [{ from: ['b'], to: ['b'] }, ['b']],
  [{ to: ['b', 'd'] }, ['a', 'b', 'd']],
  [{ targets: ['both'], from: ['b'] }, ['b', 'c']],
  [{ only: ['c', 'a'] }, ['a', 'c']],
  [{ only: ['both'], skip: ['d'] }, ['c']],
  [{ targets: ['both'], skip: ['d', 'a'] }, ['b', 'c']],
])('%o selects %o', (request, expected) => {
  expect(names(request)).toEqual(expected);
});

test.each<readonly [Partial<SelectionRequest>, readonly string[]]>([
  [{ targets: ['x'], from: ['y'], skip: ['../z'] }, ['PIPE030 targets', 'PIPE030 --from', 'PIPE030 --skip']],
  [{ only: ['a'], from: ['a'] }, ['PIPE031 --only']],
  [{ only: ['a'], targets: ['a'], to: ['a'] }, ['PIPE031 --only']],
  [{ targets: ['c'], skip: ['c'] }, ['PIPE031 --skip']],
  [{ from: ['c'], to: ['a'] }, ['PIPE032 --from, --to']],
  [{ only: ['both'], skip: ['both'] }, ['PIPE032 --only, --skip']],
])('%o is refused with %o', (request, expected) => {
  expect(codes(request)).toEqual(expected);
});

test('force is for the targets that are named, else for all that is selected', () => {
  const forced = (request: Partial<SelectionRequest>) => {
    const selected = sample({ ...request, force: true });
    return selected.ok ? [...selected.value.forced.stages] : [];
  };
  expect(forced({ targets: ['c'] })).toEqual(['c']);
  expect(forced({ targets: ['both'] })).toEqual(['c', 'd']);
  expect(forced({ from: ['b'] })).toEqual(['b', 'c']);
  expect(forced({ only: ['d'] })).toEqual(['d']);
  expect(forced({}).length).toBe(5);
  const audited = sample({ targets: ['both'], audit: true });
  expect(audited.ok && [...audited.value.audited.stages]).toEqual(['c', 'd']);
  expect(audited.ok && audited.value.forced.isEmpty).toBe(true);
  const unforced = sample({ targets: ['c'] });
  expect(unforced.ok && unforced.value.forced.isEmpty).toBe(true);
});

test('force is for the items that are named, also where another target needs all of them', () => {
  const select = selecting({
    two: { forEach: 'in/{n}', produces: 'two/{n}', run: 'cp {item} {produces}' },
    sum: { requires: 'two/*', produces: 'sum' },
  });
  const asked = (request: Partial<SelectionRequest>) => {
    const selected = select({ ...request, force: true });
    if (!selected.ok) throw new Error('bad request');
    const { forced, items } = selected.value;
    const single = [...forced.items].map(([stage, some]) => [stage, [...some.items], [...some.outputs]]);
    return { whole: [...forced.stages], single, limited: [...(items?.keys() ?? [])] };
  };
  const item = ['two', ['in/1'], []];
  const file = ['two', [], ['two/1']];
  expect(asked({ targets: ['two:in/1', 'sum'] })).toEqual({ whole: ['sum'], single: [item], limited: [] });
  expect(asked({ targets: ['two/1', 'sum'] })).toEqual({ whole: ['sum'], single: [file], limited: [] });
  expect(asked({ targets: ['two:in/1'] })).toEqual({ whole: [], single: [item], limited: ['two'] });
  expect(asked({ only: ['two:in/1', 'sum'] })).toEqual({ whole: ['sum'], single: [item], limited: ['two'] });
  expect(asked({ targets: ['two:in/1', 'two'] })).toEqual({ whole: ['two'], single: [], limited: [] });
  expect(asked({ from: ['two'] })).toEqual({ whole: ['two', 'sum'], single: [], limited: [] });
  expect(asked({ targets: ['two:in/1', 'sum'], skip: ['two'] })).toEqual({
    ...{ whole: ['sum'], single: [], limited: [] },
  });
});

test('a stage comes before a named pipeline and both before a path', () => {
  const select = selecting({ x: { produces: 'p' }, p: {} }, { pipelines: { q: ['x'] } });
  const found = (typed: string) => {
    const selected = select({ only: [typed] });
    return selected.ok ? selected.value.stages.map((stage) => stage.name) : [];
  };
  expect([found('p'), found('./p'), found('q')]).toEqual([['p'], ['x'], ['x']]);
});

test('a path means the item that makes it, and not the others of its stage', () => {
  const select = selecting({
    s: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'] },
    all: { requires: 'out/*.txt', produces: 'all' },
  });
  const wantedOf = (request: Partial<SelectionRequest>) => {
    const selected = select(request);
    return selected.ok && selected.value.items?.get('s');
  };
  const only = { items: new Set(), outputs: new Set(['out/a.txt']) };
  expect(wantedOf({ targets: ['out/a.txt'] })).toEqual(only);
  expect(wantedOf({ only: ['./out/a.txt', 's:in/b.txt'] })).toEqual({
    ...only,
    items: new Set(['in/b.txt']),
  });
  // Where all of them are needed as well.
  expect(wantedOf({ targets: ['out/a.txt', 's'] })).toBeUndefined();
  expect(wantedOf({ targets: ['out/a.txt', 'all'] })).toBeUndefined();
});

/** Reachability, by asking each edge again and again until nothing is added. */
function closure(
  start: readonly number[],
  edges: readonly (readonly [number, number])[],
): ReadonlySet<number> {
  const reached = new Set(start);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [from, to] of edges) if (reached.has(from)) reached.add(to);
  }
  return reached;
}

test('on random graphs the selection is what the definition says', () => {
  const count = 8;
  const some = fc.uniqueArray(fc.nat(count - 1), { maxLength: 2 });
  const graphs = fc.uniqueArray(
    fc.tuple(fc.nat(count - 1), fc.nat(count - 1)).filter(([from, to]) => from < to),
    { selector: String, maxLength: 14 },
  );
  fc.assert(
    fc.property(graphs, some, some, some, some, (edges, targets, from, to, skip) => {
      const stages = Array.from({ length: count }, (_, i) => {
        const requires = edges.filter(([, end]) => end === i).map(([start]) => `o${start}`);
        return [`s${i}`, { requires, produces: `o${i}` }];
      });
      const asked = new Set([...targets, ...from, ...to]);
      const skipped = skip.filter((i) => !asked.has(i));
      const named = (list: readonly number[]) => list.map((i) => `s${i}`);
      const selected = selecting(Object.fromEntries(stages))({
        targets: named(targets),
        from: named(from),
        to: named(to),
        skip: named(skipped),
      });
      const back = edges.map(([start, end]) => [end, start] as const);
      const expected = Array.from({ length: count }, (_, i) => i).filter(
        (i) =>
          (targets.length === 0 || closure(targets, back).has(i)) &&
          (from.length === 0 || closure(from, edges).has(i)) &&
          (to.length === 0 || closure(to, back).has(i)) &&
          !skipped.includes(i),
      );
      // Here the order of declaration is topological.
      const found = selected.ok ? selected.value.stages.map((stage) => stage.name) : [];
      expect(found).toEqual(named(expected));
      expect(selected.ok).toBe(expected.length > 0);
    }),
  );
});

test('of a name that means no item, it is told what the items are', () => {
  const b = { forEach: 'in/{x}.txt', produces: 'out/{x}', run: 'make it' };
  const pipeline = accepted({ stages: { a: { run: 'make it' }, b } });
  const built = buildGraph(pipeline);
  if (!built.ok) throw new Error('bad sample');
  const graph = built.value;
  const hint = (typed: string) => unknownTarget(graph, pipeline, typed, 'targets').hint;
  expect([hint('b:1.txt'), hint('a:in/1.txt'), hint('c:1')]).toEqual([
    'the items of stage "b" are those of in/{x}.txt, each named by its path: b:in/{x}.txt',
    'stage "a" has no items',
    'there are a, b',
  ]);
  const ofPath = 'no stage makes a file of that path, which counts from the folder in which you are; ';
  expect([hint('a,b'), hint('a,z'), hint('in/1.txt'), hint('1.txt'), hint('b.'), hint('a.txt')]).toEqual([
    'names stand apart here, without commas: a b',
    'there are a, b',
    `${ofPath}pipe list shows the stages`,
    `${ofPath}pipe list shows the stages`,
    'did you mean "b"?',
    `${ofPath}pipe list shows the stages`,
  ]);
});
