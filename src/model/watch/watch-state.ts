// Watching as a reducer: what was heard, what is at work, and what is to be done next. Knows no files and no clock.
//
//   resting ──hints have settled──► looking ──something to do──► running ──► looking ──nothing to do──► resting
//      └──those of the configuration──► reloading ──it is valid──► looking
//                                           └──it is broken──► resting, and any hint reloads
//
import {
  type Hints,
  heardOf,
  heardOfEverything,
  isEmpty,
  mayBeAll,
  noHints,
  settledAtMs,
  together,
  wakeAtMs,
  withCheckout,
} from './hints.ts';
import type { Request, WatchInput, WatchOrder } from './watch-orders.ts';

export interface WatchState {
  readonly work: 'resting' | 'reloading' | 'looking' | 'running';
  readonly config: 'valid' | 'broken';
  /** Heard of, and not settled yet. */
  readonly hints: Hints;
  /** Those that there was a look at already; another object than `hints` where more was heard of since. */
  readonly ahead: Hints;
  /** Settled, and to be looked at as soon as nothing is at work. */
  readonly owed: Hints;
  /** Whether there is to be a look even if nothing was heard of. */
  readonly owesLook: boolean;
  /** Whether the configuration or other code is among what was heard of since it was loaded. */
  readonly codeChanged: boolean;
  /** Whether it may be, unheard of. */
  readonly codeDoubted: boolean;
  /** Each has a run of its own, one after the other. */
  readonly requests: readonly Request[];
  /** The first build: owed until one has begun, which a broken configuration and a missing file put off. */
  readonly first: 'owed' | 'running' | 'had';
  /** Runs without a rest in between. */
  readonly streak: number;
  readonly notBeforeMs: number;
  readonly ending: { readonly exitCode: number } | null;
}

export interface Step {
  readonly state: WatchState;
  readonly orders: readonly WatchOrder[];
}

/** One pass, and one more for an edit meanwhile, are usual; more in a row mean that stages may feed each other. */
const usualStreak = 4;
const firstPauseMs = 1000;
const longestPauseMs = 60_000;

/** Nothing is loaded yet: the first order is to do so. */
export function beginWatch(): Step {
  const state: WatchState = {
    ...{ work: 'reloading', config: 'valid', hints: noHints, ahead: noHints, owed: noHints, owesLook: false },
    ...{ codeChanged: false, codeDoubted: false, first: 'owed' },
    ...{ requests: [{ kind: 'begin' }], streak: 0, notBeforeMs: 0, ending: null },
  };
  return { state, orders: [{ kind: 'reload', isSure: true, hints: noHints }] };
}

export function step(state: WatchState, input: WatchInput): Step {
  switch (input.kind) {
    case 'heard': {
      const { paths, isCheckout, nowMs } = input;
      const hints = withCheckout(heardOf(state.hints, paths, nowMs), isCheckout);
      const isFirst = isEmpty(state.hints);
      const codeChanged = state.codeChanged || input.ofCode;
      const next = advance({ ...sooner(state, nowMs), hints, codeChanged }, nowMs);
      return isFirst ? lookingAhead(next) : next;
    }
    case 'suspected': {
      const hints = heardOfEverything(state.hints, input.nowMs);
      return advance({ ...state, hints, codeDoubted: true }, input.nowMs);
    }
    case 'woke':
      return advance({ ...state, hints: withCheckout(state.hints, input.isCheckout) }, input.nowMs);
    case 'reloaded': {
      const { config, nowMs } = input;
      if (config === 'valid') return advance(owingAll({ ...state, work: 'resting', config }, nowMs), nowMs);
      return resting({ ...state, config, owed: noHints, requests: [] }, nowMs);
    }
    case 'looked':
      return looked(state, input.hasWork, input.nowMs);
    case 'run-ended': {
      if (input.refused) return resting(withFirst(state, 'owed'), input.nowMs);
      // Whatever was heard of meanwhile: what a run leaves is to be seen, not believed.
      const ended: WatchState = { ...withFirst(state, 'had'), work: 'resting', owesLook: true };
      return advance({ ...ended, streak: state.streak + 1 }, input.nowMs);
    }
    case 'asked':
      return advance({ ...asked(state, input.request), streak: 0, notBeforeMs: 0 }, input.nowMs);
    case 'quit':
      return quit(state, input.exitCode);
  }
}

function looked(state: WatchState, hasWork: boolean, nowMs: number): Step {
  if (!hasWork && state.first !== 'owed') return resting(state, nowMs);
  const rested: WatchState = { ...state, work: 'resting' };
  const hasPaused = state.notBeforeMs > 0 && nowMs >= state.notBeforeMs;
  if (state.streak < usualStreak || hasPaused) return running({ ...rested, notBeforeMs: 0 }, null);
  const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (state.streak - usualStreak));
  const paused: WatchState = { ...rested, owesLook: true, notBeforeMs: nowMs + pauseMs };
  const next = advance(paused, nowMs);
  return state.streak === usualStreak ? withOrder({ kind: 'warn-of-loop' }, next) : next;
}

/** What is heard of in a pause was not made by what runs here: it is not to wait as long as that. */
function sooner(state: WatchState, nowMs: number): WatchState {
  if (state.work !== 'resting' || state.notBeforeMs <= nowMs) return state;
  return { ...state, streak: usualStreak, notBeforeMs: Math.min(state.notBeforeMs, nowMs + firstPauseMs) };
}

/** Unless there is something to do already. */
function resting(state: WatchState, nowMs: number): Step {
  const next = advance({ ...state, work: 'resting', streak: 0, notBeforeMs: 0 }, nowMs);
  return next.state.work === 'resting' ? withOrder({ kind: 'rest' }, next) : next;
}

function quit(state: WatchState, exitCode: number): Step {
  const isSecond = state.ending !== null;
  const next: WatchState = { ...state, ending: state.ending ?? { exitCode } };
  if (state.work !== 'running')
    return { state: next, orders: [{ kind: 'end', exitCode: next.ending!.exitCode }] };
  return { state: next, orders: [{ kind: 'cancel-run', how: isSecond ? 'now' : 'gently' }] };
}

/** What there is to do now, if anything; else when to think of it again. */
function advance(state: WatchState, nowMs: number): Step {
  if (state.ending !== null) {
    const isOver = state.work !== 'running';
    return { state, orders: isOver ? [{ kind: 'end', exitCode: state.ending.exitCode }] : [] };
  }
  if (state.work === 'reloading' || state.work === 'looking') return { state, orders: [] };
  const dueMs = isEmpty(state.hints) ? nowMs : settledAtMs(state.hints);
  if (state.work === 'running') {
    if (isEmpty(state.hints)) return { state, orders: [] };
    if (nowMs < dueMs) return { state, orders: [{ kind: 'wake', atMs: wakeAtMs(state.hints, nowMs) }] };
    const { hints } = state;
    const told = { ...state, hints: noHints, owed: together(state.owed, hints) };
    return { state: told, orders: [{ kind: 'tell-run', hints }] };
  }
  if (state.requests.length > 0)
    return needsReload(state) ? reloading(state) : running(state, state.requests[0]!);
  const hints = together(state.owed, state.hints);
  if (isEmpty(hints) && !state.owesLook) return { state, orders: [] };
  if (nowMs < Math.max(dueMs, state.notBeforeMs)) {
    const wakeMs = isEmpty(state.hints) ? nowMs : wakeAtMs(state.hints, nowMs);
    return { state, orders: [{ kind: 'wake', atMs: Math.max(wakeMs, state.notBeforeMs) }] };
  }
  if (needsReload(state)) return reloading(state);
  return {
    state: { ...state, work: 'looking', hints: noHints, owed: noHints, owesLook: false },
    orders: [{ kind: 'look', hints, isAhead: !isEmpty(hints) && hints === state.ahead }],
  };
}

/** Once in a burst, and not where something else is to be done before the next look. */
function lookingAhead(next: Step): Step {
  const { state, orders } = next;
  const isIdle = state.work === 'resting' && state.ending === null && isEmpty(state.owed) && !state.owesLook;
  if (!isIdle || needsReload(state) || !mayBeAll(state.hints)) return next;
  return {
    state: { ...state, ahead: state.hints },
    orders: [...orders, { kind: 'look-ahead', hints: state.hints }],
  };
}

/** As long as the configuration is broken, whatever changes may be what mends it. */
function needsReload(state: WatchState): boolean {
  return isSurelyOther(state) || state.codeDoubted;
}

function isSurelyOther(state: WatchState): boolean {
  return state.codeChanged || state.config === 'broken';
}

/** What is heard of from now on comes after what is loaded. */
function reloading(state: WatchState): Step {
  const next: WatchState = {
    ...state,
    work: 'reloading',
    codeChanged: false,
    codeDoubted: false,
    hints: noHints,
  };
  const hints = together(state.owed, state.hints);
  return { state: next, orders: [{ kind: 'reload', isSure: isSurelyOther(state), hints }] };
}

function running(state: WatchState, request: Request | null): Step {
  const isOwed = state.first === 'owed';
  const requests = request === null ? state.requests : state.requests.slice(1);
  // Where nobody asked for anything else, it is made for what the watch was started for.
  const cause = request ?? (isOwed ? { kind: 'begin' } : null);
  const isFirst = isOwed && (cause?.kind === 'begin' || cause?.kind === 'all');
  return {
    state: {
      ...state,
      work: 'running',
      requests,
      // What was found before it is not what there is after it.
      ahead: noHints,
      first: isFirst ? 'running' : state.first,
    },
    orders: [{ kind: 'run', request: cause, isFirst }],
  };
}

/** A key that is held asks for the same again and again. */
function asked(state: WatchState, request: Request): WatchState {
  const isNew = state.requests.every((one) => !isSame(one, request));
  return isNew ? { ...state, requests: [...state.requests, request] } : state;
}

function isSame(one: Request, other: Request): boolean {
  const nameIn = (request: Request) =>
    request.kind === 'stage' ? request.stage : request.kind === 'force' ? request.task : null;
  return one.kind === other.kind && nameIn(one) === nameIn(other);
}

/** Of the run that has ended, if it was the first one. */
function withFirst(state: WatchState, first: 'owed' | 'had'): WatchState {
  return state.first === 'running' ? { ...state, first } : state;
}

function owingAll(state: WatchState, nowMs: number): WatchState {
  return { ...state, owed: heardOfEverything(state.owed, nowMs) };
}

function withOrder(order: WatchOrder, next: Step): Step {
  return { state: next.state, orders: [order, ...next.orders] };
}
