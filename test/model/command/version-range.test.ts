import { expect, test } from 'vitest';
import { isVersionRange, satisfies, versionIn } from '../../../src/model/command/version-range.ts';

test('ranges are those of npm', () => {
  expect(['>=3.9', '^2.1', '1.x || 2.x', '*', '20'].filter(isVersionRange)).toHaveLength(5);
  expect(['', ' ', 'newest', '>=three'].filter(isVersionRange)).toEqual([]);
});

test.each([
  ['Python 3.11.7', '3.11.7'],
  ['v20.20.2', '20.20.2'],
  ['ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024', '5.1.6'],
  ['GNU Awk 5.2, API 3.2', '5.2.0'],
  ['jq-1.6', '1.6.0'],
  ['less 590', '590.0.0'],
  ['tool 2024.01.09', '2024.1.9'],
  ['chrome 120.0.6099.109', '120.0.6099'],
  ['python 3.13.0rc1', '3.13.0'],
  ['no number', null],
])('the version in %j is %j', (line, version) => {
  expect(versionIn(line)).toBe(version);
});

test('a version is compared by numbers, not as text', () => {
  expect(satisfies('3.11.7', '>=3.9')).toBe(true);
  expect(satisfies('3.8.1', '>=3.9')).toBe(false);
});
