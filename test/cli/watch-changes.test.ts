import { expect, test } from 'vitest';
import { WatchChanges } from '../../src/cli/watch-changes.ts';
import { heardOf, noHints } from '../../src/model/watch/hints.ts';

test('what is said to have changed are the files of others: not our state, nor what lies beside an output for a moment', () => {
  const changes = new WatchChanges({ root: '/w', state: '/w/.pipeline-cache' } as never);
  const files = [
    '/w/in/x.txt',
    '/w/.pipeline-cache/runs/1',
    '/w/out/.pipe-tmp-123-0',
    '/w/out/x.o',
    '/else/y',
  ];
  const heard = heardOf(noHints, new Map(files.map((file) => [file, { gone: false }])), 0);
  changes.lookedAt(heard, (file) => file.endsWith('.o'));
  expect(changes.take()).toEqual(['in/x.txt', '/else/y']);
});
