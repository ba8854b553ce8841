// Which verdicts hold after a run.
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src/base/brand.ts';
import { type EndedTask, holdsNoLonger } from '../../../src/model/watch/after-run.ts';
import { planOf } from '../../rig/fake-world.ts';

const { graph } = planOf({
  before: { produces: ['in/a.txt', 'in/b.txt'] },
  items: { forEach: 'in/{n}.txt', produces: ['mid/{n}.txt'] },
  again: { forEach: 'mid/{n}.txt', produces: ['out/{n}.txt'] },
  gather: { requires: ['out/*'], produces: ['all.txt'] },
  other: { produces: ['other.txt'] },
});
const ids = ['before', 'items:a', 'items:b', 'again:a', 'again:b', 'gather', 'other'] as TaskId[];
const after = (...ended: readonly EndedTask[]) => ids.filter(holdsNoLonger(graph, ended));
const item = (stage: string, name: string) => ({ task: `${stage}:${name}`, stage });
const whole = (stage: string) => ({ task: stage, stage });

test('of an item that ran, and of all stages behind it, but of no other item of its stage', () => {
  expect(after(item('items', 'a'))).toEqual(['items:a', 'again:a', 'again:b', 'gather']);
  expect(after(item('again', 'a'))).toEqual(['again:a', 'gather']);
});

test('of all items of a stage that ended as a whole, or that is behind another one that ran', () => {
  expect(after(whole('again'))).toEqual(['again:a', 'again:b', 'gather']);
  expect(after(whole('before'), item('items', 'a'))).toEqual(ids.filter((id) => id !== 'other'));
});

test('where nothing ran all hold', () => {
  expect(after()).toEqual([]);
  expect(after(whole('gather'))).toEqual(['gather']);
});
