// How an attempt comes to its end: what it made or restored is recorded, or put away.
import { checksOf } from '../model/fingerprint.ts';
import { notMadeByPipe, type TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { InputsChanged } from './after-edit.ts';
import { refuseAction, replayLog, saveArtifacts } from './artifacts.ts';
import type { AttemptEnd, SuccessfulEnd } from './attempt-end.ts';
import type { AttemptOptions, AttemptWatcher } from './attempt-options.ts';
import type { Checking } from './checking.ts';
import type { Executing } from './executing.ts';
import type { Prepared } from './execution.ts';
import type { Tracer } from './executor.ts';
import type { KeptCopies } from './kept-copies.ts';
import { leaveMarker } from './killed.ts';
import { OutputFolders } from './output-folders.ts';
import type { ActionResult } from './ports.ts';
import { isRefusal } from './refusal.ts';
import { rejectOutputs } from './rejection.ts';
import { clearUnnameable } from './unnameable.ts';
import type { World } from './world.ts';

/** Prepares an execution of the task over its present inputs. */
export type Prepare = (tracer: Tracer | null) => Prepared;

export class Finishing {
  private readonly world: World;
  private readonly task: Task;
  private readonly watcher: AttemptWatcher;
  readonly folders: OutputFolders;
  copies: KeptCopies | null = null;
  /** `null`: the stage has no checks. */
  checking: Checking | null = null;
  /** What lay in its folders without a name for it, and stays. */
  theirs: readonly string[] = [];

  constructor(world: World, task: Task, watcher: AttemptWatcher) {
    this.world = world;
    this.task = task;
    this.watcher = watcher;
    this.folders = new OutputFolders(world, task, (message, hint) => watcher.onWarning(message, hint));
  }

  /** The recorded result stands, and passes what it is checked with now. */
  async checkedAgain(last: TaskRecord, parts: TaskRecord['parts'], prepare: Prepare): Promise<AttemptEnd> {
    const record = { ...last, parts };
    const fault = await this.faultOfStanding(record, prepare);
    if (fault !== null) return fault;
    this.commit(record);
    return { kind: 'restored', record, hasLog: false, audit: null };
  }

  /** Of what is in place without having been touched in this attempt. It goes only if it is found wanting. */
  async faultOfStanding(record: TaskRecord, prepare: Prepare): Promise<AttemptEnd | null> {
    const fault = (await this.checking?.endOf(record.outputs, prepare(null))) ?? null;
    if (fault?.kind !== 'failed' || fault.failure.kind !== 'check-failed') return fault;
    const { world, task } = this;
    const known = { task, memory: world.records.memory(task.id) };
    leaveMarker(world, task);
    this.theirs = clearUnnameable(world, known, 'rejected', (message, hint) =>
      this.watcher.onWarning(message, hint),
    );
    return this.unaccepted(record, fault, notMadeByPipe(record));
  }

  /** What was stored does not pass: the next attempt is to make it anew, unless it is checked in another way by then. */
  unaccepted<End extends AttemptEnd>(
    { fingerprint, parts }: Pick<TaskRecord, 'fingerprint' | 'parts'>,
    end: End,
    handMade: Iterable<string> = [],
  ): End {
    const check = checksOf(parts);
    if (check !== null && end.kind === 'failed' && end.failure.kind === 'check-failed')
      refuseAction(this.world, fingerprint, check);
    return this.reject(end, handMade);
  }

  async restored(action: ActionResult, record: TaskRecord): Promise<SuccessfulEnd> {
    const { world, task } = this;
    // First: to tell the log again may have to wait for a reader who never comes back.
    this.commit(record);
    const hasLog = await replayLog(world, task, action, (text) => this.watcher.onOutput('stdout', text));
    return { kind: 'restored', record, hasLog, audit: null };
  }

  /** Data before result before record: at any crash point before this the task reads as stale. */
  commit(record: TaskRecord): void {
    this.world.records.commit(record);
    this.copies?.drop();
    this.world.outputs.discard(this.world.folders.keep('aside', this.task.id));
  }

  /**
   * When nothing of it runs any more. What it went on with after it was done counts for it, but is not waited for before
   * it is recorded: it would be lost if this process were killed meanwhile.
   */
  async settled<End extends AttemptEnd | InputsChanged>(
    end: End,
    executing: Executing,
    { spent }: Pick<AttemptOptions, 'spent'>,
  ): Promise<End> {
    this.folders.letGo(end.kind === 'executed' ? end.record : null);
    const moreMs = await executing.wentOnMs();
    if (moreMs === null) return end;
    this.watcher.onShare(moreMs);
    if (end.kind !== 'executed') return end;
    const { world, task } = this;
    const cost = { durationMs: executing.tookMs(0), metrics: spent() };
    const record = { ...end.record, ...cost };
    const { fingerprint, outputs, handMade } = record;
    const trouble =
      handMade === undefined ? saveArtifacts(world, task, { fingerprint, outputs, ...cost }) : null;
    if (trouble !== null) this.watcher.onCacheTrouble(trouble.trouble);
    world.records.commit(record);
    return { ...end, record };
  }

  /** Something was, and ends it. */
  thrown(error: unknown): void {
    if (isRefusal(error)) this.copies?.settle();
    this.folders.letGo(null);
  }

  /** The same of one that an edit may have ended. */
  rejectOver<End extends AttemptEnd | InputsChanged>(end: End): End {
    if (end.kind === 'inputs-changed') this.reject({ kind: 'cancelled' });
    else this.reject(end);
    return end;
  }

  /** Why it failed is told whatever becomes of what it made. */
  reject<End extends AttemptEnd>(end: End, others: Iterable<string> = []): End {
    const { world, task, theirs } = this;
    world.files.forget();
    const handMade = new Set([...(this.copies?.settle() ?? []), ...others]);
    const isOnRecord = rejectOutputs(world, task, { handMade, theirs }, (message, hint) =>
      this.watcher.onWarning(message, hint),
    );
    if (isOnRecord) this.copies?.drop();
    return end;
  }
}
