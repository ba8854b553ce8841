// The reducer of a watch: when it looks, runs, waits and ends. No file and no clock is needed.
import { describe, expect, test } from 'vitest';
import { noHints } from '../../../src/model/watch/hints.ts';
import type { WatchInput, WatchOrder } from '../../../src/model/watch/watch-orders.ts';
import { beginWatch, step, type WatchState } from '../../../src/model/watch/watch-state.ts';

/** Plays inputs one after the other; answers what each was answered with. */
class Play {
  state: WatchState = beginWatch().state;

  give(input: WatchInput): readonly WatchOrder[] {
    const next = step(this.state, input);
    this.state = next.state;
    return next.orders;
  }

  heard(nowMs: number, ...paths: readonly string[]): readonly WatchOrder[] {
    return this.give({
      kind: 'heard',
      paths: new Map(paths.map((one) => [one, { gone: false }])),
      ofCode: false,
      isCheckout: false,
      nowMs,
    });
  }

  woke(nowMs: number) {
    return kinds(this.give({ kind: 'woke', isCheckout: false, nowMs }));
  }
}

const kinds = (orders: readonly WatchOrder[]) => orders.map((order) => order.kind);

/** Loaded, built and at rest, at 0 ms. */
function atRest(): Play {
  const play = new Play();
  play.give({ kind: 'reloaded', config: 'valid', nowMs: 0 });
  play.give({ kind: 'run-ended', refused: false, nowMs: 0 });
  play.give({ kind: 'looked', hasWork: false, nowMs: 0 });
  return play;
}

/** The same, and a run is at work for what was saved. */
function atWork(): Play {
  const play = atRest();
  play.heard(0, '/w/a');
  play.woke(25);
  play.give({ kind: 'looked', hasWork: true, nowMs: 25 });
  return play;
}

describe('at first', () => {
  test('it loads, builds, looks at what that left, and rests', () => {
    expect(beginWatch().orders).toEqual([{ kind: 'reload', isSure: true, hints: noHints }]);
    const play = new Play();
    expect(play.give({ kind: 'reloaded', config: 'valid', nowMs: 0 })).toEqual([
      { kind: 'run', request: { kind: 'begin' }, isFirst: true },
    ]);
    expect(kinds(play.give({ kind: 'run-ended', refused: false, nowMs: 0 }))).toEqual(['look']);
    expect(kinds(play.give({ kind: 'looked', hasWork: false, nowMs: 0 }))).toEqual(['rest']);
  });

  test('after a run of which nothing was heard it looks anew, since there was no look ahead', () => {
    const play = atRest();
    play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 10 });
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 20 })).toMatchObject([
      { kind: 'look', isAhead: false },
    ]);
  });

  test('what is heard of while it loads is looked at after the first build at the latest', () => {
    const play = new Play();
    expect(play.heard(0, '/w/a')).toEqual([]);
    expect(kinds(play.give({ kind: 'reloaded', config: 'valid', nowMs: 1 }))).toEqual(['run']);
    const [look] = play.give({ kind: 'run-ended', refused: false, nowMs: 100 });
    expect(look).toMatchObject({ kind: 'look', hints: { paths: new Map([['/w/a', { gone: false }]]) } });
  });
});

describe('the first build', () => {
  const began = { kind: 'run', request: { kind: 'begin' }, isFirst: true };
  const run = (orders: readonly WatchOrder[]) => orders.filter(({ kind }) => kind === 'run');

  test('is owed as long as the configuration is broken, even where nothing is stale then', () => {
    const play = new Play();
    play.give({ kind: 'reloaded', config: 'broken', nowMs: 0 });
    play.heard(100, '/w/pipeline.config.ts');
    play.woke(125);
    play.give({ kind: 'reloaded', config: 'valid', nowMs: 130 });
    expect(run(play.give({ kind: 'looked', hasWork: false, nowMs: 140 }))).toEqual([began]);
    play.give({ kind: 'run-ended', refused: false, nowMs: 200 });
    expect(kinds(play.give({ kind: 'looked', hasWork: false, nowMs: 200 }))).toEqual(['rest']);
  });

  test('is owed as long as it cannot begin, and a person who asks for all has it', () => {
    const play = new Play();
    play.give({ kind: 'reloaded', config: 'valid', nowMs: 0 });
    play.give({ kind: 'run-ended', refused: true, nowMs: 10 });
    expect(run(play.give({ kind: 'looked', hasWork: true, nowMs: 11 }))).toEqual([began]);
    expect(kinds(play.give({ kind: 'run-ended', refused: true, nowMs: 12 }))).toEqual(['rest']);
    const stage = { kind: 'stage', stage: 'a' } as const;
    expect(run(play.give({ kind: 'asked', request: stage, nowMs: 20 }))).toEqual([
      { kind: 'run', request: stage, isFirst: false },
    ]);
    play.give({ kind: 'run-ended', refused: true, nowMs: 30 });
    play.give({ kind: 'looked', hasWork: false, nowMs: 31 });
    play.give({ kind: 'run-ended', refused: true, nowMs: 32 });
    expect(run(play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 40 }))).toEqual([
      { kind: 'run', request: { kind: 'all' }, isFirst: true },
    ]);
    play.give({ kind: 'run-ended', refused: false, nowMs: 50 });
    expect(run(play.give({ kind: 'looked', hasWork: true, nowMs: 60 }))).toEqual([
      { kind: 'run', request: null, isFirst: false },
    ]);
  });
});

describe('a checkout', () => {
  const word = (play: Play, kind: 'heard' | 'woke', isCheckout: boolean, nowMs: number) =>
    play.give(
      kind === 'woke'
        ? { kind, isCheckout, nowMs }
        : { kind, paths: new Map([['/w/a', { gone: false }]]), ofCode: false, isCheckout, nowMs },
    );

  test('is waited for while git is at work, however silent, and looked at as soon as it has ended', () => {
    const play = atRest();
    // No look ahead, which would be of half of it.
    expect(word(play, 'heard', true, 0)).toEqual([{ kind: 'wake', atMs: 25 }]);
    expect(word(play, 'woke', true, 200)).toEqual([{ kind: 'wake', atMs: 225 }]);
    expect(word(play, 'woke', true, 2990)).toEqual([{ kind: 'wake', atMs: 3000 }]);
    // Beyond the patience with what never is quiet.
    expect(word(play, 'heard', true, 2999)).toEqual([{ kind: 'wake', atMs: 3024 }]);
    expect(word(play, 'heard', true, 5900)).toEqual([{ kind: 'wake', atMs: 5925 }]);
    expect(word(play, 'woke', false, 5925)).toMatchObject([{ kind: 'look', isAhead: false }]);
  });

  test('is not waited for where nothing comes of it for three seconds, nor beyond a minute', () => {
    const dead = atRest();
    word(dead, 'heard', true, 0);
    expect(word(dead, 'woke', true, 2999)).toEqual([{ kind: 'wake', atMs: 3000 }]);
    expect(word(dead, 'woke', true, 3000)).toMatchObject([{ kind: 'look' }]);
    const endless = atRest();
    for (let nowMs = 0; nowMs < 60_000; nowMs += 1000)
      expect(kinds(word(endless, 'heard', true, nowMs))).toEqual(['wake']);
    expect(word(endless, 'heard', true, 60_000)).toMatchObject([{ kind: 'look' }]);
  });

  test('a run hears of it when it has ended; of two bursts the later may be one', () => {
    const play = atWork();
    expect(word(play, 'heard', true, 100)).toEqual([{ kind: 'wake', atMs: 125 }]);
    expect(word(play, 'woke', true, 125)).toEqual([{ kind: 'wake', atMs: 150 }]);
    expect(word(play, 'woke', false, 150)).toMatchObject([{ kind: 'tell-run' }]);
    word(play, 'heard', true, 160);
    // Beside what was told already.
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 170 })).toEqual([
      { kind: 'wake', atMs: 195 },
    ]);
    expect(word(play, 'woke', false, 195)).toMatchObject([{ kind: 'look' }]);
  });
});

describe('a look ahead', () => {
  const last = (play: Play, nowMs: number) => play.give({ kind: 'woke', isCheckout: false, nowMs })[0];

  test('is taken at the first word of a few files, and holds if nothing more is heard of', () => {
    const play = atRest();
    expect(play.heard(1000, '/w/a')).toMatchObject([
      { kind: 'wake', atMs: 1025 },
      { kind: 'look-ahead', hints: { paths: new Map([['/w/a', { gone: false }]]) } },
    ]);
    expect(last(play, 1025)).toMatchObject({ kind: 'look', isAhead: true });
  });

  test('does not hold after a run that somebody asked for before all had settled', () => {
    const play = atRest();
    play.heard(1000, '/w/a');
    expect(play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 1005 })).toMatchObject([
      { kind: 'run' },
    ]);
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 1055 })).toMatchObject([
      { kind: 'look', isAhead: false, hints: { paths: new Map([['/w/a', { gone: false }]]) } },
    ]);
  });

  test('does not hold where anything was heard of since, and is not taken twice in a burst', () => {
    const again = atRest();
    again.heard(1000, '/w/a');
    expect(kinds(again.heard(1010, '/w/a'))).toEqual(['wake']);
    expect(last(again, 1035)).toMatchObject({ kind: 'look', isAhead: false });
    again.give({ kind: 'looked', hasWork: false, nowMs: 1036 });

    const doubted = atRest();
    doubted.heard(1000, '/w/a');
    doubted.give({ kind: 'suspected', nowMs: 1010 });
    doubted.give({ kind: 'woke', isCheckout: false, nowMs: 1035 });
    expect(last(doubted, 1035)).toBeUndefined();
    const [look] = doubted.give({ kind: 'reloaded', config: 'valid', nowMs: 1040 });
    expect(look).toMatchObject({ kind: 'look', isAhead: false, hints: { everything: true } });
  });

  test('is not taken where more is likely to come, or something else is to be done first', () => {
    const many = atRest();
    expect(kinds(many.heard(0, ...Array.from({ length: 17 }, (_, i) => `/w/${i}`)))).toEqual(['wake']);
    const gone = atRest();
    const paths = new Map([['/w/a', { gone: true }]]);
    expect(kinds(gone.give({ kind: 'heard', paths, ofCode: false, isCheckout: false, nowMs: 0 }))).toEqual([
      'wake',
    ]);
    const code = atRest();
    const config = new Map([['/w/pipeline.config.ts', { gone: false }]]);
    expect(
      kinds(code.give({ kind: 'heard', paths: config, ofCode: true, isCheckout: false, nowMs: 0 })),
    ).toEqual(['wake']);
    const working = atWork();
    expect(kinds(working.heard(100, '/w/b'))).toEqual(['wake']);
  });
});

describe('quiet', () => {
  test('it looks when nothing was heard for 25 ms', () => {
    const play = atRest();
    expect(play.heard(1000, '/w/a')[0]).toEqual({ kind: 'wake', atMs: 1025 });
    expect(play.heard(1020, '/w/a')).toEqual([{ kind: 'wake', atMs: 1045 }]);
    expect(play.woke(1044)).toEqual(['wake']);
    const [look] = play.give({ kind: 'woke', isCheckout: false, nowMs: 1045 });
    expect(look).toMatchObject({
      kind: 'look',
      hints: { everything: false, paths: new Map([['/w/a', { gone: false }]]) },
    });
  });

  test('after many files, or one that is gone, it waits a little longer', () => {
    const many = atRest();
    expect(many.heard(0, ...Array.from({ length: 17 }, (_, i) => `/w/${i}`))).toEqual([
      { kind: 'wake', atMs: 150 },
    ]);
    const gone = atRest();
    const paths = new Map([['/w/a', { gone: true }]]);
    expect(gone.give({ kind: 'heard', paths, ofCode: false, isCheckout: false, nowMs: 0 })).toEqual([
      { kind: 'wake', atMs: 150 },
    ]);
    // It is there again.
    expect(gone.heard(10, '/w/a')).toEqual([{ kind: 'wake', atMs: 35 }]);
  });

  test('steady writing does not put it off for ever', () => {
    const play = atRest();
    let looked: number | null = null;
    for (let nowMs = 0; nowMs < 5000 && looked === null; nowMs += 10)
      if (kinds(play.heard(nowMs, '/w/log')).includes('look')) looked = nowMs;
    expect(looked).toBe(3000);
  });

  test('where there is nothing to do it rests, and no run is made', () => {
    const play = atRest();
    play.heard(0, '/w/a');
    expect(play.woke(25)).toEqual(['look']);
    expect(kinds(play.give({ kind: 'looked', hasWork: false, nowMs: 25 }))).toEqual(['rest']);
  });
});

describe('while a run is at work', () => {
  test('it tells the run what was edited, once that has settled, and looks at that when it has ended', () => {
    const play = atWork();
    expect(kinds(play.heard(100, '/w/b'))).toEqual(['wake']);
    const [told] = play.give({ kind: 'woke', isCheckout: false, nowMs: 125 });
    expect(told).toMatchObject({ kind: 'tell-run', hints: { paths: new Map([['/w/b', { gone: false }]]) } });
    const [look] = play.give({ kind: 'run-ended', refused: false, nowMs: 200 });
    expect(look).toMatchObject({ kind: 'look', hints: { paths: new Map([['/w/b', { gone: false }]]) } });
  });

  test('what is still unsettled when it ends is waited for', () => {
    const play = atWork();
    play.heard(190, '/w/b');
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 200 })).toEqual([
      { kind: 'wake', atMs: 215 },
    ]);
  });

  test('what a person asks for comes next, and needs no quiet', () => {
    const play = atWork();
    expect(play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 50 })).toEqual([]);
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 60 })).toEqual([
      { kind: 'run', request: { kind: 'all' }, isFirst: false },
    ]);
  });

  test('each thing that is asked for has its run, and what is asked for again meanwhile has no other one', () => {
    const play = atWork();
    const requests = [{ kind: 'all' }, { kind: 'force', task: 'a' }, { kind: 'force', task: 'b' }] as const;
    for (const request of [...requests, ...requests]) play.give({ kind: 'asked', request, nowMs: 50 });
    const ended = (nowMs: number) => play.give({ kind: 'run-ended', refused: false, nowMs });
    expect([ended(60), ended(70), ended(80)].flat()).toEqual(
      requests.map((request) => ({ kind: 'run', request, isFirst: false })),
    );
    expect(kinds(ended(90))).toEqual(['look']);
  });

  test('a run that could not begin is not begun again before something changes', () => {
    const play = atWork();
    expect(kinds(play.give({ kind: 'run-ended', refused: true, nowMs: 60 }))).toEqual(['rest']);
    play.heard(100, '/w/a');
    expect(play.woke(125)).toEqual(['look']);
  });

  test('runs that follow each other without a rest are slowed down, and a request is not', () => {
    const play = atWork();
    const again = (nowMs: number) => {
      play.give({ kind: 'run-ended', refused: false, nowMs });
      return play.give({ kind: 'looked', hasWork: true, nowMs });
    };
    expect([1, 2, 3].map((nowMs) => kinds(again(nowMs)))).toEqual([['run'], ['run'], ['run']]);
    expect(again(1000)).toEqual([{ kind: 'warn-of-loop' }, { kind: 'wake', atMs: 2000 }]);
    expect(play.woke(1999)).toEqual(['wake']);
    expect(play.woke(2000)).toEqual(['look']);
    expect(kinds(play.give({ kind: 'looked', hasWork: true, nowMs: 2000 }))).toEqual(['run']);
    expect(again(3000)).toEqual([{ kind: 'wake', atMs: 5000 }]);
    expect(kinds(play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 3001 }))).toEqual(['run']);
  });

  test('what is edited in the pause between such runs waits for a second at most, and the pauses are short again', () => {
    const play = atWork();
    const again = (nowMs: number) => {
      play.give({ kind: 'run-ended', refused: false, nowMs });
      return play.give({ kind: 'looked', hasWork: true, nowMs });
    };
    const goOn = (nowMs: number) => {
      expect(play.woke(nowMs)).toEqual(['look']);
      expect(kinds(play.give({ kind: 'looked', hasWork: true, nowMs }))).toEqual(['run']);
    };
    for (const nowMs of [1, 2, 3, 1000]) again(nowMs);
    goOn(2000);
    again(2000);
    goOn(4000);
    again(4000);
    goOn(8000);
    expect(again(8000)).toEqual([{ kind: 'wake', atMs: 16_000 }]);
    play.heard(9000, '/w/a');
    play.heard(9900, '/w/b');
    expect(play.woke(9999)).toEqual(['wake']);
    goOn(10_000);
    expect(again(10_000)).toEqual([{ kind: 'wake', atMs: 12_000 }]);
  });
});

describe('the configuration', () => {
  const ofCode = (play: Play, nowMs: number) =>
    play.give({
      kind: 'heard',
      paths: new Map([['/w/pipeline.config.ts', { gone: false }]]),
      ofCode: true,
      isCheckout: false,
      nowMs,
    });

  test('is loaded anew when it has changed, and then everything is looked at', () => {
    const play = atRest();
    ofCode(play, 0);
    const paths = new Map([['/w/pipeline.config.ts', { gone: false, came: false }]]);
    expect(play.give({ kind: 'woke', isCheckout: false, nowMs: 25 })).toEqual([
      { kind: 'reload', isSure: true, hints: expect.objectContaining({ paths }) },
    ]);
    expect(kinds(play.give({ kind: 'reloaded', config: 'valid', nowMs: 40 }))).toEqual(['look']);
  });

  test('that is edited while it is loaded is loaded once more', () => {
    const play = atRest();
    ofCode(play, 0);
    play.woke(25);
    expect(ofCode(play, 30)).toEqual([]);
    expect(play.give({ kind: 'reloaded', config: 'valid', nowMs: 40 })).toEqual([{ kind: 'wake', atMs: 55 }]);
    expect(play.woke(55)).toEqual(['reload']);
  });

  test('that is broken is tried again at whatever is heard of, and no run is made', () => {
    const play = atRest();
    ofCode(play, 0);
    play.woke(25);
    expect(kinds(play.give({ kind: 'reloaded', config: 'broken', nowMs: 30 }))).toEqual(['rest']);
    play.heard(100, '/w/other');
    expect(play.woke(125)).toEqual(['reload']);
    play.give({ kind: 'reloaded', config: 'broken', nowMs: 130 });
    expect(kinds(play.give({ kind: 'asked', request: { kind: 'all' }, nowMs: 140 }))).toEqual(['reload']);
    expect(kinds(play.give({ kind: 'reloaded', config: 'valid', nowMs: 150 }))).toEqual(['run']);
  });

  test('that changes during a run is loaded when the run has ended', () => {
    const play = atWork();
    ofCode(play, 50);
    expect(play.woke(75)).toEqual(['tell-run']);
    expect(kinds(play.give({ kind: 'run-ended', refused: false, nowMs: 100 }))).toEqual(['reload']);
  });

  test('is made sure of where something may have been missed', () => {
    const play = atRest();
    play.give({ kind: 'suspected', nowMs: 0 });
    expect(play.give({ kind: 'woke', isCheckout: false, nowMs: 25 })).toEqual([
      { kind: 'reload', isSure: false, hints: expect.objectContaining({ everything: true }) },
    ]);
    const [look] = play.give({ kind: 'reloaded', config: 'valid', nowMs: 26 });
    expect(look).toMatchObject({ kind: 'look', hints: { everything: true } });
  });
});

describe('the end', () => {
  test('comes at once where nothing runs, whatever was heard of', () => {
    const play = atRest();
    play.heard(0, '/w/a');
    expect(play.give({ kind: 'quit', exitCode: 0 })).toEqual([{ kind: 'end', exitCode: 0 }]);
  });

  test('waits for what runs to be ended, gently, and the second time at once; the first exit code counts', () => {
    const play = atWork();
    expect(play.give({ kind: 'quit', exitCode: 0 })).toEqual([{ kind: 'cancel-run', how: 'gently' }]);
    expect(play.heard(50, '/w/a')).toEqual([]);
    expect(play.give({ kind: 'quit', exitCode: 130 })).toEqual([{ kind: 'cancel-run', how: 'now' }]);
    expect(play.give({ kind: 'run-ended', refused: false, nowMs: 60 })).toEqual([
      { kind: 'end', exitCode: 0 },
    ]);
  });
});
