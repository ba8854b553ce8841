// What a watch sees: a look ahead that nothing contradicts is the look, and one that could not be had is told of once.
import { expect, test } from 'vitest';
import { WatchSight } from '../../src/cli/watch-sight.ts';
import type { WatchedWorkspace } from '../../src/cli/watched-workspace.ts';
import { Holds } from '../../src/engine/holds.ts';
import type { Found } from '../../src/engine/whats-to-do.ts';

const heard = new Map([['/w/a', { gone: false }]]);
const found: Found = { tasks: new Map(), hasWork: true, hasGone: false };

/** `looks`: what comes of each; `armed`: how many folders are new whenever that is asked. */
function scene(looks: (Found | Error)[], armed: number[] = []) {
  const asked: (readonly string[] | null)[] = [];
  const told: string[] = [];
  const watched = {
    workspace: { pipeline: { budget: {} } },
    look: (_: unknown, about: readonly string[] | null) => {
      asked.push(about);
      const next = looks.shift() ?? found;
      if (next instanceof Error) throw next;
      return next;
    },
  } as unknown as WatchedWorkspace;
  const sight = new WatchSight({
    ears: { arm: () => armed.shift() ?? 0, isWhole: true },
    holds: new Holds(),
    onRefusal: ({ message }) => told.push(message),
  });
  return { sight, watched, asked, told };
}

const refusal = () => Object.assign(new Error('EIO: it refuses'), { code: 'EIO' });

test('what was found ahead is what is found', () => {
  const { sight, watched, asked } = scene([]);
  sight.look(watched, null);
  sight.lookAhead(watched, heard);
  expect(sight.settle(watched, heard)).toBe(found);
  expect(asked).toEqual([null, ['/w/a']]);
});

test('where a folder has come that was not watched, it looks again, and at everything', () => {
  // Asked before and after each look, and once when it has settled.
  const { sight, watched, asked } = scene([], [0, 0, 0, 0, 1, 0, 0]);
  sight.look(watched, null);
  sight.lookAhead(watched, heard);
  sight.settle(watched, heard);
  expect(asked).toEqual([null, ['/w/a'], ['/w/a']]);
});

test('what the file system refuses ahead is not told, and when it has settled it is asked for all', () => {
  const { sight, watched, asked, told } = scene([found, refusal(), refusal(), found]);
  sight.look(watched, null);
  sight.lookAhead(watched, heard);
  expect([sight.found, told]).toEqual([null, []]);
  expect(sight.settle(watched, heard).hasWork).toBe(false);
  expect(told).toEqual(['EIO: it refuses']);
  expect(sight.look(watched, heard)).toBe(found);
  expect(asked).toEqual([null, ['/w/a'], null, null]);
});

test('a fault of our own is not taken for one of the file system', () => {
  const { sight, watched } = scene([new TypeError('ours')]);
  expect(() => sight.lookAhead(watched, null)).toThrow('ours');
});
