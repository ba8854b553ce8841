import { expect, test } from 'vitest';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

const pools = { llm: 4, api: { perMinute: 60 }, gpu: { limit: 2, perMinute: 10 } };
const sharesOf = (pool: unknown) => acceptedStage({ pool }, { pools }).pools;

test('a stage needs room in one pool or in several, more or less of it', () => {
  expect(sharesOf(undefined)).toEqual([]);
  expect(sharesOf('llm')).toEqual([{ name: 'llm', weight: 1, limit: 4, perMinute: null, breaker: null }]);
  expect(sharesOf({ gpu: 2, api: 1 })).toEqual([
    { name: 'api', weight: 1, limit: null, perMinute: 60, breaker: null },
    { name: 'gpu', weight: 2, limit: 2, perMinute: 10, breaker: null },
  ]);
});

test.each([
  [7, {}, ['PIPE011 pools']],
  [{ llm: 0 }, {}, ['PIPE011 pools.llm']],
  [{ llm: 0 }, { pool: 'llm' }, ['PIPE011 pools.llm']],
  [{ llm: 1.5 }, {}, ['PIPE011 pools.llm']],
  [{ llm: '4' }, {}, ['PIPE011 pools.llm']],
  [{ llm: {} }, {}, ['PIPE011 pools.llm']],
  [{ llm: { perMinute: '60' } }, {}, ['PIPE011 pools.llm.perMinute']],
  [{ llm: { perHour: 60 } }, {}, ['PIPE010 pools.llm.perHour']],
  [pools, { pool: 7 }, ['PIPE011 stages.s.pool']],
  [pools, { pool: {} }, ['PIPE011 stages.s.pool']],
  [pools, { pool: { gpu: 0 } }, ['PIPE011 stages.s.pool.gpu']],
  [pools, { pool: { gpu: 3 } }, ['PIPE011 stages.s.pool.gpu']],
  [pools, { pool: 'lmm' }, ['PIPE026 stages.s.pool']],
  [undefined, { pool: 'llm' }, ['PIPE026 stages.s.pool']],
])('pools %j and a stage with %j are refused', (declared, stage, faults) => {
  expect(faultsOfStage(stage, { pools: declared })).toEqual(faults);
});

test('of a pool that it just names a stage takes as much as it weighs', () => {
  expect(acceptedStage({ pool: 'llm', weight: 3 }, { pools })).toMatchObject({
    ...{ weight: 3, pools: [{ name: 'llm', weight: 3 }] },
  });
  expect(acceptedStage({ pool: { llm: 2 }, weight: 9 }, { pools })).toMatchObject({
    ...{ weight: 9, pools: [{ name: 'llm', weight: 2 }] },
  });
  expect(faultsOfStage({ pool: 'llm', weight: 5 }, { pools })).toEqual(['PIPE011 stages.s.pool']);
  for (const weight of [0, 1.5, '2', true])
    expect(faultsOfStage({ weight })).toEqual(['PIPE011 stages.s.weight']);
});

test('a pool may have a breaker alone, which has most of its times by itself', () => {
  const sharesWith = (breaker: object) =>
    acceptedStage({ pool: 'api' }, { pools: { api: { breaker } } }).pools;
  expect(sharesWith({ failures: 5 })).toMatchObject([
    { limit: null, perMinute: null, breaker: { failures: 5, withinMs: 60_000, pauseMs: 30_000 } },
  ]);
  expect(sharesWith({ failures: 1, within: '2m', pause: '1s' })).toMatchObject([
    { breaker: { failures: 1, withinMs: 120_000, pauseMs: 1000 } },
  ]);
});

test.each([
  [7, ['PIPE011 pools.api.breaker']],
  [{}, ['PIPE012 pools.api.breaker.failures']],
  [{ failures: 0 }, ['PIPE011 pools.api.breaker.failures']],
  [{ failures: 1, within: 'soon' }, ['PIPE021 pools.api.breaker.within']],
  [{ failures: 1, pause: 0 }, ['PIPE021 pools.api.breaker.pause']],
  [{ failures: 1, after: 2 }, ['PIPE010 pools.api.breaker.after']],
])('a breaker %j is refused', (breaker, faults) => {
  expect(faultsOfStage({ pool: 'api' }, { pools: { api: { breaker } } })).toEqual(faults);
});

test('a pool that was nearly named is named', () => {
  const [fault] = rejected({ pools, stages: { s: { run: 'x', pool: 'lmm' } } });
  expect(fault).toMatchObject({ message: 'there is no pool "lmm"', hint: 'did you mean "llm"?' });
});

test('who names a pool that is wrong has made no mistake, and each has a name', () => {
  const pools = { llm: 'many', 'a:b': 1, '': 2 };
  expect(faultsOfStage({ pool: { llm: 1, gpu: 1 } }, { pools })).toEqual([
    'PIPE011 pools.llm',
    'PIPE020 pools["a:b"]',
    'PIPE020 pools[""]',
    'PIPE026 stages.s.pool.gpu',
  ]);
  expect(faultsOfStage({ pool: 'llm' }, { pools: 5 })).toEqual(['PIPE011 pools']);
});
