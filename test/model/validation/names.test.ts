import { expect, test } from 'vitest';
import { nameProblem } from '../../../src/model/validation/names.ts';

test.each(['a', 'merge', 'full-refresh', 'step_2.1', 'Überblick', '分析', '01-extract', 'हिन्दी', '_x'])(
  '%j is a good name',
  (name) => {
    expect(nameProblem(name)).toBeNull();
  },
);

test.each(['', 'a b', 'a:b', 'a/b', 'a\n', 'a\0', '-a', '.a', '..', 'a"b', '🎉', '\ud800'])(
  '%j is no name',
  (name) => {
    expect(nameProblem(name)).not.toBeNull();
  },
);

test.each(['__proto__', 'constructor', 'toString'])('%s means something to JavaScript', (name) => {
  expect(nameProblem(name)?.problem).toContain('JavaScript');
});

test('a number would be moved before the other keys, so a letter has to come first', () => {
  expect(nameProblem('10')).toEqual({
    problem: 'is a number, and JavaScript would move it before the others',
    hint: 'put a letter in front: s10',
  });
});

test('a name has at most 100 characters and fits a file name', () => {
  expect(nameProblem('a'.repeat(100))).toBeNull();
  expect(nameProblem('a'.repeat(101))?.problem).toContain('100 characters');
  expect(nameProblem('分'.repeat(67))?.problem).toContain('200 bytes');
});
