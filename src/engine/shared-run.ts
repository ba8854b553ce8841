// The execution of a batch while it runs: what is said of its items one by one, and what comes of each at its end.
import { type Metrics, sharesOf } from '../model/metrics.ts';
import { explainFailure } from '../model/words/failures.ts';
import type { BatchNews, ExecutionEnd, RunningExecution } from './executor.ts';
import type { Said, Seat } from './seat.ts';
import { sharedExecution } from './shared-execution.ts';
import { spoiltBy } from './spoilt-batch.ts';
import type { World } from './world.ts';

export class SharedRun {
  private readonly world: World;
  private seats: readonly Seat[];
  private readonly onSpoilt: (seats: readonly Seat[]) => void;
  private byItem: ReadonlyMap<string, Seat>;
  private running: RunningExecution | null = null;
  /** Until when its time has been shared out. */
  private sharedUntilMs = 0;
  /** What it took for those of which something was said. */
  private readonly sharesMs = new Map<Seat, number>();
  private isOver = false;
  /** Done, as all are: for as long as the process runs, a task does. */
  private lingering: Seat | null = null;
  private endRest: (shareMs: number) => void = () => {};
  private failRest: (error: unknown) => void = () => {};

  /** `onSpoilt`: they failed over what others needed, and come again. */
  constructor(world: World, seats: readonly Seat[], onSpoilt: (seats: readonly Seat[]) => void) {
    this.world = world;
    this.seats = seats;
    this.onSpoilt = onSpoilt;
    this.byItem = new Map(seats.map((seat) => [seat.task.item ?? '', seat]));
  }

  /** Never rejects: what is thrown is thrown for each of those that wait for it. */
  async perform(): Promise<void> {
    const wanted = this.waiting;
    if (wanted.length === 0) return;
    try {
      for (const seat of wanted) seat.onWithdrawn = (how) => this.endWhereUnwanted(how);
      this.sharedUntilMs = this.world.clock.monotonicMs();
      this.running = this.world.executor.start(
        sharedExecution(wanted, {
          batch: this.news,
          // To whom it belongs is not known; a task that has ended prints nothing.
          onOutput: (stream, text) => this.speaker.execution.onOutput(stream, text),
          onProgress: (done, total) => this.speaker.execution.onProgress(done, total),
          onMetric: (values) => this.share(values),
          onUnclear: (...what) => this.speaker.execution.onUnclear(...what),
          onRetryAfter: (delayMs) => {
            for (const { execution } of this.waiting) execution.onRetryAfter(delayMs);
          },
        }),
      );
      this.ended(await this.running.ended);
    } catch (error) {
      for (const seat of this.waiting) seat.fail(error);
      this.failRest(error);
    } finally {
      this.release();
    }
  }

  /** What follows a process may know of it for a while after its end: the thousands that it served need not stay for that. */
  private release(): void {
    this.seats = this.seats.slice(-1);
    this.byItem = new Map();
    this.sharesMs.clear();
    this.lingering = null;
  }

  private readonly news: BatchNews = {
    onDone: (item) => this.hear(item, { kind: 'done' }),
    onFailed: (item, why) => this.hear(item, { kind: 'failed', why }),
    onMetric: (item, values) => this.spend(item, values),
  };

  private get waiting(): readonly Seat[] {
    return this.seats.filter((seat) => !seat.isOver);
  }

  private get speaker(): Seat {
    return this.seats.find((seat) => !seat.isOver) ?? this.lingering ?? this.seats.at(-1)!;
  }

  private hear(item: string, word: Said): void {
    const seat = this.byItem.get(item);
    if (seat === undefined) return;
    seat.say(word);
    // What comes at once is heard as a whole: when each of them was done is not known.
    queueMicrotask(() => {
      this.shareTime();
      this.settleDone();
      this.endWhereUnwanted('gently');
    });
  }

  /** What is done is recorded at once, so that it stands whatever becomes of the others, and of the process. */
  private settleDone(): void {
    const { waiting } = this;
    const done = waiting.filter(({ said }) => said.kind === 'done');
    if (this.isOver || done.length === 0) return;
    const last = done.length === waiting.length ? done.pop()! : null;
    for (const seat of done) seat.end({ kind: 'succeeded', ...this.shareOf(seat) });
    if (last !== null) this.linger(last);
  }

  private linger(seat: Seat): void {
    this.lingering = seat;
    seat.endRest = (how) => this.running?.cancel(how);
    const rest = new Promise<number>((resolve, reject) => {
      this.endRest = resolve;
      this.failRest = reject;
    });
    seat.end({ kind: 'succeeded', ...this.shareOf(seat), rest });
  }

  /** To those of which something was said since the last time: until then it was busy with them, as far as anybody knows. */
  private shareTime(): void {
    const isNews = (seat: Seat) => seat.said.kind === 'done' || seat.said.kind === 'failed';
    this.giveTime(this.waiting.filter((seat) => isNews(seat) && !this.sharesMs.has(seat)));
  }

  private giveTime(seats: readonly Seat[]): void {
    if (seats.length === 0) return;
    const nowMs = this.world.clock.monotonicMs();
    const shareMs = (nowMs - this.sharedUntilMs) / seats.length;
    for (const seat of seats) this.sharesMs.set(seat, (this.sharesMs.get(seat) ?? 0) + shareMs);
    this.sharedUntilMs = nowMs;
  }

  private shareOf(seat: Seat): { readonly shareMs?: number } {
    const shareMs = this.sharesMs.get(seat);
    return shareMs === undefined ? {} : { shareMs };
  }

  /** Nobody is left who waits for what it does. */
  private endWhereUnwanted(how: 'gently' | 'now'): void {
    const { waiting } = this;
    const isWanted = waiting.some(({ said }) => said.kind === 'nothing' || said.kind === 'done');
    const isWithdrawn = waiting.some(({ said }) => said.kind === 'withdrawn');
    if (!isWanted && isWithdrawn) this.running?.cancel(how);
  }

  /** What comes after the item has been recorded counts for the others, or for who waits for the end. */
  private spend(item: string, values: Metrics): void {
    const seat = this.byItem.get(item);
    if (seat?.isOver === true) this.share(values);
    else seat?.execution.onMetric(values);
  }

  /** What the whole batch used: in equal parts to those of which it is not known yet how they end. */
  private share(values: Metrics): void {
    const { waiting } = this;
    const seats = waiting.length > 0 ? waiting : [this.speaker];
    for (const [i, part] of sharesOf(values, seats.length).entries()) seats[i]!.execution.onMetric(part);
  }

  private ended(end: ExecutionEnd): void {
    this.shareTime();
    this.isOver = true;
    const { waiting, lingering } = this;
    const untold = waiting.filter(({ said }) => said.kind === 'nothing');
    const isTold = untold.length === 0;
    // What it did after its last word it did for those of whom it said nothing.
    this.giveTime(isTold ? (lingering === null ? waiting : [lingering]) : untold);
    if (end.kind === 'failed' && isTold && this.seats.some(({ said }) => said.kind === 'done')) {
      const [why] = explainFailure(end.failure);
      const { stage } = this.seats[0]!.task;
      const message = `a batch of stage "${stage.name}" ended badly when all its items had been reported: ${why}`;
      this.world.events.emit({ kind: 'warning', message, hint: 'what was reported as done stands' });
    }
    const overOthers = spoiltBy(this.world, waiting, end);
    this.onSpoilt([...overOthers.keys()]);
    for (const seat of waiting) {
      const edited = overOthers.get(seat);
      seat.end({ ...endOf(seat, end, this.shareOf(seat)), ...(edited && { overOthers: edited }) });
    }
    if (lingering !== null) this.endRest(this.sharesMs.get(lingering)!);
  }
}

function endOf({ said }: Seat, end: ExecutionEnd, share: { readonly shareMs?: number }): ExecutionEnd {
  switch (said.kind) {
    case 'nothing':
      return end.kind === 'cancelled' ? end : { ...end, ...share };
    case 'done':
      return { kind: 'succeeded', ...share };
    case 'failed':
      return { kind: 'failed', failure: { kind: 'reported', message: said.why }, tail: [], ...share };
    case 'withdrawn':
      return { kind: 'cancelled' };
  }
}
