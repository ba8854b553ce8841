// Which display is chosen, where it writes, and what happens when nobody reads any more.
import { describe, expect, test } from 'vitest';
import { createConsole } from '../../src/render/console.ts';
import { chooseMode, lookOf } from '../../src/render/console-mode.ts';
import { wantsColour } from '../../src/render/style.ts';
import { createWriter } from '../../src/render/writer.ts';
import { at, FakeStream, finished, output, runFinished, runStarted, started } from './event-feed.ts';

const failed = finished('analysis', 'failed', { failure: { kind: 'exit', code: 1, line: 'x' } });

function consoleOf(mode: 'json' | 'quiet') {
  const streams = { stdout: new FakeStream(), stderr: new FakeStream() };
  const console = createConsole({ mode, verbose: true, ...streams, env: {} });
  return { ...streams, console };
}

test('json: every event is one line in the published key order, and problems for people go to stderr', () => {
  const { console, stdout, stderr } = consoleOf('json');
  // The keys come in another order from inside.
  const { task, ...rest } = started('a', {
    reasons: [{ code: 'input-changed', path: 'data/full.json' }],
  });
  console.handle(at(0, runStarted(1)));
  console.handle(at(0, { ...rest, task }));
  console.handle(at(0, output('a', 'line\n\u001b[31m')));
  console.handle(at(0, failed));
  const lines = stdout.lines();
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe(
    '{"v":1,"seq":0,"runId":"r1","at":"2026-01-02T03:04:05.000Z","kind":"run-started","pipeline":"retrospective","targets":[],"tasks":1,"dryRun":false,"command":[]}',
  );
  expect(lines[1]).toContain(
    '"kind":"task-started","task":"a","stage":"a","item":null,"attempt":1,"reasons":[{"code":"input-changed","path":"data/full.json"}]',
  );
  expect(JSON.parse(lines[2]!)).toMatchObject({ kind: 'task-output', text: 'line\n\u001b[31m' });
  expect(stderr.lines()[0]).toBe('✗ analysis failed: exit code 1 after 1.2s');
});

test('quiet: nothing but problems, on stderr', () => {
  const { console, stdout, stderr } = consoleOf('quiet');
  for (const body of [
    runStarted(1),
    started('a'),
    output('a', 'x\n'),
    finished('a', 'executed'),
    runFinished(),
  ]) {
    console.handle(at(0, body));
  }
  expect([stdout.written, stderr.written]).toEqual(['', '']);
  console.handle(at(0, { kind: 'warning', message: 'kept aside' }));
  console.handle(at(0, failed));
  expect(stdout.written).toBe('');
  expect(stderr.lines().slice(0, 2)).toEqual([
    'warning: kept aside',
    '✗ analysis failed: exit code 1 after 1.2s',
  ]);
});

test('when the reader of stdout leaves, nothing more is written and the caller is told once', () => {
  const stdout = new FakeStream();
  let told = 0;
  const console = createConsole({
    mode: 'plain',
    verbose: false,
    stdout,
    stderr: new FakeStream(),
    env: {},
    onClosed: () => told++,
  });
  console.handle(at(0, runStarted(1)));
  console.handle(at(0, started('a')));
  const before = stdout.written;
  stdout.tell('error');
  stdout.tell('error');
  console.handle(at(0, finished('a', 'executed')));
  expect([told, stdout.written]).toEqual([1, before]);
});

test('a stream that throws counts as closed', () => {
  let told = 0;
  const stream = new FakeStream();
  stream.write = () => {
    throw new Error('EPIPE');
  };
  const writer = createWriter(stream, () => told++);
  writer.write('a');
  writer.write('b');
  expect(told).toBe(1);
});

describe('the mode', () => {
  test.each([
    [{ json: true, quiet: true }, true, {}, 'json'],
    [{ json: false, quiet: true }, true, {}, 'quiet'],
    [{ json: false, quiet: false }, true, { TERM: 'xterm' }, 'live'],
    [{ json: false, quiet: false }, false, {}, 'plain'],
    [{ json: false, quiet: false }, true, { CI: 'true' }, 'plain'],
    [{ json: false, quiet: false }, true, { CI: 'false' }, 'live'],
    [{ json: false, quiet: false }, true, { TERM: 'dumb' }, 'plain'],
  ])('of %j on a terminal: %j, with %j, is %s', (asked, isTTY, env: Record<string, string>, mode) => {
    expect(chooseMode(asked, { isTTY }, env)).toBe(mode);
  });
});

describe('colour', () => {
  test.each<[boolean, Record<string, string>, boolean]>([
    [true, {}, true],
    [false, {}, false],
    [true, { TERM: 'dumb' }, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '3', NO_COLOR: '1' }, false],
  ])('on a terminal: %j, with %j, is %j', (isTTY, env, colour) => {
    expect(wantsColour({ isTTY }, env)).toBe(colour);
  });
});

test('a terminal that does not know its width counts as 80 columns wide', () => {
  const stream = Object.assign(new FakeStream(), { isTTY: true, columns: 0 });
  expect(lookOf(stream, {}).columns).toBe(80);
});

test('plain lines do not depend on the width of a terminal that happens to be there', () => {
  const stdout = Object.assign(new FakeStream(), { isTTY: true, columns: 30 });
  const console = createConsole({ mode: 'plain', verbose: false, stdout, stderr: new FakeStream(), env: {} });
  console.handle(at(0, runStarted(1)));
  console.handle(
    at(0, started('a', { reasons: [{ code: 'input-changed', path: 'a/very/long/path/to/some/file.json' }] })),
  );
  expect(stdout.lines().at(-1)).toContain('because a/very/long/path/to/some/file.json changed');
});
