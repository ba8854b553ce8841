// A task is a stage applied to an item.
import { expect, test } from 'vitest';
import { taskOf } from '../../src/model/task.ts';
import { acceptedStage } from './validation/sample-config.ts';

test('a task is named after its stage, and its item where it has one', () => {
  const stage = acceptedStage({});
  expect(taskOf(stage)).toEqual({ id: 's', stage, item: null });
  expect(taskOf(stage, 'course/7')).toEqual({ id: 's:course/7', stage, item: 'course/7' });
  // An empty item is an item.
  expect(taskOf(stage, '').id).toBe('s:');
});
