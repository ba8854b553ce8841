// Checks `pools` of the pipeline and `pool` of a stage, and joins the two.
import { hintOfNames } from '../../base/did-you-mean.ts';
import type { BreakerPolicy } from '../breaker.ts';
import type { PoolShare } from '../stage.ts';
import { mismatch, type Placed, reportBadName, Section } from './config-section.ts';
import { shown } from './config-value.ts';
import { type Declared, isUndeclared, nothingDeclared, unclear } from './declared.ts';
import { reportUnknownFields } from './known-fields.ts';
import { readBreaker } from './validate-breaker.ts';

/** What a pool has room for; `null`: no limit. */
export interface Pool {
  readonly limit: number | null;
  readonly perMinute: number | null;
  readonly breaker: BreakerPolicy | null;
}

const expectedPool = 'how many at once, or an object such as { limit: 4, perMinute: 60 }';

export function readPools(pipeline: Section): Declared<Pool> {
  if (pipeline.value('pools') === undefined) return nothingDeclared;
  const expected = 'an object such as { llm: 4 }';
  const section = Section.open(pipeline.placed('pools'), pipeline.report, { expected });
  if (section === null) return unclear;
  const pools = new Map<string, Pool>();
  for (const name of section.keys()) {
    reportBadName(section, 'pool', name);
    const pool = section.isUnreadable(name) ? null : readPool(section.placed(name), section);
    if (pool !== null) pools.set(name, pool);
  }
  return { values: pools, names: new Set(section.keys()) };
}

function readPool(placed: Placed, { report }: Section): Pool | null {
  if (typeof placed.value === 'number') {
    const limit = whole(placed, report);
    return limit === null ? null : { limit, perMinute: null, breaker: null };
  }
  const section = Section.open(placed, report, { expected: expectedPool });
  if (section === null) return null;
  reportUnknownFields(section, ['limit', 'perMinute', 'breaker']);
  if (section.keys().length === 0) mismatch(report, placed, expectedPool);
  const one = (field: string) =>
    section.value(field) === undefined ? null : whole(section.placed(field), report);
  return { limit: one('limit'), perMinute: one('perMinute'), breaker: readBreaker(section) };
}

export function readWeight(stage: Section): number {
  const placed = stage.placed('weight');
  return placed.value === undefined ? 1 : (whole(placed, stage.report) ?? 1);
}

/** What a stage takes of which pools; sorted by name. `weight`: where it just names one. */
export function readShares(stage: Section, pools: Declared<Pool>, weight: number): readonly PoolShare[] {
  const placed = stage.placed('pool');
  if (placed.value === undefined) return [];
  if (typeof placed.value === 'string') return shareOf(placed.value, weight, placed, stage, pools);
  const expected = 'the name of a pool, or an object such as { gpu: 1 }';
  const section = Section.open(placed, stage.report, { expected });
  if (section !== null && section.keys().length === 0) mismatch(stage.report, placed, expected);
  return (section?.keys() ?? []).toSorted().flatMap((name) => {
    const weight = whole(section!.placed(name), stage.report);
    return weight === null ? [] : shareOf(name, weight, section!.placed(name), stage, pools);
  });
}

function shareOf(
  name: string,
  weight: number,
  placed: Placed,
  { report }: Section,
  pools: Declared<Pool>,
): readonly PoolShare[] {
  if (isUndeclared(pools, name)) {
    const names = [...(pools.names ?? [])];
    const hint =
      names.length === 0 ? 'say in "pools" of the pipeline what it has room for' : hintOfNames(name, names);
    report({ code: 'PIPE026', message: `there is no pool ${shown(name)}`, at: placed.at, hint });
  }
  const pool = pools.values.get(name);
  if (pool === undefined) return [];
  if (pool.limit !== null && weight > pool.limit) {
    const message = `the stage takes ${weight} of pool ${shown(name)}, which has ${pool.limit}`;
    report({
      code: 'PIPE011',
      message,
      at: placed.at,
      hint: 'it could never run: take less, or give the pool more',
    });
    return [];
  }
  return [{ name, weight, ...pool }];
}

function whole(placed: Placed, report: Section['report']): number | null {
  const { value } = placed;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  mismatch(report, placed, 'a whole number of at least 1');
  return null;
}
