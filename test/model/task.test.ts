// A task is a stage applied to an item.
import { expect, test } from 'vitest';
import { taskOf } from '../../src/model/task.ts';
import { acceptedStage } from './validation/sample-config.ts';

test('a task is named after its stage, and its item where it has one', () => {
  const stage = acceptedStage({});
  expect(taskOf(stage)).toEqual({ id: 's', stage, item: null });
  const item = { name: 'course/7', path: null, captures: {}, value: null };
  const ofItem = { ...stage, item };
  expect(taskOf(ofItem)).toEqual({ id: 's:course/7', stage: ofItem, item: 'course/7' });
});
