// The loop: takes what is ready, keeps the slots full, and stops as it was told to.
import { Mailbox } from '../base/mailbox.ts';
import type { Failure } from '../model/failure.ts';
import type { Task } from '../model/task.ts';
import { Admission } from './admission.ts';
import type { Assessor } from './assess.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import type { Attempt } from './attempt.ts';
import type { AttemptEnd, FailedEnd } from './attempt-end.ts';
import type { Batch } from './batch.ts';
import { Batching } from './batching.ts';
import { attemptAt, toldOf } from './beginning.ts';
import type { Board } from './board.ts';
import { Doubts } from './doubts.ts';
import type { FanningOut } from './fanning-out.ts';
import { wereEdited } from './input-changes.ts';
import { leave } from './leaving.ts';
import type { Letter } from './letter.ts';
import { OldCode } from './old-code.ts';
import { Retrying } from './retrying.ts';
import { detailsOf, type FailureDetails, logOf, neverBegan } from './run-outcome.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { Slots } from './slots.ts';
import { Stopping } from './stopping.ts';
import { ToldOnce } from './told-once.ts';
import { type EditedFiles, overBudget } from './watching.ts';
import { recordOf } from './whats-to-do.ts';
import type { World } from './world.ts';

export class Scheduler {
  private readonly world: World;
  private readonly assessor: Assessor;
  private readonly board: Board;
  private readonly fanningOut: FanningOut;
  private readonly options: SchedulerOptions;
  private readonly mailbox = new Mailbox<Letter>();
  private readonly attempts = new Map<Task, Attempt>();
  private readonly slots: Slots;
  private readonly retrying: Retrying;
  private readonly admission: Admission;
  private readonly batching: Batching;
  private readonly toldOnce: ToldOnce;
  private readonly stopping: Stopping;
  private readonly oldCode: OldCode;
  private readonly doubts: Doubts;
  /** What was known before anything ran; `null`: nothing has run, so nothing can have made links. */
  private before: ReadonlySet<Assessment['read']> | null = null;

  constructor(options: {
    readonly world: World;
    readonly assessor: Assessor;
    readonly board: Board;
    readonly fanningOut: FanningOut;
    readonly options: SchedulerOptions;
  }) {
    this.world = options.world;
    this.assessor = options.assessor;
    this.board = options.board;
    this.fanningOut = options.fanningOut;
    this.options = options.options;
    this.slots = new Slots(this.options.jobs);
    this.toldOnce = new ToldOnce(this.world);
    this.oldCode = new OldCode(this.world, this.options);
    this.doubts = new Doubts(this.world, this.board, this.options);
    const onOver = (task: Task) => this.mailbox.put({ kind: 'pause-over', task });
    const isWatched = this.options.watching !== null;
    this.retrying = new Retrying(this.world, this.board, { onOver, isWatched });
    this.admission = new Admission(this.world, this.options, () => this.mailbox.put({ kind: 'admission' }));
    this.stopping = new Stopping(this.board, this.admission);
    const { world, board, admission, retrying } = this;
    const lookAt = this.fanningOut.lookAt.bind(this.fanningOut);
    const toStart = (assessed: AssessmentOrFailure) => this.toStart(assessed, null);
    this.batching = new Batching(this.options, { world, board, admission, retrying, lookAt, toStart });
  }

  /** No failure is followed by another attempt: a person who debugs a stage wants to see it fail. */
  private isOver(task: Task): boolean {
    return this.stopping.leaves(task) || this.options.stdin === 'inherit';
  }

  get wasInterrupted(): boolean {
    return this.stopping.wasInterrupted;
  }

  /** From a signal handler: the loop does the rest. */
  interrupt(how: 'gently' | 'now'): void {
    this.mailbox.put({ kind: 'interrupt', how });
  }

  /** Files were edited while this build is at work: what runs on them begins anew. */
  edited(files: EditedFiles): void {
    this.mailbox.put({ kind: 'edited', files });
  }

  /** Ends when nothing runs and nothing more may start. */
  async run(): Promise<void> {
    for (;;) {
      this.fillSlots();
      this.retrying.giveUp(this.stopping, this.fail.bind(this));
      const rest = this.board.isIdle ? this.stopping.atRest() : 'waiting';
      if (rest === 'ended') break;
      if (rest === 'again') continue;
      this.read(await this.mailbox.take());
      this.readRest();
    }
    this.admission.close();
    this.readRest();
    this.stopping.end();
  }

  private readRest(): void {
    for (let one = this.mailbox.poll(); one !== undefined; one = this.mailbox.poll()) this.read(one);
  }

  /** Looks at tasks only while a slot is free: fresh ones pass at once, and what is started was looked at just before. */
  private fillSlots(): void {
    while (!this.wasInterrupted && this.slots.areFree) {
      const assessed = this.fanningOut.next();
      if (assessed === null) return;
      const { task } = assessed;
      const isStale = !isFailure(assessed) && assessed.verdict.kind === 'stale';
      // What needs more slots than are free is not overtaken: else it might wait for ever.
      if (isStale && !this.slots.fits(task)) {
        this.board.putBack([task]);
        return;
      }
      const first = this.toStart(assessed, this.admission);
      if (first === null) continue;
      const { all, batch } = this.batching.partyOf(first);
      for (const one of all) this.start(one, task, batch);
    }
  }

  /** `null`: it has to wait, or was dealt with otherwise. `admission`: whom to ask, but for one that goes along. */
  private toStart(assessed: AssessmentOrFailure, admission: Admission | null): Assessment | null {
    const [{ spending, watching }, { task }] = [this.options, assessed];
    const isFresh = !isFailure(assessed) && assessed.verdict.kind === 'fresh';
    const isOverBudget = !isFresh && !isFailure(assessed) && spending.holdsBack(task);
    const goesOn = isFresh || this.retrying.isRetry(task);
    const hold = isOverBudget ? overBudget : goesOn ? null : (watching?.hold(task, assessed) ?? null);
    const left = hold ?? (isFailure(assessed) ? null : this.oldCode.endOf(assessed));
    const admitted = left === null ? (admission?.ask(task, assessed) ?? null) : null;
    if (admitted === 'waits') return null;
    this.retrying.taken(task);
    if (left !== null) leave(this.board, assessed, left);
    else if (isFailure(assessed)) this.failAtOnce(task, assessed, assessed.failure);
    else if (admitted !== null) this.fail(task, assessed, neverBegan(admitted.failure, admitted.tail));
    else if (assessed.verdict.kind === 'fresh') this.pass(task, assessed);
    else return assessed;
    this.board.putBack(this.admission.free(task, null));
    return null;
  }

  /** An attempt asks by itself; what is fresh may be so over what has become of files since this build is at work. */
  private pass(task: Task, assessment: Assessment): void {
    const doubt = this.before?.has(assessment.read) === false ? this.doubts.ofFresh(assessment) : null;
    if (doubt === null) this.board.fresh(task, recordOf(assessment));
    else this.failAtOnce(task, { task, failure: doubt }, doubt);
  }

  /** `first`: with whom it takes a slot. */
  private start(assessment: Assessment, first: Task, batch: Batch | null): void {
    const { task } = assessment;
    this.board.started(task, toldOf(this.world, assessment, batch === null ? null : first));
    this.before ??= this.assessor.readings();
    const { world, assessor, board, doubts, toldOnce, options } = this;
    const attempt = attemptAt(assessment, {
      ...{ world, assessor, board, doubts, toldOnce, options, batch },
      number: this.retrying.next(task),
      isTriedAgain: (end) => !this.isOver(task) && this.retrying.wouldTake(task, end),
      onMade: () => this.made(task),
    });
    this.attempts.set(task, attempt);
    this.slots.take(task, first);
    attempt.run().then((end) => {
      batch?.left(task);
      this.mailbox.put({ kind: 'attempt-ended', task, end });
    });
  }

  /** The next command need not wait until the result of the last one is stored. With one job all is in order. */
  private made(task: Task): void {
    if (this.options.jobs === 1) return;
    const first = this.slots.free(task);
    if (first !== null) this.board.putBack(this.admission.free(first, 'made'));
    this.assessor.forget();
    this.oldCode.forget();
    this.fillSlots();
  }

  private read(letter: Letter): void {
    this.oldCode.forget();
    switch (letter.kind) {
      case 'interrupt':
        this.stopping.interrupt();
        for (const attempt of this.attempts.values()) attempt.executing.cancel(letter.how);
        return;
      case 'edited':
        for (const { executing } of this.attempts.values()) executing.hear(letter.files);
        this.retrying.hear(letter.files);
        return;
      case 'admission':
      case 'pause-over':
        // Those that waited may have been looked at before: meanwhile somebody may have edited what they read.
        this.assessor.forget();
        if (letter.kind === 'pause-over') this.retrying.over(letter.task);
        else this.board.putBack(this.admission.called());
        return;
      case 'attempt-ended': {
        const first = this.slots.free(letter.task);
        this.ended(letter.task, letter.end);
        if (first !== null) this.board.putBack(this.admission.free(first, letter.end));
        this.attempts.delete(letter.task);
        return;
      }
    }
  }

  private ended(task: Task, end: AttemptEnd): void {
    if (end.kind === 'failed') this.endedBadly(task, end);
    else if (end.kind === 'cancelled') this.board.cancelled(task, end.left);
    else {
      if (end.audit !== null) this.board.audited(task, end.audit);
      this.board.succeeded(task, end.kind, end.record, end.hasLog ? logOf(this.world, task) : null);
    }
  }

  private endedBadly(task: Task, end: FailedEnd): void {
    const [attempt, log] = [this.attempts.get(task)!, logOf(this.world, task)];
    if (this.isOver(task) || !this.retrying.takes(task, attempt, end, log))
      this.fail(task, attempt.assessed, detailsOf(end, log));
  }

  /** What lacks the files of a stage that did not go well has not failed itself, unless somebody took away what did. */
  private failAtOnce(task: Task, assessed: AssessmentOrFailure, failure: Failure): void {
    const lacks = failure.kind === 'input-missing' && this.options.makersOf(task).length > 0;
    const doubt = lacks ? this.doubts.ofMissing(task) : null;
    const spoilers = lacks && doubt === null ? this.board.places.spoilersOf(task) : [];
    const left = this.doubts.leftToNext(task, doubt ?? failure);
    if (spoilers.length > 0) this.board.blocked(task, spoilers);
    else if (left !== null) leave(this.board, assessed, left);
    else this.fail(task, assessed, neverBegan(doubt ?? failure));
  }

  private fail(task: Task, assessed: AssessmentOrFailure, details: FailureDetails): void {
    this.options.watching?.failed(task, assessed, details.failure, wereEdited(this.world, task, assessed));
    this.board.failed(task, details);
    if (!this.options.keepGoing) this.stopping.fail(task, details.failure);
  }
}
