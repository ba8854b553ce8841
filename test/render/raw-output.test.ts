// Output as it comes.
import { expect, test } from 'vitest';
import { createRawOutput } from '../../src/render/raw-output.ts';

const esc = String.fromCharCode(27);

test('pieces pass as they come, and only an open line needs an end', () => {
  const output = createRawOutput(false);
  expect(output.endLine()).toBe('');
  expect(output.feed('name? ')).toBe('name? ');
  expect(output.endLine()).toBe('\n');
  expect(output.endLine()).toBe('');
  expect(output.feed('one\ntwo\n')).toBe('one\ntwo\n');
  expect(output.feed('\n')).toBe('\n');
  expect(output.endLine()).toBe('');
});

test('what a progress bar draws over itself becomes lines, and nothing moves the cursor', () => {
  const output = createRawOutput(false);
  expect(output.feed('10%\r')).toBe('10%\n');
  expect(output.feed(`${esc}[2J20%`)).toBe('20%');
});
