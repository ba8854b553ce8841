// `pipe list`: the table and its JSON.
import { expect, test } from 'vitest';
import { listJson, listLines } from '../../src/cli/listing.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { toldPipeline } from '../../src/model/told-pipeline.ts';
import { validate } from '../../src/model/validation/validate.ts';
import { widthOf } from '../../src/render/fit.ts';
import { accepted, place } from '../model/validation/sample-config.ts';
import { plainLook } from './plain-look.ts';

const pipeline = accepted({
  name: 'sample',
  pipelines: { all: ['fetch', 'report'] },
  stages: {
    fetch: {
      description: 'Gets the raw data from a server that is far away',
      requires: ['urls.txt', '!urls.old'],
      produces: ['raw/', 'index.json'],
      run: 'node fetch.mjs --key sesame-open',
      env: { KEY: 'sesame-open', HOME: true },
      secrets: ['TOKEN'],
      timeout: '10m',
      optional: true,
    },
    report: { requires: 'index.json', produces: 'report.md', after: 'fetch', run: 'true', watch: 'manual' },
    ping: { run: 'ping -c 1 example.org' },
  },
});
const built = buildGraph(pipeline);
if (!built.ok) throw new Error('the sample is wrong');
const graph = built.value;

test('stages stand as declared, with the patterns they take and give and what is special', () => {
  expect(listLines(pipeline, plainLook())).toEqual([
    'sample: 3 stages',
    '',
    'stage   in  out  marks                description',
    'fetch    2    2  optional             Gets the raw data from a server that is far away',
    'report   1    1  manual, after fetch',
    'ping     0    0  always runs',
    '',
    'pipeline  stages',
    'all       fetch, report',
  ]);
});

test('the table fits a narrow terminal', () => {
  const lines = listLines(pipeline, plainLook(50));
  expect(Math.max(...lines.map(widthOf))).toBe(50);
  expect(lines.join('\n')).toContain('Gets the raw da…');
});

test('JSON has the defaults filled in, and neighbours by name', () => {
  const { stages, pipelines } = listJson(pipeline, graph);
  expect(pipelines).toEqual([{ name: 'all', stages: ['fetch', 'report'] }]);
  expect(stages[0]).toMatchObject({
    name: 'fetch',
    place: 'stages.fetch',
    command: { kind: 'shell', lines: ['node fetch.mjs --key sesame-open'] },
    requires: [
      { pattern: 'urls.txt', negated: false, optional: false },
      { pattern: '!urls.old', negated: true, optional: false },
    ],
    implied: ['fetch.mjs'],
    needs: [],
    neededBy: ['report'],
    secrets: ['TOKEN'],
    timeoutMs: 600_000,
    freshness: 'hash',
    optional: true,
    clean: true,
  });
  expect(stages[2]).toMatchObject({ produces: null, always: true, needs: [] });
});

test('a secret that was copied into a command or a variable is hidden', () => {
  const text = JSON.stringify(listJson(toldPipeline(pipeline, ['sesame-open']), graph));
  expect(text).toContain('node fetch.mjs --key ***');
  expect(text).not.toContain('sesame-open');
});

test('the place of a parameter that nobody has given is shown as it was written', () => {
  const spec = {
    params: { subject: { type: 'string' } },
    stages: { say: { forEach: 'sow/{params.subject}/{n}.txt', produces: 'out/{n}', run: 'true' } },
  };
  const open = validate(spec, place, { params: { typed: [], open: true } });
  if (!open.ok) throw new Error(open.error[0]!.message);
  expect(listLines(open.value, plainLook()).join('\n')).toContain('for each sow/{params.subject}/{n}.txt');
});
