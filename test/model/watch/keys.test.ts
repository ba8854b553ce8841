// The keys of a watch.
import { expect, test } from 'vitest';
import { type KeyAction, type KeyState, pasted, pressed } from '../../../src/model/watch/keys.ts';

const items = ['each:a', 'each:ab', 'each:b', 'last:a'];
const scene = {
  stages: ['clean', 'stats', 'statistics', 'report', 'each', 'last'],
  items: () => items,
  pending: ['report'],
};

/** The actions of keys that are pressed one after the other. */
function type(...keys: readonly string[]): readonly (KeyAction | null)[] {
  let state: KeyState = { kind: 'waiting' };
  return keys.map((key) => {
    const next = pressed(state, key, scene);
    state = next.state;
    return next.action;
  });
}

test('each key does what it says, and others nothing', () => {
  expect(type('\r', 'r', 'l', 'g', 'c', '?', 'q', 'x', '\u001b[A', '\u0003', '\u001a')).toEqual([
    { kind: 'ask', request: { kind: 'all' } },
    { kind: 'ask', request: { kind: 'failed' } },
    { kind: 'show', what: 'log' },
    { kind: 'show', what: 'graph' },
    { kind: 'show', what: 'nothing' },
    { kind: 'show', what: 'help' },
    { kind: 'quit', exitCode: 0 },
    null,
    null,
    { kind: 'quit', exitCode: 130 },
    { kind: 'suspend' },
  ]);
});

test('a stage that waits to be asked for has a digit, and no other digit does anything', () => {
  expect(type('1', '2', '0')).toEqual([
    { kind: 'ask', request: { kind: 'stage', stage: 'report' } },
    null,
    null,
  ]);
});

test('a stage that is to be forced is named, whole or as far as it is the only one', () => {
  const force = (task: string) => ({ kind: 'ask', request: { kind: 'force', task } });
  expect(type('f', 'c', '\r').at(-1)).toEqual(force('clean'));
  expect(type('f', ...'stats', '\r').at(-1)).toEqual(force('stats'));
  expect(type('f', ...'stat', '\r').at(-1)).toEqual({
    kind: 'prompt-over',
    problem: '"stat" may be stats, statistics',
  });
  expect(type('f', ...'cq', '\u007f', '\u001b[D', '\r')).toEqual([
    ...['', 'c', 'cq', 'c', 'c'].map((text) => ({ kind: 'prompt', text })),
    force('clean'),
  ]);
});

test('one item is named behind its stage, in the same way', () => {
  const end = (text: string) => type('f', ...text, '\r').at(-1);
  const force = (task: string) => ({ kind: 'ask', request: { kind: 'force', task } });
  expect(['each:a', 'each:b', 'last:', 'each'].map(end)).toEqual(
    ['each:a', 'each:b', 'last:a', 'each'].map(force),
  );
  expect(end('each:')).toEqual({ kind: 'prompt-over', problem: '"each:" may be each:a, each:ab, each:b' });
  expect(end('each:z')).toEqual({ kind: 'prompt-over', problem: 'no item is named "each:z"' });
});

test('naming can be left, and then keys are keys again; Ctrl-C is heard meanwhile', () => {
  expect(type('f', 'q', '\u001b', 'q').slice(2)).toEqual([
    { kind: 'prompt-over', problem: null },
    { kind: 'quit', exitCode: 0 },
  ]);
  expect(type('f', '\r', 'f', 'z', '\n').filter((action) => action?.kind === 'prompt-over')).toEqual([
    { kind: 'prompt-over', problem: null },
    { kind: 'prompt-over', problem: 'no stage is named "z"' },
  ]);
  expect(type('f', '\u0003')[1]).toEqual({ kind: 'quit', exitCode: 130 });
});

test('what is pasted is no keys; while a name is typed its first line is a part of it', () => {
  expect(pasted({ kind: 'waiting' }, 'q\n1')).toEqual({ state: { kind: 'waiting' }, action: null });
  const { state, action } = pasted({ kind: 'naming', text: 'st' }, ' a\u001bts\r\nq');
  expect(state).toEqual({ kind: 'naming', text: 'stats' });
  expect(action).toEqual({ kind: 'prompt', text: 'stats' });
});
