// Which results lie side by side, and what they are known by.
import { expect, test } from 'vitest';
import type { TaskId } from '../../../src/base/brand.ts';
import { combinationOf, isPossible, readRecordId, recordId } from '../../../src/model/params/combination.ts';
import type { ParamDeclaration } from '../../../src/model/params/param.ts';

const id = (text: string) => text as TaskId;

const subject: ParamDeclaration = {
  name: 'subject',
  type: 'string',
  choices: ['math', 'a:b&c=?/d'],
  default: null,
  description: null,
};
const level: ParamDeclaration = { ...subject, name: 'level', type: 'number', choices: null };

test('a combination is the same in whatever order its values come', () => {
  const pairs = [
    { name: 'subject', value: 'math' },
    { name: 'level', value: 3 },
  ];
  expect(combinationOf(pairs)).toBe('?level=3&subject=math');
  expect(combinationOf([...pairs].reverse())).toBe(combinationOf(pairs));
  expect(combinationOf([])).toBe('');
});

test('a task is found again by its id on record, whatever is in values and items', () => {
  const stage = { name: 'lesson', combination: combinationOf([{ name: 'subject', value: 'a:b&c=?/d' }]) };
  for (const item of ['', ':sow/a:b?c.json']) {
    const onRecord = recordId(id(`lesson${item}`), stage);
    expect(readRecordId(onRecord)).toEqual({ stage: 'lesson', combination: stage.combination, item });
    expect(isPossible(stage.combination, stage, [subject])).toBe(true);
  }
  expect(recordId(id('lesson:x'), { name: 'lesson', combination: '' })).toBe('lesson:x');
});

test.each([
  ['a value that is no choice any more', '?level=3&subject=biology', false],
  ['a value of another type', '?level=high&subject=math', false],
  ['fewer parameters', '?subject=math', false],
  ['another parameter', '?depth=3&subject=math', false],
  ['none at all', '', false],
  ['a damaged text', '?level=3&subject=%E0%A4%A', false],
  ['another choice', `?level=4&subject=${encodeURIComponent('a:b&c=?/d')}`, true],
])('%s: what may be asked for again is kept', (_, combination, possible) => {
  expect(isPossible(combination, { combination: '?level=3&subject=math' }, [subject, level])).toBe(possible);
});
