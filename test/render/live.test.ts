// The live view, proved on a small terminal: permanent lines in order, nothing left over.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import type { EventBody } from '../../src/model/events.ts';
import { foldEvent, initialView, type RunView } from '../../src/model/words/run-view.ts';
import { lookOf } from '../../src/render/console-mode.ts';
import { widthOf } from '../../src/render/fit.ts';
import { createLiveDisplay, type LiveDisplay } from '../../src/render/live.ts';
import { liveLines } from '../../src/render/live-lines.ts';
import { summaryLines } from '../../src/render/summary.ts';
import { createWriter } from '../../src/render/writer.ts';
import {
  at,
  FakeStream,
  finished,
  output,
  planned,
  progress,
  retrying,
  runFinished,
  runStarted,
  started,
  startMs,
} from './event-feed.ts';
import { Screen } from './screen.ts';

const utf8 = { LANG: 'C.UTF-8', NO_COLOR: '1' };
const names = ['enrichment', 'segmentation'];

/** A display on a terminal whose time and redraws the test owns. */
class Rig {
  readonly stream: FakeStream;
  readonly screen: Screen;
  readonly display: LiveDisplay;
  nowMs = startMs;
  /** The redraws that are due; `null` while nothing asks for any. */
  tick: (() => void) | null = null;
  private view: RunView = initialView();
  private fed = 0;

  constructor(
    options: { columns?: number; rows?: number; verbose?: boolean; env?: Record<string, string> } = {},
  ) {
    const size = { columns: options.columns ?? 60, rows: options.rows ?? 20 };
    this.stream = new FakeStream(size);
    this.screen = new Screen(size);
    this.display = createLiveDisplay(
      createWriter(this.stream),
      lookOf(this.stream, options.env ?? utf8, names),
      {
        terminal: this.stream,
        verbose: options.verbose ?? false,
        nowMs: () => this.nowMs,
        every: (_ms, tick) => {
          this.tick = tick;
          return () => {
            this.tick = null;
          };
        },
      },
    );
  }

  send(afterMs: number, ...bodies: readonly EventBody[]): void {
    this.nowMs = startMs + afterMs;
    for (const body of bodies) {
      const event = at(afterMs, body);
      this.view = foldEvent(this.view, event);
      this.display.show(event, this.view);
    }
  }

  redraw(afterMs: number): void {
    this.nowMs = startMs + afterMs;
    this.tick?.();
  }

  resize(columns: number): void {
    this.shown();
    this.screen.columns = columns;
    this.stream.columns = columns;
    this.stream.tell('resize');
  }

  shown(): string[] {
    this.screen.feed(this.stream.written.slice(this.fed));
    this.fed = this.stream.written.length;
    return this.screen.text();
  }
}

let exitListeners = 0;
beforeEach(() => {
  exitListeners = process.listenerCount('exit');
});
afterEach(() => {
  expect(process.listenerCount('exit')).toBe(exitListeners);
});

test('why something runs again, and what a plan comes to, are broken between words', () => {
  const failure = { kind: 'exit', code: 75, line: 'node a.mjs' } as const;
  const again = new Rig({ columns: 40 });
  again.send(0, runStarted(1), retrying('diagram:out/math-3/lessons/2.md', { failure, delayMs: 2000 }));
  expect(again.shown()).toEqual([
    'retrospective · 1 task',
    'diagram:out/math-3/lessons/2.md:',
    '  attempt 1 failed: exit code 75; again',
    '  in 2.0s (1 left)',
  ]);
  const plan = new Rig({ columns: 40 });
  const tasks = Array.from({ length: 3 }, (_, i) => planned(`a${i}`, 'run', { estimateMs: i ? null : 600 }));
  plan.send(0, runStarted(3, { dryRun: true }), ...tasks, runFinished());
  expect(plan.shown().slice(-2)).toEqual(['3 would run; about 600ms of work and 2', 'never timed']);
  again.display.close();
  plan.display.close();
});

describe('the block', () => {
  test('shows what runs with elapsed time, what remains, progress and the last line of output', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(5), finished('extraction', 'fresh'));
    rig.send(0, started('enrichment', { estimateMs: 50_000 }), started('segmentation'));
    await rig.display.opening;
    rig.send(10_000, output('enrichment', 'reading 1934\n'), progress('segmentation', 3, 10));
    rig.redraw(12_000);
    expect(rig.shown()).toEqual([
      'retrospective · 5 tasks',
      '⠙ enrichment     12s  ~38s left  reading 1934',
      '⠙ segmentation   12s  ━━━┄┄┄┄┄┄┄ 3/10  ~28s left',
      '1 of 5 done, 1 fresh · 12s',
    ]);
    expect(rig.screen.cursorVisible).toBe(false);
    rig.display.close();
  });

  test('is not drawn while the terminal has not taken what came before, and then as things stand', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(2), started('enrichment'));
    await rig.display.opening;
    rig.redraw(1000);
    const { writes } = rig.stream;
    rig.stream.isBehind = true;
    for (const ms of [2000, 3000, 4000]) rig.redraw(ms);
    expect(rig.stream.writes).toBe(writes);
    rig.stream.isBehind = false;
    rig.redraw(5000);
    expect(rig.shown()).toEqual([
      'retrospective · 2 tasks',
      expect.stringMatching(/ enrichment +5s/),
      '0 of 2 done · 5s',
    ]);
    rig.display.close();
  });

  test('gives way to permanent lines in the order of their events and leaves nothing behind', async () => {
    const rig = new Rig();
    rig.send(
      0,
      runStarted(5),
      finished('extraction', 'fresh'),
      started('enrichment'),
      started('segmentation'),
    );
    await rig.display.opening;
    rig.redraw(500);
    rig.send(
      1200,
      finished('enrichment', 'executed', { reasons: [{ code: 'input-changed', path: 'data/full.json' }] }),
    );
    rig.redraw(1300);
    rig.send(1400, { kind: 'warning', message: 'the cache is read-only', hint: 'mount it writable' });
    rig.send(1500, finished('segmentation', 'restored', { savedMs: 45_000 }), started('analysis'));
    rig.redraw(2000);
    expect(rig.shown().at(-1)).toBe('3 of 5 done, 1 fresh · 2s');
    rig.send(3000, finished('analysis', 'executed', { durationMs: 1500 }));
    rig.send(3000, runFinished({ executed: 2, restored: 1, fresh: 1, savedMs: 45_000 }));
    expect(rig.shown()).toEqual([
      'retrospective · 5 tasks',
      '✓ enrichment    1.2s    data/full.json changed',
      'warning: the cache is read-only',
      '  hint: mount it writable',
      '↺ segmentation  restored, saved 45s',
      '✓ analysis      1.5s',
      '2 ran, 1 restored, 1 fresh in 2.0s, saved 45s',
    ]);
    expect(rig.screen.cursorVisible).toBe(true);
    expect([rig.tick, rig.stream.heard('resize')]).toEqual([null, 0]);
  });

  test('is one write a frame, and no write where nothing changed', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(), started('enrichment'));
    await rig.display.opening;
    rig.redraw(100);
    const before = rig.stream.writes;
    rig.redraw(200);
    expect(rig.stream.writes).toBe(before + 1);
    rig.send(250, finished('enrichment', 'executed'));
    expect(rig.stream.writes).toBe(before + 2);
    rig.display.close();
  });

  test('asks for redraws only while something runs', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(), started('enrichment'));
    await rig.display.opening;
    expect(rig.tick).not.toBeNull();
    rig.send(100, finished('enrichment', 'executed'));
    rig.redraw(200);
    expect(rig.tick).toBeNull();
    rig.send(300, started('analysis'));
    expect(rig.tick).not.toBeNull();
    rig.display.close();
  });

  test.each([
    [100, 35],
    [60, 120],
    [100, 24],
  ])('survives a change from %d to %d columns', async (from, to) => {
    const rig = new Rig({ columns: from });
    rig.send(0, runStarted(), started('enrichment', { estimateMs: 60_000 }), started('segmentation'));
    await rig.display.opening;
    rig.send(100, output('enrichment', `${'long words of output '.repeat(9)}\n`));
    rig.redraw(200);
    rig.send(300, finished('segmentation', 'executed'));
    rig.resize(to);
    expect(rig.shown().filter((line) => line.includes('enrichment'))).toHaveLength(1);
    expect(rig.shown().at(-1)).toMatch(/^1 of 5 done/);
    rig.resize(from);
    rig.redraw(400);
    rig.send(500, finished('enrichment', 'executed'), runFinished({ executed: 2 }));
    expect(rig.shown().map((line) => line.slice(0, 14).trimEnd())).toEqual([
      'retrospective',
      '✓ segmentation',
      '✓ enrichment',
      '2 ran in 2.0s',
    ]);
  });

  test('takes all but four rows of the terminal, and counts the rest', async () => {
    const rig = new Rig({ rows: 12 });
    const tasks = Array.from({ length: 40 }, (_, i) => `item${i}`);
    rig.send(0, runStarted(40), ...tasks.map((task) => started(task)));
    await rig.display.opening;
    const block = rig.shown().slice(1);
    expect(block).toHaveLength(12 - 4);
    expect(block.slice(-2)).toEqual(['… and 34 more', '0 of 40 done · 0s']);
    rig.send(100, ...tasks.map((task) => finished(task, 'executed')), runFinished({ executed: 40 }));
    expect(rig.shown()).toHaveLength(1 + 40 + 1);
  });

  test.each([60, 19, 8])('fits %d columns, whatever is in it', async (columns) => {
    const rig = new Rig({ columns });
    rig.send(
      0,
      runStarted(),
      started(`a-stage-with-${'very-'.repeat(9)}long-name`, { estimateMs: 9_000_000 }),
    );
    await rig.display.opening;
    rig.send(1, progress(`a-stage-with-${'very-'.repeat(9)}long-name`, 123_456, 234_567), output('x', 'y'));
    rig.redraw(1000);
    rig.shown();
    expect(rig.shown().at(-1)).toMatch(/^0 of .*(?:…|1s)$/);
    expect(
      rig
        .shown()
        .slice(-2)
        .filter((line) => widthOf(line) >= columns),
    ).toEqual([]);
    rig.display.close();
  });

  test('is not even loaded when nothing runs', () => {
    const rig = new Rig();
    const fresh = Array.from({ length: 97 }, (_, i) => finished(`stage${i}`, 'fresh', { savedMs: 1000 }));
    rig.send(0, runStarted(97), ...fresh, runFinished({ fresh: 97, durationMs: 48, savedMs: 97_000 }));
    expect(rig.display.opening).toBeNull();
    expect(rig.stream.written).toBe('nothing to do: 97 fresh in 48ms (saved 1m 37s)\n');
  });

  test('that comes too late does not open', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(1), started('enrichment'));
    const { opening } = rig.display;
    rig.send(
      5,
      finished('enrichment', 'executed', { durationMs: 5 }),
      runFinished({ executed: 1, durationMs: 9 }),
    );
    await opening;
    expect(rig.shown()).toEqual(['retrospective · 1 task', '✓ enrichment    5ms', '1 ran in 9ms']);
    expect(rig.stream.written).not.toContain('\u001b');
  });

  test('is taken away when the display closes in the middle of a run', async () => {
    const rig = new Rig();
    rig.send(0, runStarted(), started('enrichment'));
    await rig.display.opening;
    rig.display.close();
    rig.display.close();
    expect(rig.shown()).toEqual(['retrospective · 5 tasks']);
    expect(rig.screen.cursorVisible).toBe(true);
  });
});

test('with -v, output stands above the block under the name of its stage', async () => {
  const rig = new Rig({ verbose: true });
  rig.send(0, runStarted(2), finished('extraction', 'fresh'), started('enrichment'));
  await rig.display.opening;
  rig.send(10, output('enrichment', 'first\nsec'));
  rig.redraw(100);
  rig.send(20, output('enrichment', 'ond \u001b[2J\u001b[31mred\u001b[0m\nlast'));
  rig.send(30, finished('enrichment', 'executed'), runFinished({ executed: 1, fresh: 1 }));
  expect(rig.shown()).toEqual([
    'retrospective · 2 tasks',
    '· extraction    fresh',
    'run       enrichment    because it was never built',
    'enrichment | first',
    'enrichment | second red',
    'enrichment | last',
    '✓ enrichment    1.2s',
    '1 ran, 1 fresh in 2.0s',
  ]);
});

test('at the end it is told in full what failed, on a narrow terminal too', () => {
  const look = lookOf(new FakeStream({ columns: 40, rows: 20 }), { LANG: 'C', NO_COLOR: '1' });
  const exit = { durationMs: 2000, failure: { kind: 'exit', code: 1, line: 'x' } } as const;
  const item = 'a:sow/mathematics/autumn/week-1.json';
  const events = [
    runStarted(2),
    finished(item, 'failed', exit),
    finished('b', 'failed', exit),
    runFinished(),
  ];
  const view = events.map((body) => at(0, body)).reduce(foldEvent, initialView());
  expect(summaryLines(view, look).slice(1, -1)).toEqual([
    'failed    a:sow/mathematics/autumn/week-',
    '1.json  exit code 1 after 2.0s',
    expect.stringMatching(/^failed {4}b +exit code 1 /),
  ]);
});

test('what waits for its next attempt says when that is and why', () => {
  const stream = new FakeStream({ columns: 80, rows: 20 });
  const look = lookOf(stream, { LANG: 'C', NO_COLOR: '1' });
  const failure = { kind: 'exit', code: 7, line: 'x' } as const;
  const events = [
    runStarted(1),
    started('a'),
    output('a', 'HTTP 503\n'),
    retrying('a', { failure, delayMs: 4000 }),
  ];
  const view = events.map((body) => at(0, body)).reduce(foldEvent, initialView());
  const moment = { nowMs: startMs + 1500, frame: 0, rows: 20 };
  expect(liveLines(view, look, moment)[0]).toBe('| a    1s  attempt 2 in 3s: exit code 7');
  foldEvent(view, at(4000, started('a', { attempt: 2 })));
  expect(liveLines(view, look, { ...moment, nowMs: startMs + 5000 })[0]).toBe('| a    1s  attempt 2');
});

test('what is left alone for a while has a line that counts down, also when nothing else runs', async () => {
  const rig = new Rig({ columns: 60 });
  const ofPool = { kind: 'breaker-changed', of: 'pool', name: 'llm' } as const;
  rig.send(0, runStarted(2), started('a'));
  await rig.display.opening;
  rig.send(0, { ...ofPool, state: 'open', failures: 2, pauseMs: 30_000 }, finished('a', 'failed', {}));
  rig.redraw(1500);
  rig.tick?.();
  expect(rig.tick).not.toBeNull();
  expect(rig.shown().at(-2)).toBe('  pool llm is left alone, 29s to go');
  rig.send(30_000, { ...ofPool, state: 'trying', task: 'b' as TaskId });
  expect(rig.shown().join('\n')).not.toContain('to go');
  expect(rig.shown().join('\n')).toContain('pool      llm           tries b');
  rig.send(31_000, runFinished());
});

test('a pool that lets no more begin for a while has one too, until that is over', async () => {
  const rig = new Rig({ columns: 70 });
  rig.send(0, runStarted(2), started('a'));
  await rig.display.opening;
  rig.send(0, { kind: 'pool-full', pool: 'api', perMinute: 1, forMs: 59_000 }, finished('a', 'executed', {}));
  rig.redraw(1500);
  rig.tick?.();
  expect(rig.tick).not.toBeNull();
  expect(rig.shown().at(-2)).toBe('  pool api lets no more begin this minute, 58s to go');
  rig.send(59_000, started('b'));
  rig.redraw(59_000);
  expect(rig.shown().join('\n')).not.toContain('to go');
  rig.send(60_000, runFinished());
});

test('a terminal without Unicode gets plain signs', () => {
  const stream = new FakeStream({ columns: 60, rows: 20 });
  const look = lookOf(stream, { LANG: 'C', NO_COLOR: '1' });
  const events = [runStarted(1), started('a'), progress('a', 5, 10)].map((body) => at(0, body));
  const view = events.reduce(foldEvent, initialView());
  expect(liveLines(view, look, { nowMs: startMs + 2000, frame: 0, rows: 20 })).toEqual([
    '| a    2s  =====----- 5/10  ~2s left',
    '0 of 1 done - 2s',
  ]);
});

describe('a stage with items', () => {
  const ofItem = (n: number) => ({ task: `lessons:${n}` as TaskId, stage: 'lessons', item: String(n) });
  const fannedOut = { kind: 'stage-fanned-out', stage: 'lessons', items: 4, expected: 0 } as const;

  test('is one line while it is at work, and one when its last item is done', async () => {
    const rig = new Rig({ columns: 80 });
    rig.send(0, runStarted(0), fannedOut, ...[1, 2, 3].map((n) => started('', ofItem(n))));
    await rig.display.opening;
    rig.send(1000, finished('', 'executed', { ...ofItem(1), durationMs: 1000 }));
    rig.send(2000, finished('', 'fresh', { ...ofItem(4), durationMs: 0 }));
    rig.redraw(2000);
    const lines = rig.shown();
    expect(lines.filter((line) => line.includes('lessons'))).toHaveLength(1);
    expect(lines.join('\n')).toMatch(/lessons .*2\/4 {2}~4s left {2}2 at work/);

    rig.send(3000, finished('', 'executed', { ...ofItem(2), durationMs: 2000 }));
    rig.send(4000, finished('', 'restored', { ...ofItem(3), durationMs: 0 }), runFinished());
    expect(rig.shown().filter((line) => line.includes('lessons'))).toEqual([
      '✓ lessons       4 items: 2 ran, 1 restored, 1 fresh; 3.0s of work',
    ]);
  });
});
