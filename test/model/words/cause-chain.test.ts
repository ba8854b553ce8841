// Why a stage would run, down to what a person did.
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src/base/brand.ts';
import type { TaskPlanned } from '../../../src/model/events.ts';
import type { StaleReason } from '../../../src/model/verdict.ts';
import { type Cause, causesOf, flatCauses } from '../../../src/model/words/cause-chain.ts';

function plan(stage: string, own: readonly StaleReason[], ...upstream: readonly string[]): TaskPlanned {
  const planned = upstream.map((name): StaleReason => ({ code: 'upstream-planned', stage: name }));
  const reasons = [...own, ...planned];
  const action = reasons.length === 0 ? 'fresh' : 'run';
  return {
    kind: 'task-planned',
    task: stage as TaskId,
    stage,
    item: null,
    action,
    reasons,
    command: '',
    estimateMs: null,
  };
}

const shape = (cause: Cause): unknown => [
  cause.stage,
  cause.reasons.map((reason) => reason.code),
  cause.repeated,
  ...cause.upstream.map(shape),
];
const edited: StaleReason = { code: 'input-changed', path: 'in.txt' };

test('a fresh stage has no causes', () => {
  expect(causesOf('a', [plan('a', [])])).toEqual({
    stage: 'a',
    action: 'fresh',
    reasons: [],
    upstream: [],
    repeated: false,
  });
});

test('the chain goes up to the stage whose own files say why', () => {
  const plans = [plan('a', [edited]), plan('b', [], 'a'), plan('c', [{ code: 'forced' }], 'b')];
  expect(shape(causesOf('c', plans))).toEqual([
    'c',
    ['forced'],
    false,
    ['b', [], false, ['a', ['input-changed'], false]],
  ]);
});

test('what was told is not told again: a diamond, and a ladder of diamonds, stay short', () => {
  const plans = [plan('a', [edited])];
  for (let i = 1; i <= 40; i++) {
    const below = i === 1 ? ['a'] : [`l${i - 1}`, `r${i - 1}`];
    plans.push(plan(`l${i}`, [], ...below), plan(`r${i}`, [], ...below));
  }
  plans.push(plan('top', [], 'l40', 'r40'));
  const ties = plans.flatMap((one) => one.reasons).filter((one) => one.code === 'upstream-planned').length;
  const count = (cause: Cause): number => 1 + cause.upstream.reduce((sum, one) => sum + count(one), 0);
  expect(count(causesOf('top', plans))).toBe(ties + 1);
  const diamond = [plan('a', [edited]), plan('l', [], 'a'), plan('r', [], 'a'), plan('top', [], 'l', 'r')];
  expect(shape(causesOf('top', diamond))).toEqual([
    'top',
    [],
    false,
    ['l', [], false, ['a', ['input-changed'], false]],
    ['r', [], false, ['a', ['input-changed'], true]],
  ]);
});

test('a very long chain is told whole', () => {
  const plans = [plan('s0', [edited])];
  for (let i = 1; i < 5000; i++) plans.push(plan(`s${i}`, [], `s${i - 1}`));
  let depth = 0;
  for (let cause: Cause | undefined = causesOf('s4999', plans); cause !== undefined; [cause] = cause.upstream)
    depth++;
  expect(depth).toBe(5000);
});

test('told flat, each stage comes once, however many chains it is in', () => {
  const plans = [plan('a', [edited]), plan('l', [], 'a'), plan('r', [], 'a'), plan('top', [], 'l', 'r')];
  const flat = flatCauses([causesOf('top', plans), causesOf('l', plans)]);
  expect(flat.map(({ stage, upstream }) => [stage, upstream])).toEqual([
    ['top', ['l', 'r']],
    ['l', ['a']],
    ['a', []],
    ['r', ['a']],
  ]);
});
