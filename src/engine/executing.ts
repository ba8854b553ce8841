// The execution of an attempt while it runs: ended when that is asked for, or to be begun anew over edited inputs.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { Assessment } from './assessment.ts';
import type { Batch } from './batch.ts';
import type { Execution, ExecutionEnd, RunningExecution } from './executor.ts';
import { areAsSeen, inputsThatChanged } from './input-changes.ts';
import { LongReading } from './long-reading.ts';
import type { Observation } from './ports.ts';
import { areOfDocument, type EditedFiles, mayConcern } from './watching.ts';
import type { World } from './world.ts';

/** In a watch an edit ends what runs. A stage that edits its own inputs must not be begun anew for ever. */
const mostRestarts = 5;

interface BegunWith {
  readonly assessment: Assessment;
  readonly seen: Observation;
}

interface ToRestart {
  readonly kind: 'to-restart';
  readonly edited: readonly FilePath[];
  /** They are inputs of others, over which the execution that it shared with them failed. */
  readonly isOfOthers: boolean;
}

export class Executing {
  private readonly world: World;
  private readonly task: Task;
  /** Whose execution it shares; `null`: it has its own. */
  readonly batch: Batch | null;
  private running: RunningExecution | null = null;
  private begunWith: BegunWith | null = null;
  /** What goes on although it is done: a batch of which nothing else is wanted. */
  private lingering: RunningExecution | null = null;
  private rest: Promise<number> | null = null;
  private edited: readonly FilePath[] | null = null;
  private restartCount = 0;
  private cancelled = false;
  /** Of the latest execution, where it served others too: what it took for this task. */
  shareMs: number | null = null;
  /** Of its files, as far as that takes long. */
  readonly reading: LongReading;

  constructor(world: World, task: Task, batch: Batch | null = null) {
    this.world = world;
    this.task = task;
    this.batch = batch;
    this.reading = new LongReading(world);
  }

  /** How often it was ended to be begun anew. */
  get restarts(): number {
    return this.restartCount;
  }

  cancel(how: 'gently' | 'now'): void {
    this.cancelled = true;
    this.reading.stop(how);
    this.running?.cancel(how);
    this.lingering?.cancel(how);
  }

  /** What runs is ended where its inputs are not as it found them. */
  hear(files: EditedFiles): void {
    const { begunWith, running, task, world } = this;
    if (begunWith === null || running === null || this.edited !== null || this.cancelled) return;
    const { assessment, seen } = begunWith;
    if (this.restartCount === mostRestarts) return;
    if (!mayConcern(assessment, files) && !areOfDocument(task, files)) return;
    world.files.forget();
    const paths = inputsThatChanged(world, task, assessment, seen);
    if (paths.length === 0) return;
    // Asked for once, it is not begun anew: what it comes to make of the same inputs a person may take.
    if (task.stage.watch === 'manual' && areAsSeen(world, assessment, seen, paths)) return;
    this.edited = paths;
    this.restartCount++;
    running.cancel('gently');
  }

  /** Of what took longer for others as well only its share counts. */
  tookMs(startedMs: number): number {
    return Math.round(this.shareMs ?? this.world.clock.monotonicMs() - startedMs);
  }

  /** What may be ended and is not begun anew. */
  async alone(execution: Execution): Promise<ExecutionEnd> {
    if (this.cancelled) return { kind: 'cancelled' };
    this.begunWith = null;
    this.running = this.batch?.startAlone(execution) ?? this.world.executor.start(execution);
    const end = await this.running.ended;
    this.running = null;
    return end;
  }

  async run(execution: Execution, begunWith: BegunWith): Promise<ExecutionEnd | ToRestart> {
    if (this.cancelled) return { kind: 'cancelled' };
    this.begunWith = begunWith;
    const { world, task } = this;
    const { assessment, seen } = begunWith;
    const running =
      this.batch?.start(execution, () => inputsThatChanged(world, task, assessment, seen)) ??
      world.executor.start(execution);
    this.running = running;
    const end = await running.ended;
    this.running = null;
    this.rest = (end.kind === 'succeeded' && end.rest) || null;
    this.lingering = this.rest && running;
    this.shareMs = end.kind === 'cancelled' ? null : (end.shareMs ?? null);
    const { edited } = this;
    this.edited = null;
    if (end.kind === 'failed' && end.overOthers)
      return { kind: 'to-restart', edited: end.overOthers, isOfOthers: true };
    if (end.kind !== 'cancelled' || this.cancelled || edited === null) return end;
    return { kind: 'to-restart', edited, isOfOthers: false };
  }

  /** Resolves when nothing of it runs any more: how much longer it took for this task than until it was done. */
  async wentOnMs(): Promise<number | null> {
    if (this.rest === null) return null;
    const doneMs = this.shareMs ?? 0;
    this.shareMs = await this.rest;
    this.rest = null;
    this.lingering = null;
    return this.shareMs - doneMs;
  }
}
