// Where the time went, as people read it.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import type { Profile } from '../../src/model/profile.ts';
import { profileBlock } from '../../src/render/profile-block.ts';
import { plainLook } from '../cli/plain-look.ts';

const built: Profile = {
  totalMs: 2049.4,
  spent: [
    { work: 'start', ms: 40.4, counts: {} },
    { work: 'config', ms: 9.94, counts: { stages: 1 } },
    { work: 'hashing', ms: 0.06, counts: { files: 2, bytes: 4_500_000 } },
    { work: 'running', ms: 2000, counts: { commands: 2 } },
  ],
  commands: { count: 2, sumMs: 3000, busyMs: 2000, most: 2, jobs: 4 },
  slowest: [
    { task: 'b' as TaskId, ms: 2000 },
    { task: 'a\u001b' as TaskId, ms: 1000 },
  ],
  stages: [{ stage: 'b', items: 3, sumMs: 4000, slowest: { task: 'b:1' as TaskId, ms: 2000 } }],
  chain: [],
};

const idle: Profile = {
  totalMs: 40,
  spent: [{ work: 'start', ms: 40, counts: {} }],
  commands: null,
  slowest: [],
  chain: [],
};

test('a table with counts, then the commands, then the slowest', () => {
  expect(profileBlock(built, plainLook(), { hadFresh: false })).toEqual([
    '',
    'work      took  share  what',
    'start     40ms     2%  Node, and the code of pipe',
    'config   9.9ms    <1%  1 stage loaded and checked',
    'hashing  0.1ms    <1%  2 files, 4.5 MB read',
    'running   2.0s    98%  2 commands started and waited for',
    'total     2.0s         from the start of the process',
    '2 commands: 3.0s of work in 2.0s, 1.5 at once, at most 2 of 4 jobs',
    'slowest: b 2.0s, a\\x1b 1.0s',
    'b: 3 items took 4.0s, the slowest b:1 2.0s',
  ]);
});

test('where something was fresh, it says that a plain build would not have looked so closely', () => {
  const lines = profileBlock(idle, plainLook(), { hadFresh: true });
  expect(lines.at(-1)).toMatch(/^hint: with --profile everything is looked at/);
  expect(profileBlock(idle, plainLook(), { hadFresh: false })).toEqual(lines.slice(0, -1));
});

test('one command is not told to be beside itself', () => {
  const single = { ...built, commands: { count: 1, sumMs: 900, busyMs: 900, most: 1, jobs: 4 } };
  expect(profileBlock(single, plainLook(), { hadFresh: false })).toContain('1 command: 900ms of work');
});

test('it fits a narrow terminal', () => {
  const lines = profileBlock(built, plainLook(40), { hadFresh: true });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(42);
});
