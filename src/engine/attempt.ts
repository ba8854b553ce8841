// One task from stale to done: restores its outputs from the cache, or executes it and accepts what it made.
// Knows nothing of other tasks, of slots or of displays.
import type { Digest, FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { alreadyThere, findAction, saveArtifacts } from './artifacts.ts';
import { type Assessment, type Assessor, isFailure } from './assess.ts';
import { executionOf, missingSecrets, type Prepared } from './execution.ts';
import { inputsThatChanged } from './input-changes.ts';
import { basesOf, unknownAmong } from './ownership.ts';
import type {
  ActionResult,
  ExecutionEnd,
  ListedFile,
  Observation,
  RunningExecution,
  StagedOutputs,
} from './ports.ts';
import { inspectOutputs } from './produced.ts';
import type { World } from './world.ts';

export type AttemptEnd =
  | { readonly kind: 'executed' | 'restored'; readonly record: TaskRecord }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly tail: readonly string[];
      readonly hiddenEnv: readonly string[];
      readonly command: string | null;
    }
  | { readonly kind: 'cancelled' };

/** What an attempt tells while it runs. */
export interface AttemptWatcher {
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  onProgress(done: number, total: number): void;
  onMetric(values: Readonly<Record<string, number>>): void;
  onInputsChanged(attempt: number, paths: readonly FilePath[]): void;
  onWarning(message: string, hint: string): void;
}

type Result = Pick<ActionResult, 'outputs' | 'durationMs' | 'metrics'>;

export interface AttemptOptions {
  readonly forced: boolean;
  readonly stdin: 'closed' | 'inherit';
}

/** One edit while a stage runs is usual; three in a row mean that something keeps writing. */
const executions = 3;

export class Attempt {
  private readonly world: World;
  private readonly assessor: Assessor;
  private readonly task: Task;
  private readonly options: AttemptOptions;
  private readonly watcher: AttemptWatcher;
  private running: RunningExecution | null = null;
  private cancelled: 'gently' | 'now' | null = null;

  constructor(options: {
    readonly world: World;
    readonly assessor: Assessor;
    readonly task: Task;
    readonly options: AttemptOptions;
    readonly watcher: AttemptWatcher;
  }) {
    this.world = options.world;
    this.assessor = options.assessor;
    this.task = options.task;
    this.options = options.options;
    this.watcher = options.watcher;
  }

  cancel(how: 'gently' | 'now'): void {
    this.cancelled = how;
    this.running?.cancel(how);
  }

  /** Never rejects: what the file system refuses is a failure of the task, and what should not happen is contained. */
  async run(assessment: Assessment): Promise<AttemptEnd> {
    try {
      return await this.tries(assessment);
    } catch (error) {
      return failed(failureOf(error));
    } finally {
      this.assessor.forget();
    }
  }

  private async tries(first: Assessment): Promise<AttemptEnd> {
    let assessment = first;
    for (let attempt = 1; ; attempt++) {
      const end = await this.once(assessment, attempt);
      if (end.kind !== 'inputs-changed') return end;
      if (attempt === executions) return failed({ kind: 'input-changing', paths: end.paths });
      this.watcher.onInputsChanged(attempt, end.paths);
      this.assessor.forget();
      const again = this.assessor.assess(this.task);
      if (isFailure(again)) return failed(again.failure);
      assessment = again;
    }
  }

  private async once(
    assessment: Assessment,
    attempt: number,
  ): Promise<AttemptEnd | { readonly kind: 'inputs-changed'; readonly paths: readonly FilePath[] }> {
    const { world, task } = this;
    const reading = assessment.read();
    if ('failure' in reading) return failed(reading.failure);
    const { fingerprint, seen } = reading;

    const unknown = task.stage.clean ? unknownAmong(world, assessment.outputs) : [];
    // After a kill nobody can tell a leftover from an edit: it is put aside with the failed attempts' files.
    const killed = assessment.memory.kind === 'unfinished' && assessment.memory.leftovers;
    const handMade = killed ? [] : unknown;
    const action = this.options.forced || task.stage.always ? null : findAction(world, task, fingerprint);
    const record = (result: Result) => this.recordOf(assessment, fingerprint, seen, result);
    if (action !== null && alreadyThere(world, assessment.outputs, action.outputs)) {
      return this.commit('restored', record(action));
    }
    if (handMade.length > 0 && task.stage.protect && !this.options.forced) {
      return failed({ kind: 'protected', paths: handMade.map((file) => file.path) });
    }
    // Before the start marker: a crash in between must leave a person's file recognisable as theirs.
    this.displace(handMade);
    world.records.begin(task.id, world.folders.runId);
    if (killed) world.outputs.sweep(basesOf(task));
    const staged = action === null ? null : this.stage(action);
    if (task.stage.clean)
      this.moveOld(assessment.outputs, { rejected: killed ? unknown : [], gone: handMade });
    if (action !== null && staged !== null) {
      staged.place();
      world.files.forget();
      return this.commit('restored', record(action));
    }

    const secrets = missingSecrets(world, task.stage);
    if (secrets.length > 0) return this.reject(failed({ kind: 'secret-missing', names: secrets }));
    const blocked = this.prepareFolders();
    if (blocked !== null) return this.reject(failed(blocked));

    const prepared = executionOf(world, task, {
      attempt,
      inputs: seen.manifest,
      stdin: this.options.stdin,
      watcher: this.watcher,
    });
    const startedMs = world.clock.monotonicMs();
    const end = await this.execute(prepared);
    const durationMs = Math.round(world.clock.monotonicMs() - startedMs);
    world.files.forget();
    if (end.kind === 'cancelled') return this.reject({ kind: 'cancelled' });
    if (end.kind === 'failed') return this.reject(failed(end.failure, end.tail, prepared));

    const made = inspectOutputs(world, task);
    if ('failure' in made) return this.reject(failed(made.failure, [], prepared));
    const changed = inputsThatChanged(world, task, assessment, seen);
    if (changed.length > 0) {
      this.reject({ kind: 'cancelled' });
      return { kind: 'inputs-changed', paths: changed };
    }
    const result = { fingerprint, outputs: made.outputs, durationMs, metrics: prepared.metrics() };
    const trouble = saveArtifacts(world, task, result);
    if (trouble !== null) {
      this.watcher.onWarning(
        `the result of ${task.id} is not in the cache: ${trouble.trouble}`,
        'the build is not affected',
      );
    }
    return this.commit('executed', record(result));
  }

  /** Data before result before record: at any crash point before this the task reads as stale. */
  private commit(kind: 'executed' | 'restored', record: TaskRecord): AttemptEnd {
    this.world.records.commit(record);
    this.world.outputs.discard(this.world.folders.keep('aside', this.task.id));
    return { kind, record };
  }

  private displace(handMade: readonly ListedFile[]): void {
    if (handMade.length === 0) return;
    const folder = this.world.folders.keep('displaced', this.task.id);
    this.world.outputs.moveAway(handMade, folder, basesOf(this.task));
    for (const file of handMade) {
      this.watcher.onWarning(
        `${file.path} was not made by pipe; it is kept as ${folder}/${file.path}`,
        `to use it as the result: copy it back and run: pipe accept ${file.path} --reason "…"`,
      );
    }
  }

  private moveOld(
    outputs: readonly ListedFile[],
    special: { readonly rejected: readonly ListedFile[]; readonly gone: readonly ListedFile[] },
  ): void {
    const { outputs: workspace, folders, files } = this.world;
    const bases = basesOf(this.task);
    const others = new Set([...special.rejected, ...special.gone].map((file) => file.path));
    workspace.moveAway(special.rejected, folders.keep('rejected', this.task.id), bases);
    const old = outputs.filter((file) => !others.has(file.path));
    workspace.moveAway(old, folders.keep('aside', this.task.id), bases);
    files.forget();
  }

  /** `null`: the entry was no good and is gone; the task must execute. */
  private stage(action: ActionResult): StagedOutputs | null {
    const { world } = this;
    const { cache } = world;
    if (cache === null || action.outputs.some((entry) => world.outputs.blockedBy(entry.path) !== null))
      return null;
    const staged = world.outputs.stage(action.outputs, (digest) => cache.blobs.pathOf(digest));
    if (staged === null) cache.actions.remove(action.fingerprint);
    return staged;
  }

  private prepareFolders(): Failure | null {
    const { world, task } = this;
    for (const base of basesOf(task)) {
      const blocked = world.outputs.blockedBy(`${base === '' ? '' : `${base}/`}x` as FilePath);
      if (blocked !== null) return { kind: 'output-blocked', ...blocked };
      world.outputs.makeFolder(base);
    }
    return null;
  }

  private async execute(prepared: Prepared): Promise<ExecutionEnd> {
    if (this.cancelled !== null) return { kind: 'cancelled' };
    this.running = this.world.executor.start(prepared.execution);
    const end = await this.running.ended;
    this.running = null;
    return end;
  }

  /** What a failed attempt made is kept to look at, out of the way. */
  private reject<End extends AttemptEnd>(end: End): End {
    const { world, task } = this;
    world.files.forget();
    if (task.stage.produces !== null && task.stage.clean) {
      const left = world.files.expand(task.stage.produces, 'output').files;
      world.outputs.moveAway(left, world.folders.keep('rejected', task.id), basesOf(task));
    }
    world.records.failed(task.id, world.folders.runId);
    return end;
  }

  private recordOf(
    assessment: Assessment,
    fingerprint: Digest,
    seen: Observation,
    result: Result,
  ): TaskRecord {
    return {
      task: this.task.id,
      fingerprint,
      parts: assessment.parts,
      inputs: seen.manifest,
      outputs: result.outputs,
      runId: this.world.folders.runId,
      finishedAtMs: this.world.clock.nowMs(),
      durationMs: result.durationMs,
      metrics: result.metrics,
    };
  }
}

function failed(
  failure: Failure,
  tail: readonly string[] = [],
  prepared: Prepared | null = null,
): AttemptEnd & { kind: 'failed' } {
  return {
    kind: 'failed',
    failure,
    tail,
    hiddenEnv: prepared?.hiddenEnv ?? [],
    command: prepared?.command ?? null,
  };
}

function failureOf(error: unknown): Failure {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  // An error with a code came from the file system; anything else is a bug of ours.
  if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return { kind: 'io', message };
  return { kind: 'internal', message: message ?? String(error), stack: stack ?? null };
}
