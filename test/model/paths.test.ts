import { expect, test } from 'vitest';
import { canonicalPath } from '../../src/model/paths.ts';

const folders = { root: '/home/ann/project', home: '/home/ann' };

test.each([
  ['x', 'x'],
  ['./x', 'x'],
  ['a/../b', 'b'],
  ['a//b/', 'a/b'],
  ['.', ''],
  ['a/..', ''],
  ['/home/ann/project/x', 'x'],
  ['/home/ann/project', ''],
  ['../project/x', 'x'],
  ['~/project/x', 'x'],
])('%s inside the root is %s', (written, canonical) => {
  expect(canonicalPath(written, folders)).toBe(canonical);
});

test.each([
  ['../x', '/home/ann/x'],
  ['../project-2/x', '/home/ann/project-2/x'],
  ['~/x', '/home/ann/x'],
  ['~', '/home/ann'],
  ['/etc/hosts', '/etc/hosts'],
  ['../../../../..', '/'],
])('%s outside the root is %s', (written, canonical) => {
  expect(canonicalPath(written, folders)).toBe(canonical);
});

test('a tilde is the home folder only in front of a slash', () => {
  expect(canonicalPath('~ann/x', folders)).toBe('~ann/x');
  expect(canonicalPath('./~/x', folders)).toBe('~/x');
});

test('with the whole file system as root everything is inside', () => {
  expect(canonicalPath('/etc/hosts', { root: '/', home: '/root' })).toBe('etc/hosts');
});

test('a backslash is a character like others', () => {
  expect(canonicalPath('a\\b', folders)).toBe('a\\b');
});
