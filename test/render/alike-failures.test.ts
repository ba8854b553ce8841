// Items that failed of one cause: a few in full, the rest counted, in every display.
import { expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import type { EventBody, TaskFinished } from '../../src/model/events.ts';
import type { Failure } from '../../src/model/failure.ts';
import { likeness } from '../../src/model/words/alike.ts';
import { createConsole } from '../../src/render/console.ts';
import type { ConsoleMode } from '../../src/render/console-mode.ts';
import { at, FakeStream, finished, runFinished, runStarted } from './event-feed.ts';

const exit = (code: number): Failure => ({ kind: 'exit', code, line: 'node x.mjs' });

function failedItem(item: string, failure: Failure, more: Partial<TaskFinished> = {}): TaskFinished {
  const task = `up:${item}` as TaskId;
  return finished(task, 'failed', { task, stage: 'up', item, failure, log: `logs/${item}.log`, ...more });
}

function shown(mode: ConsoleMode, failures: readonly TaskFinished[], columns = 50) {
  const stdout = Object.assign(new FakeStream({ columns, rows: 20 }), { isTTY: mode === 'live' });
  const stderr = new FakeStream();
  const console = createConsole({
    mode,
    verbose: false,
    stdout,
    stderr,
    env: { LANG: 'C.UTF-8', NO_COLOR: '1' },
  });
  const fanOut: EventBody = {
    kind: 'stage-fanned-out',
    stage: 'up',
    items: failures.length,
    expected: 1,
  };
  for (const body of [
    runStarted(1),
    fanOut,
    ...failures,
    runFinished({ outcome: 'failed', exitCode: 1, failed: failures.length }),
  ])
    console.handle(at(0, body));
  console.close();
  return { stdout: stdout.lines(), stderr: stderr.lines() };
}

const two = (n: number) => String(n).padStart(2, '0');
/** Two causes, one of which is common. */
const twenty = [
  ...Array.from({ length: 19 }, (_, n) => failedItem(`in/${two(n)}.txt`, exit(3))),
  failedItem('in/odd.txt', exit(4)),
];
const ways = (lines: readonly string[]) => lines.filter((line) => line.startsWith('  continue'));
const inFull = ['00', '01', '02', '03', '04', 'odd'].map((n) => `  continue  pipe build up:in/${n}.txt`);
const counted =
  '… and 14 more of up failed like up:in/00.txt: pipe show lists them, pipe logs up has what they printed';

test('in plain lines each is named when it fails, and at the end the rest of a cause is counted', () => {
  const { stdout } = shown('plain', twenty);
  expect(ways(stdout)).toEqual(inFull);
  const end = stdout.slice(stdout.lastIndexOf('') + 1);
  expect(end.map((line) => line.split('  exit')[0])).toEqual([
    ...['00', '01', '02', '03', '04', 'odd'].map((n) => `failed    up:in/${n}.txt`),
    counted,
    '20 failed in 2.0s',
  ]);
  expect(stdout.filter((line) => line.startsWith('failed    up:in/18.txt'))).toHaveLength(1);
});

test('on a terminal, also a narrow one, the rest shows as a count only', () => {
  const { stdout } = shown('live', twenty);
  expect(stdout.filter((line) => line.startsWith('✗ up:'))).toHaveLength(6);
  expect(stdout.filter((line) => line.includes('in/05.txt'))).toEqual([]);
  const from = stdout.indexOf('… and 14 more of up failed like up:in/00.txt:');
  const told = stdout.slice(from, from + 3).join('');
  expect(told.replaceAll(/ +/g, ' ')).toBe(counted);
  expect(stdout.every((line) => line.length <= 50)).toBe(true);
});

test('one that fails last, and like the others, still brings the line that sums up its stage', () => {
  const { stdout } = shown('live', twenty.slice(0, 19));
  expect(stdout.some((line) => line.includes('19 items: 19 failed'))).toBe(true);
});

test('quietly, the count stands where the others would', () => {
  const { stderr } = shown('quiet', twenty);
  expect(ways(stderr)).toEqual(inFull);
  expect(stderr.at(-1)).toBe(counted);
});

test('for programs each is an event as before', () => {
  const { stdout } = shown('json', twenty);
  expect(stdout.filter((line) => line.includes('"kind":"task-finished"'))).toHaveLength(20);
});

test('of a batch, the log is with one that is told in full', () => {
  const others = Array.from({ length: 6 }, (_, n) => failedItem(`${n}`, exit(3)));
  const batch = [
    failedItem('a', exit(3), { log: 'batch.log' }),
    failedItem('b', { kind: 'reported', message: 'bad' }, { log: 'batch.log' }),
  ];
  expect(shown('plain', [...others, ...batch]).stdout).toContain('  log       batch.log');
});

test('what never ran left nothing to read in a log', () => {
  const missing = Array.from({ length: 6 }, (_, n): TaskFinished => {
    const { log: _none, ...event } = failedItem(`${n}`, { kind: 'input-missing', patterns: ['a.txt'] });
    return event;
  });
  expect(shown('plain', missing).stdout).toContain(
    '… and 1 more of up failed like up:0: pipe show lists them',
  );
});

test.each<[string, boolean, Failure, Failure]>([
  ['one exit code', true, exit(1), exit(1)],
  ['another exit code', false, exit(1), exit(2)],
  ['a file of its own', true, missed('out/a-b.json'), missed('out/c.json')],
  ['another file of its own', false, missed('out/a-b.json'), missed('log/c.json')],
  ['words of its own', true, thrown('no title in a-b'), thrown('no title in c')],
  ['other words', false, thrown('no title'), thrown('no text')],
  ['one problem, put aside', true, checked('no title', 'a'), checked('no title', 'b')],
  ['another problem', false, checked('no title', 'a'), checked('no text', 'b')],
])('%s: alike is %j', (_what, isAlike, one, other) => {
  const first = likeness(failedItem('in/a-b.txt', one));
  expect(likeness(failedItem('in/c.txt', other)) === first).toBe(isAlike);
  expect(likeness({ ...failedItem('in/a-b.txt', one), stage: 'down' })).not.toBe(first);
});

function missed(path: string): Failure {
  return { kind: 'output-missing', patterns: [path] };
}

function thrown(message: string): Failure {
  return { kind: 'threw', message, stack: null };
}

function checked(message: string, kept: string): Failure {
  const problem = { path: 'out.json', line: null, pointer: null, message };
  return { kind: 'check-failed', problems: [problem], more: 0, kept };
}
