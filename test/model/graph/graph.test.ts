import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { buildGraph, type StageGraph } from '../../../src/model/graph/graph.ts';
import { exec, script } from '../../../src/model/value-spec.ts';
import { accepted } from '../validation/sample-config.ts';

type Stages = Readonly<Record<string, object>>;

function graphOf(stages: Stages): StageGraph {
  const result = buildGraph(pipelineOf(stages));
  if (result.ok) return result.value;
  throw new Error(result.error.map((one) => one.message).join('\n'));
}

function problemsOf(stages: Stages): readonly Diagnostic[] {
  const result = buildGraph(pipelineOf(stages));
  if (result.ok) throw new Error('has no problems');
  return result.error;
}

function pipelineOf(stages: Stages) {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
  return accepted({ stages: Object.fromEntries(named) });
}

const namesOf = (graph: StageGraph) => graph.order.map((stage) => stage.name);

test('a stage depends on the one that may produce what it requires', () => {
  const graph = graphOf({ b: { requires: ['x', './data/*.json'] }, a: { produces: 'data/full.*' } });
  expect(graph.edgesInto('b')).toEqual([
    { from: 'a', to: 'b', kind: 'file', via: [{ produces: 'data/full.*', requires: './data/*.json' }] },
  ]);
  expect(graph.edgesOutOf('a')).toEqual(graph.edgesInto('b'));
  expect(graph.edgesInto('a')).toEqual([]);
  expect(namesOf(graph)).toEqual(['a', 'b']);
});

test('an exclusion that covers the produced pattern removes the edge', () => {
  const stages = { a: { produces: 'data/a.json' }, b: { requires: ['data/*', '!data/a.*'] } };
  expect(graphOf(stages).edgesInto('b')).toEqual([]);
});

test('after orders without a file; with a file as well there is one edge', () => {
  const graph = graphOf({ a: { produces: 'x' }, b: { after: 'a' }, c: { after: ['b', 'a'], requires: 'x' } });
  expect(graph.edgesInto('b')).toEqual([{ from: 'a', to: 'b', kind: 'after', via: [] }]);
  expect(graph.edgesInto('c').map((edge) => `${edge.from} ${edge.kind}`)).toEqual(['a file', 'b after']);
});

test('a generated script is an input like others', () => {
  const graph = graphOf({
    gen: { produces: 'gen/*.{mjs,ts}' },
    line: { run: 'node gen/a.mjs' },
    program: { run: exec('node', './b.mjs'), cwd: 'gen' },
    module: { run: script('./gen/c.ts') },
    elsewhere: { run: script('../gen/c.ts') },
  });
  const via = graph.edgesOutOf('gen').map((edge) => [edge.to, edge.via[0]!.requires]);
  expect(via).toEqual([
    ['line', 'gen/a.mjs'],
    ['program', 'gen/b.mjs'],
    ['module', 'gen/c.ts'],
  ]);
});

test('wildcards in the name of a script mean themselves', () => {
  const graph = graphOf({ a: { produces: 'gen/x.ts' }, b: { run: script('gen/[x].ts') } });
  expect(graph.edgesInto('b')).toEqual([]);
});

test('an exclusion does not take a script away from the stage that runs it', () => {
  const graph = graphOf({
    a: { produces: 'gen/x.ts' },
    b: { requires: ['*', '!gen/**'], run: script('gen/x.ts') },
  });
  expect(graph.edgesInto('b')).toHaveLength(1);
});

test('edges and order follow the declaration wherever there is a choice', () => {
  const graph = graphOf({ z: { requires: '*' }, b: { produces: 'b' }, a: { produces: 'a' }, c: {} });
  expect(graph.edgesInto('z').map((edge) => edge.from)).toEqual(['b', 'a']);
  expect(namesOf(graph)).toEqual(['b', 'a', 'z', 'c']);
  expect(graph.stages.map((stage) => stage.name)).toEqual(['z', 'b', 'a', 'c']);
});

test('closures hold the named stages and all before or behind them', () => {
  const graph = graphOf({ a: {}, b: { after: 'a' }, c: { after: 'b' }, d: { after: 'a' }, e: {} });
  expect([...graph.upstreamOf(['c', 'd'])]).toEqual(['a', 'b', 'c', 'd']);
  expect([...graph.downstreamOf(['b', 'e'])]).toEqual(['b', 'c', 'e']);
  expect([...graph.upstreamOf([])]).toEqual([]);
});

test('asking for a stage that there is not is a bug', () => {
  const graph = graphOf({ a: {} });
  expect(() => graph.edgesInto('b')).toThrow('no stage is named b');
  expect(() => graph.upstreamOf(['toString'])).toThrow('no stage is named toString');
});

test('two stages may not produce the same file', () => {
  expect(problemsOf({ clean: { produces: ['x', 'out/*.csv'] }, 'a.b': { produces: 'out/all.csv' } })).toEqual(
    [
      {
        code: 'PIPE014',
        message: 'stages "clean" and "a.b" may both produce the same file: out/*.csv and out/all.csv',
        at: 'stages.clean.produces[1], stages["a.b"].produces[0]',
        hint: 'give one of them another path, or join the stages',
      },
    ],
  );
});

test('three producers of one file are three pairs', () => {
  const found = problemsOf({ a: { produces: 'x' }, b: { produces: 'x' }, c: { produces: 'x' } });
  expect(found.map((one) => one.message)).toEqual([
    'stages "a" and "b" may both produce x',
    'stages "a" and "c" may both produce x',
    'stages "b" and "c" may both produce x',
  ]);
});

test('producers that exclude each other are two', () => {
  const graph = graphOf({ a: { produces: ['out/*', '!out/b'] }, b: { produces: 'out/b' } });
  expect(graph.order).toHaveLength(2);
});

test.each([true, false])('a stage may not produce its own input, with clean: %s', (clean) => {
  expect(problemsOf({ a: { produces: 'data/x.json', requires: 'data/*', clean } })).toMatchObject([
    { code: 'PIPE015', message: 'stage "a" may produce data/x.json and requires data/*' },
  ]);
});

test('a stage may not produce the script that it runs', () => {
  expect(problemsOf({ a: { produces: 'bin/', run: './bin/x.sh' } })).toMatchObject([
    { code: 'PIPE015', at: 'stages.a.produces[0]' },
  ]);
});

test('a circle is shown with what ties each step', () => {
  const stages = {
    x: {},
    a: { produces: 'out/a.json', requires: 'c', after: 'x' },
    b: { requires: 'out/*.json', produces: 'b' },
    c: { after: 'b', produces: 'c' },
  };
  expect(problemsOf(stages)).toEqual([
    {
      code: 'PIPE018',
      message:
        'stages wait for each other: a -> b (b requires out/*.json, which a may produce as out/a.json) ' +
        '-> c (c runs after b) -> a (a requires c, which c produces)',
      at: 'stages.a',
      hint: 'narrow a pattern, or take one "after" away',
    },
  ]);
});

test('every knot of circles is reported once, with the other problems', () => {
  const found = problemsOf({
    a: { after: 'b' },
    b: { after: ['a', 'c'] },
    c: { after: 'b' },
    d: { after: 'e', produces: 'x' },
    e: { after: 'd', produces: 'x' },
    f: { after: 'a' },
  });
  expect(found.map((one) => `${one.code} ${one.at}`)).toEqual([
    'PIPE014 stages.d.produces[0], stages.e.produces[0]',
    'PIPE018 stages.a',
    'PIPE018 stages.d',
  ]);
});

test('a long circle is shown without its middle', () => {
  const names = Array.from({ length: 1_000 }, (_, i) => `s${i}`);
  const stages = Object.fromEntries(names.map((name, i) => [name, { after: names.at(i - 1) }]));
  const [found] = problemsOf(stages);
  expect(found!.message).toContain('-> … 980 more … ->');
  expect(found!.message.length).toBeLessThan(1_000);
});

/** Stages that read and write single letters; `after` points anywhere. */
const randomStages = fc.integer({ min: 1, max: 8 }).chain((count) => {
  const letters = [...'abcdefgh'];
  const letter = fc.constantFrom(...letters);
  const shuffled = fc.shuffledSubarray(letters, { minLength: count, maxLength: count });
  const other = fc.integer({ min: 0, max: count - 1 });
  const stage = fc.record({
    requires: fc.uniqueArray(letter, { maxLength: 2 }),
    after: fc.uniqueArray(other, { maxLength: 1 }),
  });
  return fc.tuple(shuffled, fc.array(stage, { minLength: count, maxLength: count }));
});

test('on random graphs edges, closures and order are those of the definition', () => {
  let acyclic = 0;
  fc.assert(
    fc.property(randomStages, ([outputs, specs]) => {
      const name = (i: number) => `s${i}`;
      const ties = new Set<string>();
      const stages: Record<string, object> = {};
      for (const [i, spec] of specs.entries()) {
        const requires = spec.requires.filter((letter) => letter !== outputs[i]);
        const after = spec.after.filter((other) => other !== i);
        stages[name(i)] = { produces: outputs[i], requires, after: after.map(name) };
        for (const [j, output] of outputs.entries()) {
          if (requires.includes(output) || after.includes(j)) ties.add(`${name(j)} ${name(i)}`);
        }
      }
      const names = Object.keys(stages);
      const upstream = (of: string): Set<string> => {
        const seen = new Set([of]);
        for (const to of seen) for (const from of names) if (ties.has(`${from} ${to}`)) seen.add(from);
        return seen;
      };
      const circular = names.filter((one) =>
        names.some((from) => ties.has(`${from} ${one}`) && upstream(from).has(one)),
      );
      const result = buildGraph(pipelineOf(stages));
      if (circular.length > 0) {
        const reported = result.ok ? [] : result.error.map((one) => one.at!.slice('stages.'.length));
        const firsts = circular.map((one) =>
          circular.find((other) => upstream(one).has(other) && upstream(other).has(one)),
        );
        expect(reported).toEqual(names.filter((one) => firsts.includes(one)));
        return;
      }
      if (!result.ok) throw new Error(result.error[0]!.message);
      acyclic += 1;
      const graph = result.value;
      const edges = names.flatMap((to) => graph.edgesInto(to).map((edge) => `${edge.from} ${edge.to}`));
      expect(edges).toEqual(
        names.flatMap((to) => names.map((from) => `${from} ${to}`)).filter((tie) => ties.has(tie)),
      );
      const out = names.flatMap((from) => graph.edgesOutOf(from).map((edge) => `${edge.from} ${edge.to}`));
      expect([...out].sort()).toEqual([...edges].sort());
      for (const one of names) {
        expect([...graph.upstreamOf([one])]).toEqual(names.filter((other) => upstream(one).has(other)));
        expect([...graph.downstreamOf([one])]).toEqual(names.filter((other) => upstream(other).has(one)));
      }
      const order = namesOf(graph);
      expect([...order].sort()).toEqual([...names].sort());
      for (const tie of ties) {
        const [from, to] = tie.split(' ');
        expect(order.indexOf(from!)).toBeLessThan(order.indexOf(to!));
      }
    }),
    { numRuns: 500 },
  );
  expect(acyclic).toBeGreaterThan(20);
});

test('a chain of 20,000 stages is put in order', () => {
  const count = 20_000;
  const stages = Array.from({ length: count }, (_, i) => [
    `s${i}`,
    { produces: `${i}`, requires: `${i + 1}` },
  ]);
  const graph = graphOf(Object.fromEntries(stages));
  expect(graph.order[0]!.name).toBe(`s${count - 1}`);
  expect(graph.upstreamOf(['s0']).size).toBe(count);
});

test('a stage may wait for 10,000 others', () => {
  const stages: Record<string, object> = { all: { requires: 'out/*.json' } };
  for (let i = 0; i < 10_000; i += 1) stages[`s${i}`] = { produces: `out/${i}.json` };
  const graph = graphOf(stages);
  expect(graph.edgesInto('all')).toHaveLength(10_000);
  expect(graph.order.at(-1)!.name).toBe('all');
});
