// The execution of an attempt while it runs: ended when that is asked for, or to be begun anew over edited inputs.
import type { FilePath } from '../base/brand.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { Assessment } from './assess.ts';
import type { Batch } from './batch.ts';
import type { Execution, ExecutionEnd, RunningExecution } from './executor.ts';
import { inputsThatChanged } from './input-changes.ts';
import { LongReading } from './long-reading.ts';
import type { Observation } from './ports.ts';
import { type EditedFiles, mayConcern, requiresAny } from './watching.ts';
import type { World } from './world.ts';

/** In a watch an edit ends what runs. A stage that edits its own inputs must not be begun anew for ever. */
const mostRestarts = 5;

interface BegunWith {
  readonly assessment: Assessment;
  readonly seen: Observation;
}

export class Executing {
  private readonly world: World;
  private readonly task: Task;
  /** Whose execution it shares; `null`: it has its own. */
  readonly batch: Batch | null;
  private running: RunningExecution | null = null;
  private begunWith: BegunWith | null = null;
  private edited: readonly FilePath[] | null = null;
  private restartCount = 0;
  private shareMs: number | null = null;
  private cancelled = false;
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
  }

  /** What runs is ended where it concerns that. `stagesBefore`: of this build. */
  hear(files: EditedFiles, stagesBefore: () => readonly Stage[]): void {
    const edited = this.editedInputs((assessment) => mayConcern(assessment, files));
    if (edited.length === 0) return;
    // What comes first is stale as well, and is not looked at again in this build: the next one does both.
    const isBehind = stagesBefore().some((stage) => requiresAny(stage, edited));
    if (isBehind) this.cancel('gently');
    else this.restart(edited);
  }

  /** Which inputs are not as what runs found them. */
  private editedInputs(isAbout: (assessment: Assessment) => boolean): readonly FilePath[] {
    const { begunWith, running } = this;
    if (begunWith === null || running === null || this.edited !== null || this.cancelled) return [];
    if (this.restartCount === mostRestarts || !isAbout(begunWith.assessment)) return [];
    this.world.files.forget();
    return inputsThatChanged(this.world, this.task, begunWith.assessment, begunWith.seen);
  }

  /** Ends what runs, for inputs that were edited. */
  private restart(edited: readonly FilePath[]): void {
    this.edited = edited;
    this.restartCount++;
    this.running?.cancel('gently');
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

  async run(
    execution: Execution,
    begunWith: BegunWith,
  ): Promise<ExecutionEnd | { readonly kind: 'to-restart'; readonly edited: readonly FilePath[] }> {
    if (this.cancelled) return { kind: 'cancelled' };
    this.begunWith = begunWith;
    this.running = (this.batch ?? this.world.executor).start(execution);
    const end = await this.running.ended;
    this.running = null;
    this.shareMs = end.kind === 'succeeded' ? (end.shareMs ?? null) : null;
    const { edited } = this;
    this.edited = null;
    if (end.kind !== 'cancelled' || this.cancelled || edited === null) return end;
    return { kind: 'to-restart', edited };
  }
}
