// What `pipe graph` draws of a graph: which stages, edges and files.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { draw, statusesOf } from '../../src/cli/draw.ts';
import type { TaskPlanned } from '../../src/model/events.ts';
import { buildGraph, type StageGraph } from '../../src/model/graph/graph.ts';
import type { Pipeline } from '../../src/model/stage.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { counted } from '../rig/counted.ts';

const sample = pipelineOf({
  read: {
    requires: ['in/*.txt', '!in/old.txt'],
    produces: ['./out/a.json', 'out/parts/'],
    run: 'node read.mjs',
  },
  merge: {
    requires: ['out/parts/*.json', 'out/a.json'],
    produces: 'merged.json',
    run: 'python3 tools/merge.py',
  },
  publish: { requires: 'merged.json', after: 'read', run: 'curl -T merged.json example.org' },
});

const graph = graphOf(sample);

function pipelineOf(stages: object): Pipeline {
  return accepted({ name: 'p', stages });
}

function graphOf(pipeline: Pipeline): StageGraph {
  const built = buildGraph(pipeline);
  if (!built.ok) throw new Error(JSON.stringify(built.error));
  return built.value;
}

function drawn(names: readonly string[], options: { readonly files?: boolean } = {}) {
  return draw(graph, {
    pipeline: sample,
    names: new Set(names),
    files: options.files ?? false,
    statuses: null,
  });
}

/** How much is looked at to draw n stages that one stage requires by name, or that require one of its files each. */
function looks(stages: (n: number) => Readonly<Record<string, object>>, n: number): number {
  const counter = { reads: 0 };
  const pipeline = counted(pipelineOf(stages(n)), counter);
  const names = new Set(pipeline.stages.map((stage) => stage.name));
  const built = graphOf(pipeline);
  counter.reads = 0;
  expect(draw(built, { pipeline, names, files: true, statuses: null }).edges).toHaveLength(n);
  return counter.reads;
}

const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const each = (n: number, make: (i: number) => object) =>
  Object.fromEntries(numbers(n).map((i) => [`s${i}`, { run: 'make it', ...make(i) }]));

test.each<[string, (n: number) => Readonly<Record<string, object>>]>([
  [
    'required by name',
    (n) => ({
      ...each(n, (i) => ({ produces: `out/${i}` })),
      all: { requires: numbers(n).map((i) => `out/${i}`), run: 'make it' },
    }),
  ],
  [
    'that require one of many files',
    (n) => ({
      first: { produces: numbers(n).map((i) => `out/${i}`), run: 'make it' },
      ...each(n, (i) => ({ requires: `out/${i}` })),
    }),
  ],
])('twice as many stages %s are twice the work', (_, stages) => {
  expect(looks(stages, 80) / looks(stages, 40)).toBeLessThan(2.3);
});

function plan(stage: string, fields: Partial<TaskPlanned>): TaskPlanned {
  const task = stage as TaskId;
  const base = { kind: 'task-planned', task, stage, item: null, command: '', estimateMs: null } as const;
  return { ...base, action: 'run', reasons: [], ...fields };
}

test('stages stand in the order of declaration, and edges carry every pattern that passes', () => {
  const { stages, edges, files } = drawn(['publish', 'merge', 'read']);
  expect(stages.map((stage) => stage.name)).toEqual(['read', 'merge', 'publish']);
  expect(edges).toEqual([
    { from: 'read', to: 'merge', kind: 'file', via: ['out/a.json', 'out/parts/'] },
    { from: 'read', to: 'publish', kind: 'after', via: [] },
    { from: 'merge', to: 'publish', kind: 'file', via: ['merged.json'] },
  ]);
  expect(files).toBeUndefined();
});

test('only edges among the selected stages are drawn', () => {
  expect(drawn(['read', 'publish']).edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['read publish']);
});

test('files link who makes them with who takes them, and the scripts that commands name come from outside', () => {
  expect(drawn(['read', 'merge', 'publish'], { files: true }).files).toEqual([
    { path: 'in/*.txt', producers: [], consumers: ['read'] },
    { path: 'merged.json', producers: ['merge'], consumers: ['publish'] },
    { path: 'out/a.json', producers: ['read'], consumers: ['merge'] },
    { path: 'out/parts/', producers: ['read'], consumers: ['merge'] },
    { path: 'read.mjs', producers: [], consumers: ['read'] },
    { path: 'tools/merge.py', producers: [], consumers: ['merge'] },
  ]);
});

test('what a stage outside of the selection makes comes from outside', () => {
  expect(drawn(['publish'], { files: true }).files).toEqual([
    { path: 'merged.json', producers: [], consumers: ['publish'] },
  ]);
});

test('a script that another stage makes is a file between the two', () => {
  const made = pipelineOf({
    generate: { produces: 'gen/tool.mjs', run: 'make-tool' },
    use: { produces: 'out.txt', run: 'node gen/tool.mjs' },
  });
  const { edges, files } = draw(graphOf(made), {
    pipeline: made,
    names: new Set(['generate', 'use']),
    files: true,
    statuses: null,
  });
  expect(edges.map((edge) => edge.via)).toEqual([['gen/tool.mjs']]);
  expect(files?.[0]).toEqual({ path: 'gen/tool.mjs', producers: ['generate'], consumers: ['use'] });
});

test('a stage that only waits for others is planned, and one with a reason of its own is stale', () => {
  const upstream = { code: 'upstream-planned', stage: 'a' } as const;
  const statuses = statusesOf([
    plan('a', { reasons: [{ code: 'never-built' }] }),
    plan('b', { reasons: [upstream] }),
    plan('c', { reasons: [{ code: 'forced' }, upstream] }),
    plan('d', { action: 'fresh' }),
    plan('e', { action: 'restore', reasons: [{ code: 'never-built' }] }),
    plan('f', { action: 'fail', failure: { kind: 'input-missing', patterns: ['x'] } }),
    plan('g', { action: 'wait', failure: { kind: 'protected', paths: ['x'] } }),
  ]);
  expect(Object.fromEntries(statuses)).toEqual({
    a: 'stale',
    b: 'planned',
    c: 'stale',
    d: 'fresh',
    e: 'stale',
    f: 'failed',
    g: 'waiting',
  });
});

test('a drawing with statuses says "unknown" of a stage without one', () => {
  const { stages } = draw(graph, {
    pipeline: sample,
    names: new Set(['read', 'merge']),
    files: false,
    statuses: new Map([['read', 'fresh']]),
  });
  expect(stages.map((stage) => stage.status)).toEqual(['fresh', 'unknown']);
});
