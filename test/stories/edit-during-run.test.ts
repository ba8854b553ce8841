// Invariant 5: inputs that are edited while their stage runs give no record and no cache entry.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { PipeEvent } from '../../src/model/events.ts';
import { Gates } from '../rig/gate.ts';
import { type Built, builtFrom, Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';

const copy = `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' } } }`;

/** Tells twice where it is, and waits twice: before and after it reads its input. The gates bear the attempt's number. */
const waiting = `{ stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run:
  'echo "at the input $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat in.txt > out.txt; echo "has read $PIPE_ATTEMPT"; cat end-$PIPE_ATTEMPT > /dev/null',
} } }`;

function gatesOf(rig: Rig): Gates {
  return new Gates(rig, ...[1, 2, 3].flatMap((attempt) => [`begin-${attempt}`, `end-${attempt}`]));
}

function retries(built: Built) {
  return built.events.flatMap((event: PipeEvent) =>
    event.kind === 'task-retrying' && event.why === 'input-changed'
      ? [{ attempt: event.attempt, why: event.why, paths: event.paths }]
      : [],
  );
}

test('an input that is edited while its stage runs makes it run once more', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('in.txt', 'second');
  await gates.open('end-1', 'begin-2', 'end-2');

  const built = builtFrom(await build.ended);
  expect(built.executed).toEqual(['copy']);
  expect(retries(built)).toEqual([{ attempt: 1, why: 'input-changed', paths: ['in.txt'] }]);
  expect(rig.read('out.txt')).toBe('second');
  await expectNothingToDo(rig);
});

test('an edit that is taken back before the stage ends leaves no trace in records and cache', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await build.printed('at the input 1');
  rig.write('in.txt', 'torn');
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('in.txt', 'first');
  await gates.open('end-1', 'begin-2', 'end-2');
  const built = builtFrom(await build.ended);
  expect(built.executed).toEqual(['copy']);
  expect(retries(built)).toHaveLength(1);
  expect(rig.read('out.txt')).toBe('first');

  rig.remove('out.txt');
  expect((await rig.build()).restored).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('first');
  await expectNothingToDo(rig);
});

test('an input that is edited each time ends in a failure that says so', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  for (const attempt of [1, 2, 3]) {
    await gates.open(`begin-${attempt}`);
    await build.printed(`has read ${attempt}`);
    rig.write('in.txt', `v${attempt}`);
    await gates.open(`end-${attempt}`);
  }
  const built = builtFrom(await build.ended);
  expect(built.code).toBe(1);
  expect(retries(built).map((one) => one.attempt)).toEqual([1, 2]);
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-changing', paths: ['in.txt'] });
  expect(rig.exists('out.txt')).toBe(false);

  const next = rig.start(['build', '--json']);
  await gates.open('begin-1', 'end-1');
  expect(builtFrom(await next.ended).executed).toEqual(['copy']);
  expect(rig.read('out.txt')).toBe('v3');
  await expectNothingToDo(rig);
});

test('a file that appears under the pattern, or goes, while the stage runs counts as an edit', async () => {
  const config = `{ stages: { join: { requires: ['src/*.txt'], produces: ['all.txt'],
    run: 'echo "joins $PIPE_ATTEMPT"; cat begin-$PIPE_ATTEMPT > /dev/null; cat src/*.txt > all.txt' } } }`;
  await using rig = await Rig.compiled({ 'src/a.txt': 'a', 'src/b.txt': 'b' }, config);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await build.printed('joins 1');
  rig.write('src/c.txt', 'c');
  await gates.open('begin-1');
  await build.printed('joins 2');
  rig.remove('src/a.txt');
  await gates.open('begin-2', 'begin-3');
  const built = builtFrom(await build.ended);
  expect(retries(built).map((one) => one.paths)).toEqual([['src/c.txt'], ['src/a.txt']]);
  expect(rig.read('all.txt')).toBe('bc');
  await expectNothingToDo(rig);
});

test('an input that is deleted while its stage runs ends in a failure that names it', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'first' }, waiting);
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.remove('in.txt');
  await gates.open('end-1');
  const built = builtFrom(await build.ended);
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-missing', patterns: ['in.txt'] });
});

test('a stage that edits its own input fails and says which', async () => {
  const config = copy.replace('cat in.txt > out.txt', 'cat in.txt > out.txt; echo more >> in.txt');
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, config);
  const built = await rig.build();
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-changing', paths: ['in.txt'] });
});

test('one that makes a hard link to its own input fails too, and learns what that does', async () => {
  const config = copy.replace('cat in.txt > out.txt', 'ln -f in.txt out.txt');
  await using rig = await Rig.compiled({ 'in.txt': 'v0\n' }, config);
  const built = await rig.build();
  expect(built.end('copy')?.failure).toEqual({ kind: 'input-changing', paths: ['in.txt'], asBefore: true });
  expect((await rig.pipe(['build'])).stdout).toContain('ln, cp -l, touch and chmod count as edits');
});

test('a link whose target changes while the stage runs counts as an edit', async () => {
  await using rig = await Rig.compiled({ 'target.txt': 'first' }, waiting);
  fs.symlinkSync('target.txt', rig.path('in.txt'));
  const gates = gatesOf(rig);
  const build = rig.start(['build', '--json']);
  await gates.open('begin-1');
  await build.printed('has read 1');
  rig.write('target.txt', 'second');
  await gates.open('end-1', 'begin-2', 'end-2');
  expect(retries(builtFrom(await build.ended))).toHaveLength(1);
  expect(rig.read('out.txt')).toBe('second');
});
