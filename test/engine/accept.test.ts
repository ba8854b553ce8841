// A person takes the present outputs as the result.
import { expect, test } from 'vitest';
import { acceptOutputs } from '../../src/engine/accept.ts';
import { build, Machine, planOf, state } from '../rig/fake-world.ts';

const plan = planOf({ a: { requires: 'in.txt', produces: ['a.txt', 'b.txt'] } });
const acceptance = { by: 'ann', atMs: 5, reason: 'better' };
const accept = (machine: Machine) =>
  acceptOutputs(machine.start(), { graph: plan.graph, task: plan.task('a'), acceptance });

test('accepted outputs are fresh until an input changes, and nothing is executed or cached', async () => {
  const machine = Machine.with({ 'in.txt': '1', 'a.txt': 'by hand', 'b.txt': 'by hand' });
  const accepted = accept(machine);
  if ('failure' in accepted) throw new Error('was refused');
  expect(accepted.record.accepted).toEqual({ ...acceptance, paths: ['a.txt', 'b.txt'] });
  expect(machine.actions.entries.size).toBe(0);
  expect((await build(machine, plan)).world.outcomes()).toEqual({ a: 'fresh' });
  machine.edit('in.txt', '2');
  expect((await build(machine, plan)).executed).toEqual(['a']);
  expect(machine.disk.text(`${state}/displaced/run-003/a/a.txt`)).toBe('by hand');
});

test('only what a person made counts as taken over: the rest stays pipe’s own', async () => {
  const machine = Machine.with({ 'in.txt': '1' });
  await build(machine, plan);
  machine.edit('a.txt', 'by hand');
  const accepted = accept(machine);
  expect(accepted).toMatchObject({ record: { accepted: { paths: ['a.txt'] }, metrics: {} } });
  expect((await build(machine, plan)).world.outcomes()).toEqual({ a: 'fresh' });
});

test('a missing output or input refuses, and nothing is recorded', () => {
  const machine = Machine.with({ 'in.txt': '1', 'a.txt': '' });
  expect(accept(machine)).toEqual({
    failure: { kind: 'output-missing', patterns: ['b.txt'] },
  });
  machine.disk.remove('in.txt');
  expect(accept(machine)).toEqual({
    failure: { kind: 'input-missing', patterns: ['in.txt'] },
  });
  expect(machine.shelf.version).toBe(0);
});
