// Which watches build what a plain build does, and so can answer one.
import { expect, test } from 'vitest';
import { isPlainWatch } from '../../src/cli/watched-word.ts';

test.each([
  [{}, true],
  [{ cache: true, onChange: 'restart', json: true, quiet: true, jobs: 2, exec: 'node serve.mjs' }, true],
  [{ cache: false }, false],
  [{ freshness: 'mtime' }, false],
  [{ only: ['one'] }, false],
  [{ force: true }, false],
  [{ poll: true }, false],
  [{ envFile: ['.env'] }, false],
  [{ param: ['subject=math'] }, false],
  [{ config: 'other.config.ts' }, false],
  [{ aFlagThatIsYetToCome: true }, false],
])('%j: %s', (flags, isPlain) => {
  expect(isPlainWatch(flags)).toBe(isPlain);
});
