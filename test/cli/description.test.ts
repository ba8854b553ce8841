// `pipe describe`: what it says of a stage.
import { expect, test } from 'vitest';
import type { Digest, RunId, TaskId } from '../../src/base/brand.ts';
import { descriptionJson, descriptionLines } from '../../src/cli/description.ts';
import type { StageFacts } from '../../src/cli/stage-facts.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import type { TaskRecord } from '../../src/model/record.ts';
import { optional } from '../../src/model/value-spec.ts';
import { accepted } from '../model/validation/sample-config.ts';
import { plainLook } from './plain-look.ts';

const nowMs = Date.UTC(2026, 10, 21, 12);
const graph = (() => {
  const built = buildGraph(
    accepted({
      stages: {
        fetch: { produces: 'raw.json', run: 'fetch' },
        tidy: {
          description: 'Makes it clean',
          requires: ['raw.json', '!raw.tmp'],
          produces: ['tidy.json'],
          run: ['node tidy.mjs', 'wc -c < tidy.json'],
          env: { LEVEL: 'high', REGION: true },
          secrets: ['API_KEY', optional('OTHER_KEY'), 'TOKEN'],
          tools: { node: '>=20', python3: '>=3.9' },
          timeout: '90s',
          cache: false,
        },
        report: { requires: 'tidy.json', produces: 'report.md', run: 'report' },
      },
    }),
  );
  if (!built.ok) throw new Error('the sample is wrong');
  return built.value;
})();
const stage = graph.stages[1]!;
const record: TaskRecord = {
  task: 'tidy' as TaskId,
  fingerprint: 'f' as Digest,
  parts: [],
  inputs: [],
  outputs: [],
  runId: '20261121-100000-0000' as RunId,
  finishedAtMs: nowMs - 7_200_000,
  durationMs: 3_400,
  metrics: {},
};

function facts(changes: Partial<StageFacts> = {}): StageFacts {
  return {
    items: null,
    metrics: {},
    stage,
    requires: [
      { pattern: 'raw.json', negated: false, optional: false, files: 1 },
      { pattern: '!raw.tmp', negated: true, optional: false, files: 0 },
    ],
    produces: [{ pattern: 'tidy.json', negated: false, optional: true, files: 0 }],
    implied: [{ path: 'tidy.mjs', present: false }],
    present: new Set(['API_KEY']),
    tools: [
      { program: 'node', range: '>=20', identity: 'v22.1.0', problem: null },
      { program: 'python3', range: '>=3.9', identity: null, problem: 'it is not on the PATH of the stage' },
    ],
    memory: { kind: 'done', record },
    attempt: null,
    plan: {
      kind: 'task-planned',
      task: 'tidy' as TaskId,
      stage: 'tidy',
      item: null,
      action: 'run',
      reasons: [
        { code: 'input-changed', path: 'raw.json' },
        { code: 'output-missing', path: 'tidy.json' },
      ],
      command: '',
      estimateMs: 3_400,
    },
    ...changes,
  };
}

function described(changes: Partial<StageFacts> = {}, columns: number | null = null): readonly string[] {
  return descriptionLines(facts(changes), graph, { look: plainLook(columns), nowMs });
}

test('a description names all that was declared and what was found', () => {
  expect(described()).toEqual([
    'tidy  Makes it clean',
    '',
    'verdict     stale',
    '            raw.json changed',
    '            output tidy.json is missing',
    'last run    2h ago, took 3.4s, run 20261121-100000-0000',
    'command     node tidy.mjs',
    '            wc -c < tidy.json',
    'requires    raw.json  (1 file)',
    '            !raw.tmp',
    'implied     tidy.mjs  (not there)',
    'produces    tidy.json  (optional, no file)',
    'upstream    fetch',
    'downstream  report',
    'env         LEVEL = high',
    "            REGION  (the caller's, not set)",
    'secrets     API_KEY  (set)',
    '            OTHER_KEY  (not set, optional)',
    '            TOKEN  (not set)',
    'tools       node >=20  (v22.1.0)',
    '            python3 >=3.9  (it is not on the PATH of the stage)',
    'timeout     1m 30s',
    'freshness   hash (by content)',
    'cache       off: neither stored nor restored',
    'declared    stages.tidy',
  ]);
});

test('values that are too wide go on below themselves', () => {
  expect(described({}, 40)).toContain('            20261121-100000-0000');
});

test('an acceptance says by whom and why', () => {
  const accepted = { by: 'ann', atMs: nowMs - 60_000, reason: 'fixed a typo', paths: ['tidy.json'] };
  expect(described({ memory: { kind: 'done', record: { ...record, accepted } } })).toContain(
    'last run    accepted 1m ago by ann: fixed a typo',
  );
});

test('an attempt that did not finish is told with the success before it', () => {
  const runId = '20261121-113000-0000' as RunId;
  const memory = { kind: 'unfinished', runId, leftovers: true, last: record } as const;
  const { task } = record;
  const lines = described({ memory, attempt: { kind: 'killed', task, runId } });
  expect(lines).toContain('last run    run 20261121-113000-0000 began and did not finish it');
  expect(lines).toContain('            2h ago, took 3.4s, run 20261121-100000-0000');
});

test('an attempt that failed is told with how, and where its log is, and is not called unfinished', () => {
  const runId = '20261121-113000-0000' as RunId;
  const end = {
    v: 1,
    seq: 9,
    runId,
    at: new Date(nowMs - 120_000).toISOString(),
    kind: 'task-finished',
    task: record.task,
    stage: 'tidy',
    item: null,
    outcome: 'failed',
    ...{ durationMs: 40, savedMs: 0, metrics: {}, outputs: [], reasons: [], log: 'runs/x/logs/tidy.log' },
    failure: { kind: 'exit', code: 4, line: 'node tidy.mjs' },
  } as const;
  const memory = { kind: 'unfinished', runId, leftovers: false, last: record } as const;
  const which = { task: record.task, runId };
  const lines = described({ memory, attempt: { kind: 'ended', ...which, end } });
  expect(lines).toContain('last run    failed 2m ago: exit code 4, run 20261121-113000-0000');
  expect(lines).toContain('            its log: pipe logs 20261121-113000-0000 tidy');
  expect(lines).toContain('            2h ago, took 3.4s, run 20261121-100000-0000');
  const json = descriptionJson(facts({ memory, attempt: { kind: 'ended', ...which, end } }), graph);
  expect(json.lastRun).toMatchObject({
    state: 'unfinished',
    attempt: { runId, outcome: 'failed', failure: { kind: 'exit', code: 4 } },
  });

  // The history has no such run any more.
  expect(described({ memory, attempt: { kind: 'failed', ...which } })).toContain(
    'last run    run 20261121-113000-0000 tried it, and it failed',
  );
});

test('a stage that cannot be built says why', () => {
  const plan = {
    ...facts().plan,
    action: 'fail',
    reasons: [],
    failure: { kind: 'input-missing', patterns: ['raw.json'] },
  } as const;
  expect(described({ plan }).slice(2, 5)).toEqual([
    'verdict     would fail',
    '            required files are missing',
    '            raw.json',
  ]);
});

test('JSON tells of secrets whether they are present, never what they are', () => {
  const json = descriptionJson(facts(), graph);
  expect(json).toMatchObject({
    name: 'tidy',
    secrets: [
      { name: 'API_KEY', present: true },
      { name: 'OTHER_KEY', present: false, optional: true },
      { name: 'TOKEN', present: false },
    ],
    passed: [{ name: 'REGION', present: false }],
    upstream: ['fetch'],
    downstream: ['report'],
    lastRun: { state: 'done', durationMs: 3_400, accepted: null },
    verdict: { action: 'run', estimateMs: 3_400 },
  });
});
