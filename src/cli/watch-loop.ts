// The loop of a watch: carries out what the reducer orders, and tells it what came of it and what is heard of.
import { Holds, type RunCause } from '../engine/holds.ts';
import { isRefusal } from '../engine/refusal.ts';
import { isUncompiled, UsageError } from '../model/diagnostic.ts';
import { isEmpty } from '../model/watch/hints.ts';
import type { Request, WatchInput, WatchOrder } from '../model/watch/watch-orders.ts';
import { beginWatch, step, type WatchState } from '../model/watch/watch-state.ts';
import { Checkout } from '../watch/checkout.ts';
import type { Flags } from './flags.ts';
import { budgetToGoOn } from './going-on.ts';
import { monotonicMs } from './monotonic.ts';
import { type MayHaveMade, WatchChanges } from './watch-changes.ts';
import type { WatchEars } from './watch-ears.ts';
import { loadWatched } from './watch-loading.ts';
import { WatchSight } from './watch-sight.ts';
import type { WatchView } from './watch-view.ts';
import { codeOfBroken, WatchedCode } from './watched-code.ts';
import { startRun, type WatchedRun, type WatchedRunEnd } from './watched-run.ts';
import type { WatchedWorkspace } from './watched-workspace.ts';
import type { Place, Workspace } from './workspace.ts';

export interface WatchLoopOptions {
  readonly targets: readonly string[];
  readonly flags: Flags;
  readonly place: Place;
  /** Where it was opened already: it need not be once more. */
  readonly opened: Workspace | null;
  readonly ears: WatchEars;
  readonly view: WatchView;
  /** What becomes of a task whose inputs are edited while it runs. */
  readonly onChange: 'restart' | 'wait';
  /** A run has ended, and nothing that was to be done in it failed. */
  readonly onGood: () => void;
  readonly onRest: () => void;
}

const loopWords = [
  'stages are stale again after each run, so that runs follow each other: from now on with a pause in between',
  'something that runs here may write what it requires, or files come faster than they are built: pipe status says what has changed',
] as const;

export class WatchLoop {
  private readonly options: WatchLoopOptions;
  private readonly holds = new Holds();
  private state: WatchState;
  private watched: WatchedWorkspace | null = null;
  private readonly code: WatchedCode;
  private opened: Workspace | null;
  private readonly sight: WatchSight;
  private readonly checkout: Checkout;
  private run: WatchedRun | null = null;
  private timer: NodeJS.Timeout | undefined;
  private readonly changes: WatchChanges;
  private settle: {
    readonly end: (exitCode: number) => void;
    readonly crash: (error: unknown) => void;
  } | null = null;

  constructor(options: WatchLoopOptions) {
    this.options = options;
    this.code = new WatchedCode(options.ears);
    this.opened = options.opened;
    this.state = beginWatch().state;
    const { ears, view, place } = options;
    this.checkout = new Checkout(place.root);
    this.changes = new WatchChanges(place);
    this.sight = new WatchSight({ ears, holds: this.holds, onRefusal: (refusal) => view.refused(refusal) });
  }

  /** Resolves with the exit code when all has ended. Rejects with `UsageError` for a selection that cannot be. */
  async watch(): Promise<number> {
    const ended = new Promise<number>((end, crash) => {
      this.settle = { end, crash };
    });
    const { ears } = this.options;
    ears.listen({
      onHeard: (paths) => {
        this.take({ kind: 'heard', paths, ofCode: this.code.isAmong(paths), ...this.moment() });
      },
      isMemoryOfOthers: () => this.watched?.isChangedElsewhere() ?? false,
      onSuspicion: () => this.suspect(),
    });
    const { place, flags } = this.options;
    this.code.expect(codeOfBroken(place, flags));
    for (const order of beginWatch().orders) this.obey(order);
    try {
      return await ended;
    } finally {
      clearTimeout(this.timer);
      ears.close();
      this.watched?.close();
    }
  }

  ask(request: Request): void {
    this.take({ kind: 'asked', request, nowMs: monotonicMs() });
  }

  quit(exitCode: number): void {
    this.take({ kind: 'quit', exitCode });
  }

  /** How it stands, for builds that ask. */
  get present(): { readonly state: WatchState; readonly watched: WatchedWorkspace | null } {
    return { state: this.state, watched: this.watched };
  }

  /** Something may have been missed. */
  suspect(): void {
    this.take({ kind: 'suspected', nowMs: monotonicMs() });
  }

  private moment(): { readonly isCheckout: boolean; readonly nowMs: number } {
    const nowMs = monotonicMs();
    const { hints } = this.state;
    const isCheckout = this.checkout.isUnderWay(isEmpty(hints) ? 0 : nowMs - hints.firstMs);
    return { isCheckout, nowMs };
  }

  private take(input: WatchInput): void {
    const { state, orders } = step(this.state, input);
    this.state = state;
    for (const order of orders) this.obey(order);
  }

  private obey(order: WatchOrder): void {
    const { view } = this.options;
    switch (order.kind) {
      case 'wake':
        clearTimeout(this.timer);
        this.timer = setTimeout(
          () => this.take({ kind: 'woke', ...this.moment() }),
          Math.max(0, order.atMs - monotonicMs()) + 1,
        );
        return;
      case 'reload':
        this.changes.ledToLoading(order.hints, this.mayHaveMade);
        this.reload(order.isSure).then(
          (config) => this.take({ kind: 'reloaded', config, nowMs: monotonicMs() }),
          (error) => this.settle?.crash(error),
        );
        return;
      case 'look-ahead':
        this.sight.lookAhead(this.watched!, order.hints.paths);
        return;
      case 'look': {
        const { hints, isAhead } = order;
        this.changes.lookedAt(hints, this.mayHaveMade);
        const about = hints.everything ? null : hints.paths;
        const { hasWork } = this.sight[isAhead ? 'settle' : 'look'](this.watched!, about);
        this.take({ kind: 'looked', hasWork, nowMs: monotonicMs() });
        return;
      }
      case 'run':
        this.begin(order.request ?? { kind: 'change' }, order.isFirst);
        return;
      case 'tell-run':
        if (this.options.onChange === 'restart')
          this.run?.edited([...order.hints.paths.keys()], order.hints.everything);
        return;
      case 'cancel-run':
        this.run?.interrupt();
        return;
      case 'warn-of-loop':
        view.note(...loopWords);
        return;
      case 'rest':
        if (this.state.config === 'broken') view.rest(null, this.options.ears.size);
        else this.changes.clear();
        if (this.state.config === 'valid' && this.sight.found !== null)
          view.rest(this.sight.found, this.options.ears.size);
        if (this.holds.waitsForCalm) this.options.ears.suspectInCalm();
        this.options.onRest();
        return;
      case 'end':
        this.settle?.end(order.exitCode);
        return;
    }
  }

  private async reload(isSure: boolean): Promise<'valid' | 'broken'> {
    const { view } = this.options;
    if (!isSure && this.watched !== null && this.code.isAsExpected) return 'valid';
    const { opened } = this;
    this.opened = null;
    let isLoaded = false;
    try {
      const next = await loadWatched({
        ...{ ...this.options, opened, code: this.code },
        onLoaded: () => {
          isLoaded = true;
        },
        onTrouble: (message) => view.note(message),
      });
      this.watched?.close();
      this.watched = next;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      if (this.watched === null && isLoaded && !error.diagnostics.every(isUncompiled)) throw error;
      view.broken(error.diagnostics);
      return 'broken';
    }
    view.loaded(this.watched);
    this.sight.look(this.watched, null);
    return 'valid';
  }

  private begin(cause: RunCause, isFirst: boolean): void {
    const { flags, targets, view } = this.options;
    const watched = this.watched!;
    const display = view.beginRun(watched, this.changes.take(), cause);
    const way = budgetToGoOn(watched.workspace.pipeline, targets, { ...flags, keepGoing: true });
    const goOn: typeof way = view.hasKeys ? (rest) => `Enter, or ${way(rest)}` : way;
    this.run = startRun({ watched, flags, cause, isFirst, holds: this.holds, goOn, display });
    const ended = this.run.ended.catch((error) => this.refusalOf(error));
    const { ears } = this.options;
    // What it wrote to the last is heard of before anybody looks: where nothing was heard of, nothing is looked for.
    const settled = ended.then((end) => ears.catchUp().then(() => end));
    settled.then(
      (end) => this.ended(end),
      (error) => this.settle?.crash(error),
    );
  }

  /** A file of variables that is gone, a disk that refuses: no reason to stop watching. */
  private refusalOf(error: unknown): WatchedRunEnd {
    if (error instanceof UsageError) return { kind: 'refused', problems: error.diagnostics };
    if (!isRefusal(error)) throw error;
    this.options.view.refused(error);
    return { kind: 'refused', problems: [] };
  }

  private readonly mayHaveMade: MayHaveMade = (file) =>
    this.state.streak > 0 && this.watched?.mayHaveMade(file) === true;

  private ended(end: WatchedRunEnd): void {
    this.run = null;
    this.options.view.endRun(end);
    const isGood = end.kind === 'finished' && !['failed', 'cancelled'].includes(end.event.outcome);
    if (isGood && this.state.ending === null) this.options.onGood();
    this.take({ kind: 'run-ended', refused: end.kind === 'refused', nowMs: monotonicMs() });
  }
}
