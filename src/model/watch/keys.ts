// What the keys of a watch mean, one after the other.
import { listSome } from '../words/amounts.ts';
import type { Request } from './watch-orders.ts';

/**
 *   waiting ──f──► naming (of the stage or item that is to be forced) ──Enter──► waiting
 */
export type KeyState = { readonly kind: 'waiting' } | { readonly kind: 'naming'; readonly text: string };

export type KeyAction =
  | { readonly kind: 'ask'; readonly request: Request }
  /** The line that a person types has changed. */
  | { readonly kind: 'prompt'; readonly text: string }
  | { readonly kind: 'prompt-over'; readonly problem: string | null }
  | { readonly kind: 'show'; readonly what: 'log' | 'graph' | 'help' | 'nothing' }
  /** As Ctrl-C, or because they have seen enough. */
  | { readonly kind: 'quit'; readonly exitCode: number }
  /** Ctrl-Z. */
  | { readonly kind: 'suspend' };

export interface KeyScene {
  readonly stages: readonly string[];
  /** Of all stages, as `stage:item`. */
  readonly items: () => readonly string[];
  /** Those that wait to be asked for, by their keys 1 to 9. */
  readonly pending: readonly string[];
}

export interface Pressed {
  readonly state: KeyState;
  readonly action: KeyAction | null;
}

const interrupt = '\u0003';
const endOfInput = '\u0004';
const suspend = '\u001a';
const leave = '\u001b';
const enter = new Set(['\r', '\n']);
const erase = new Set(['\u007f', '\b']);

/** `key`: one character, or an escape sequence whole. */
export function pressed(state: KeyState, key: string, scene: KeyScene): Pressed {
  if (key === interrupt) return { state, action: { kind: 'quit', exitCode: 130 } };
  if (key === suspend) return { state, action: { kind: 'suspend' } };
  return state.kind === 'waiting' ? waiting(key, scene) : naming(state.text, key, scene);
}

/** Text that was pasted: it is no keys, but it may be a name, or its end. */
export function pasted(state: KeyState, text: string): Pressed {
  if (state.kind === 'waiting') return { state, action: null };
  const next = state.text + [...text.trim().split(/[\r\n]/)[0]!].filter((one) => one >= ' ').join('');
  return { state: { kind: 'naming', text: next }, action: { kind: 'prompt', text: next } };
}

/** Of thousands of items nobody reads more. */
const mostNames = 10;

const rest: KeyState = { kind: 'waiting' };

function waiting(key: string, scene: KeyScene): Pressed {
  const does = (action: KeyAction): Pressed => ({ state: rest, action });
  if (enter.has(key)) return does({ kind: 'ask', request: { kind: 'all' } });
  const pending = /^[1-9]$/.test(key) ? scene.pending[Number(key) - 1] : undefined;
  if (pending !== undefined) return does({ kind: 'ask', request: { kind: 'stage', stage: pending } });
  switch (key) {
    case 'r':
      return does({ kind: 'ask', request: { kind: 'failed' } });
    case 'f':
      return { state: { kind: 'naming', text: '' }, action: { kind: 'prompt', text: '' } };
    case 'l':
      return does({ kind: 'show', what: 'log' });
    case 'g':
      return does({ kind: 'show', what: 'graph' });
    case 'c':
      return does({ kind: 'show', what: 'nothing' });
    case '?':
    case 'h':
      return does({ kind: 'show', what: 'help' });
    case 'q':
    case endOfInput:
      return does({ kind: 'quit', exitCode: 0 });
    default:
      return { state: rest, action: null };
  }
}

function naming(text: string, key: string, scene: KeyScene): Pressed {
  if (key === leave) return { state: rest, action: { kind: 'prompt-over', problem: null } };
  if (enter.has(key)) {
    const isOfItem = text.includes(':');
    const named = (isOfItem ? scene.items() : scene.stages).filter((name) => name.startsWith(text));
    const task = named.includes(text) ? text : named.length === 1 ? named[0] : undefined;
    if (task !== undefined) return { state: rest, action: { kind: 'ask', request: { kind: 'force', task } } };
    const problem =
      text === ''
        ? null
        : named.length === 0
          ? `no ${isOfItem ? 'item' : 'stage'} is named "${text}"`
          : `"${text}" may be ${listSome(named, mostNames)}`;
    return { state: rest, action: { kind: 'prompt-over', problem } };
  }
  // Not arrows and the like, nor what cannot be seen.
  const isVisible = key.length === 1 && key >= ' ';
  const next = erase.has(key) ? text.slice(0, -1) : isVisible ? text + key : text;
  return { state: { kind: 'naming', text: next }, action: { kind: 'prompt', text: next } };
}
