// One task from stale to done: restores its outputs from the cache, or executes it and accepts what it made.
// Knows nothing of other tasks, of slots or of displays.
import type { Task } from '../model/task.ts';
import { afterEdit, editIn, type InputsChanged, overOwnRecord, stillChanging } from './after-edit.ts';
import { findAction, mayStay, saveArtifacts } from './artifacts.ts';
import type { Assessor } from './assess.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import { type AttemptEnd, type FailedEnd, failed, failureOf } from './attempt-end.ts';
import type { AttemptOptions, AttemptWatcher } from './attempt-options.ts';
import { Checking, resultToCheck } from './checking.ts';
import { Executing } from './executing.ts';
import { executionOf, missingSecrets, type Prepared } from './execution.ts';
import { Finishing, type Prepare } from './finishing.ts';
import { failedWithout } from './folders-gone.ts';
import { editedMeanwhile, heldBack } from './held-back.ts';
import { runFailureHook, runHook } from './hooks.ts';
import { inputsThatChanged } from './input-changes.ts';
import { displace, type Warn } from './keeping.ts';
import { keepCopies } from './kept-copies.ts';
import { leaveMarker } from './killed.ts';
import { clearAway, displaceAll, lookAgain, protectedAmong, whatIsInTheWay } from './make-room.ts';
import { type Result, recordOf } from './new-record.ts';
import { obstructionOf } from './obstruction.ts';
import { basesOf, placesOf } from './ownership.ts';
import { restoring } from './restoring.ts';
import { clearUnnameable, onRecord, unnameableMade, unnameableNow } from './unnameable.ts';
import { untoldCopies } from './untold-copies.ts';
import { comesToExecution } from './will-execute.ts';
import type { World } from './world.ts';

/** One edit while a stage runs is usual; three in a row mean that something keeps writing. */
const executions = 3;

export class Attempt {
  private readonly world: World;
  private readonly assessor: Assessor;
  private readonly task: Task;
  private readonly options: AttemptOptions;
  private readonly watcher: AttemptWatcher;
  /** What may be ended from outside. */
  readonly executing: Executing;
  private readonly finishing: Finishing;
  private readonly first: Assessment;
  private latest: AssessmentOrFailure;
  private latestNumber: number;
  /** Of what was begun last. */
  private prepared: Prepared | null = null;

  constructor(options: {
    readonly world: World;
    readonly assessor: Assessor;
    readonly task: Task;
    readonly assessment: Assessment;
    readonly options: AttemptOptions;
    readonly watcher: AttemptWatcher;
  }) {
    this.world = options.world;
    this.assessor = options.assessor;
    this.task = options.task;
    this.options = options.options;
    this.watcher = options.watcher;
    this.first = options.assessment;
    this.latest = options.assessment;
    this.latestNumber = options.options.number;
    this.executing = new Executing(options.world, options.task, options.options.batch);
    this.finishing = new Finishing(options.world, options.task, options.watcher);
  }

  /** What its last try was about. */
  get assessed(): AssessmentOrFailure {
    return this.latest;
  }

  /** The number of its last try. */
  get number(): number {
    return this.latestNumber;
  }

  /** Never rejects: what the file system refuses is a failure of the task, and what should not happen is contained. */
  async run(): Promise<AttemptEnd> {
    try {
      const end = await this.tries(this.first);
      if (end.kind === 'failed') await this.tellOfFailure(end);
      return end;
    } catch (error) {
      this.finishing.thrown(error);
      return failed(failureOf(error));
    } finally {
      this.assessor.forget();
    }
  }

  private async tellOfFailure(end: FailedEnd): Promise<void> {
    const { onFailure } = this.task.stage.hooks;
    if (onFailure === null || this.prepared === null || this.options.isTriedAgain(end)) return;
    const wrong = await runFailureHook(end, this.prepared, this.executing);
    if (wrong !== null) this.watcher.onWarning(wrong, 'the failure of the stage itself is told with it');
  }

  private async tries(first: Assessment): Promise<AttemptEnd> {
    const { world, assessor, options } = this;
    const warn: Warn = (message, hint) => this.watcher.onWarning(message, hint);
    const begin = overOwnRecord(world, { assessor, assessment: first, options, warn });
    if ('kind' in begin) return begin;
    let assessment = begin;
    const { number } = options;
    let early = 0;
    for (let attempt = number; ; attempt++) {
      this.latestNumber = attempt;
      const end = await this.finishing.settled(await this.once(assessment, attempt), this.executing, options);
      const edit = editIn(end);
      if (edit === null) return end as AttemptEnd;
      this.assessor.forget();
      const next = afterEdit(world, { assessment, edit, options, warn });
      if (next.kind === 'over') return next.end;
      if (end.kind !== 'inputs-changed') return end;
      if (attempt - number + 1 - this.executing.restarts === executions) return stillChanging(next.edited);
      if (end.isEarly && early++ < executions) attempt--;
      else this.watcher.onInputsChanged(attempt, next.edited);
      const again = this.assessor.assess(next.task);
      this.latest = again;
      if (isFailure(again)) {
        const takenAway = again.failure.kind === 'input-missing' ? options.distrust([]) : null;
        return failed(takenAway ?? again.failure);
      }
      assessment = again;
    }
  }

  private async once(assessment: Assessment, attempt: number): Promise<AttemptEnd | InputsChanged> {
    const { world } = this;
    // Not `this.task`: its record may be another by now.
    const { task } = assessment;
    const ahead = assessment.read.isMade ? null : this.executing.reading.inputs(assessment.inputs);
    if (ahead !== null && !(await ahead)) return { kind: 'cancelled' };
    const reading = assessment.read();
    if ('failure' in reading) return failed(reading.failure);
    const { seen } = reading;
    const { forced, audited, isOfAnother, distrust } = this.options;
    const doubt = distrust(seen.manifest);
    if (doubt !== null) return failed(doubt);
    // Listed, and gone when it came to be read: what that means is seen by looking again.
    if (seen.missing.length > 0) return { kind: 'inputs-changed', paths: seen.missing, seen: null };
    const fingerprint = reading.fingerprint();
    const action = forced || audited || task.stage.always ? null : findAction(world, assessment, fingerprint);
    // Before anything is touched: what cannot be executed stays as it was.
    const ask = () => missingSecrets(world, task.stage) ?? this.options.serviceDown();
    const early = comesToExecution(world, assessment, action, forced || audited) ? ask() : null;
    const held = early && (await heldBack(early, world, { assessment, seen }));
    if (held !== null) return held;
    // It takes time to read the inputs, and somebody may have edited an output meanwhile.
    const present = lookAgain(world, assessment);
    const obstruction = obstructionOf(world, present);
    if (obstruction !== null) return failed(obstruction);
    const checking = task.stage.checks.length === 0 ? null : await Checking.of(world, task, this.executing);
    if (checking !== null && 'kind' in checking) return failed(checking);
    this.finishing.checking = checking;
    const toCheck = forced || audited ? null : resultToCheck(world, assessment, present.outputs);
    const prepare: Prepare = (tracer) =>
      executionOf(world, task, {
        ...{ attempt, inputs: seen.manifest, stdin: this.options.stdin, tracer },
        failedBefore: this.options.failedBefore,
        watcher: this.watcher,
      });
    if (toCheck !== null) return this.finishing.checkedAgain(toCheck, assessment.parts, prepare);
    let inTheWay = whatIsInTheWay(world, present, isOfAnother);
    const warn: Warn = (message, hint) => this.watcher.onWarning(message, hint);
    const untold = untoldCopies(world, present);
    untold.tell(warn);
    const record = (result: Result) => recordOf(world, { assessment, fingerprint, seen, result });
    if (action !== null && inTheWay.former.length === 0 && mayStay(world, task, present.outputs, action)) {
      const again = { ...record(action), ...onRecord(unnameableNow(world, assessment)) };
      return (await this.finishing.faultOfStanding(again, prepare)) ?? this.finishing.restored(action, again);
    }
    const protectedPaths = forced ? [] : protectedAmong(world, present);
    if (protectedPaths.length > 0) return failed({ kind: 'protected', paths: protectedPaths });
    // A restored result replaces what is there, also where the tool itself would have updated it.
    const mustGo = task.stage.clean || action !== null;
    const again = () => whatIsInTheWay(world, lookAgain(world, assessment), isOfAnother);
    // Before the start marker: a crash in between must leave a person's file recognisable as theirs.
    const copies = mustGo ? null : keepCopies(world, task, inTheWay, again, warn);
    inTheWay = copies?.inTheWay ?? displaceAll(world, task, inTheWay, again, warn);
    this.finishing.copies = copies;
    leaveMarker(world, task);
    // From now on the copies of this run are those that are looked for.
    untold.dropOthers();
    // Whatever is remembered: a loss of power can take the marker away and leave what a restore had begun.
    world.outputs.sweep(placesOf(task));
    const restore = action && restoring(world, task, action, { inTheWay, lookAgain: again });
    const staged = restore?.staged ?? null;
    if (restore !== null) {
      inTheWay = restore.inTheWay;
      displace(world, task.id, inTheWay.handMade, basesOf(task), warn);
    }
    clearAway(world, task, inTheWay, !task.stage.clean && staged === null, warn);
    this.finishing.theirs = clearUnnameable(world, assessment, 'aside', warn);
    if (action !== null && staged !== null) {
      staged.place();
      world.files.forget();
      await this.executing.reading.restored(action.outputs);
      const fault = await this.finishing.checking?.endOf(action.outputs, prepare(null));
      if (fault) return this.finishing.unaccepted(record(action), fault);
      return this.finishing.restored(action, {
        ...record(action),
        ...onRecord({ made: [], theirs: this.finishing.theirs }),
      });
    }
    const late = early === null ? ask() : null;
    const holds = late && (await heldBack(late, world, { assessment, seen }));
    if (holds !== null) return this.finishing.rejectOver(holds);
    this.finishing.folders.make();
    const audit = audited ? (world.audit?.begin(task, seen.manifest) ?? null) : null;
    const prepared = prepare(audit);
    this.prepared = prepared;
    const startedMs = world.clock.monotonicMs();
    const { before, after } = task.stage.hooks;
    const begun = before && (await runHook('before', prepared, this.executing));
    const hindered = begun ?? (before && editedMeanwhile(world, { assessment, seen }, false));
    if (hindered !== null) return this.finishing.rejectOver(hindered);
    const end = await this.executing.run(prepared.execution, { assessment, seen });
    if (this.executing.shareMs !== null) this.watcher.onShare(this.executing.shareMs);
    const closed =
      end.kind === 'succeeded' ? after && (await runHook('after', prepared, this.executing)) : null;
    const durationMs = this.executing.tookMs(startedMs);
    world.files.forget();
    if (end.kind === 'cancelled') return this.finishing.reject({ kind: 'cancelled' });
    const changed = (paths: InputsChanged['paths'], isOfOthers?: boolean) =>
      this.finishing.rejectOver({ kind: 'inputs-changed', paths, seen, ...(isOfOthers && { isOfOthers }) });
    if (end.kind === 'to-restart') return changed(end.edited, end.isOfOthers);
    if (end.kind === 'failed') return this.finishing.reject(failedWithout(world, task, end, prepared));
    if (closed !== null) return this.finishing.reject(closed);
    const made = await this.executing.reading.made(task);
    if (made === null) return this.finishing.reject({ kind: 'cancelled' });
    if ('failure' in made) return this.finishing.reject(failed(made.failure, [], prepared));
    const edited = inputsThatChanged(world, task, assessment, seen);
    if (edited.length > 0) return changed(edited);
    const fault = await this.finishing.checking?.endOf(made.outputs, prepared);
    if (fault) return this.finishing.reject(fault);
    const result = { fingerprint, outputs: made.outputs, durationMs, metrics: this.options.spent() };
    const handMade = copies?.settle() ?? [];
    this.watcher.onMade();
    // What a person put there is not the task's to bring back, least of all elsewhere.
    const trouble = handMade.length > 0 ? null : saveArtifacts(world, task, result);
    if (trouble !== null) this.watcher.onCacheTrouble(trouble.trouble);
    const unnamed = onRecord(unnameableMade(world, task, this.finishing.theirs));
    const done = { ...record(result), ...unnamed, ...(handMade.length > 0 && { handMade }) };
    this.finishing.commit(done);
    return { kind: 'executed', record: done, hasLog: true, audit: audit?.verdict() ?? null };
  }
}
