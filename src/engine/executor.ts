// The port behind which stages are executed: what an execution needs, and how it can end.

import type { FilePath, RunId } from '../base/brand.ts';
import type { AuditVerdict } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { HookName } from '../model/hooks.ts';
import type { ItemContext } from '../model/item-spec.ts';
import type { Manifest } from '../model/manifest.ts';
import type { ParamValue } from '../model/params/param.ts';
import type { Command } from '../model/stage.ts';
import type { Task } from '../model/task.ts';

/** A program's or function's run as the executor needs it: all placeholders replaced, environment complete. */
export interface Execution {
  /** `null`: it is done for a service, or is a hook of the pipeline. */
  readonly task: Task | null;
  /** `null`: it is done for a task, or for the run. */
  readonly service: { readonly name: string; readonly does: 'start' | 'check' } | null;
  readonly command: Command;
  /** Absolute. */
  readonly cwd: string;
  /** Complete but for `PIPE_OUTPUT` and `PIPE_ITEMS`, which the executor owns where there is a log. */
  readonly env: Readonly<Record<string, string>>;
  readonly shell: string;
  readonly timeoutMs: number | null;
  /** Added to the priority of its programs; 0 leaves it. */
  readonly nice: number;
  /** `inherit` only where a person debugs a single stage. */
  readonly stdin: 'closed' | 'inherit';
  /** Absolute path of the log to append to; `null`: nobody will read what it prints. */
  readonly logPath: string | null;
  /** Values to blank out in everything that is captured. */
  readonly secretValues: readonly string[];
  /** For `script` and `function`: the compiled module, absolute, and what `ctx` holds. */
  readonly module: string | null;
  readonly context: ExecutionContext;
  /** What it tells of its items one by one; `null`: it is about one task. */
  readonly batch: BatchNews | null;
  /** Of a function that checks outputs: `keys` lead to it from its stage. `null`: the stage itself is at work. */
  readonly check: { readonly keys: readonly (string | number)[]; readonly files: readonly string[] } | null;
  /** `null`: the command itself. */
  readonly hook: HookName | null;
  /** Looks over the shoulder of its programs, where they are audited. */
  readonly tracer: Tracer | null;
  readonly onOutput: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly onProgress: (done: number, total: number) => void;
  readonly onMetric: (values: Readonly<Record<string, number>>) => void;
  readonly onRetryAfter: (delayMs: number) => void;
  /** Of what it reported something cannot be understood, or, perhaps, was not read, and did not count. */
  readonly onUnclear: (message: string, doubt?: 'perhaps') => void;
  /** A function does not let one of the files pass. */
  readonly onProblem: (problem: { readonly path: string; readonly message: string }) => void;
}

/** Of items that the execution was handed, by their names. */
export interface BatchNews {
  onDone(item: string): void;
  onFailed(item: string, why: string): void;
  onMetric(item: string, values: Readonly<Record<string, number>>): void;
}

export interface ProgramStart {
  readonly file: string;
  readonly args: readonly string[];
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface Tracer {
  /** What to start in its place; `null`: start it as it is. Called for one program after the other. */
  trace(program: ProgramStart): TracedStart | null;
}

export interface TracedStart {
  readonly file: string;
  readonly args: readonly string[];
  /** Call when its process group is gone. Resolves when the trace is read. Never rejects. */
  ended(): Promise<void>;
}

/** Watches which files executions touch. */
export interface Audit {
  /** `inputs`: what its patterns found, its code among it. */
  begin(task: Task, inputs: Manifest): TaskAudit;
}

export interface TaskAudit extends Tracer {
  /** Call once, after the execution succeeded. Never throws. */
  verdict(): AuditVerdict;
}

export interface ExecutionContext {
  readonly root: string;
  readonly stage: string;
  readonly item: ItemContext | null;
  /** Of a batch. */
  readonly items: readonly SharedItem[];
  readonly requires: readonly string[];
  readonly produces: readonly string[];
  readonly params: Readonly<Record<string, ParamValue>>;
  readonly runId: RunId;
  readonly attempt: number;
  readonly scratch: string;
}

/** An item of a batch, with the files that are its own. */
export interface SharedItem extends ItemContext {
  readonly requires: readonly string[];
  readonly produces: readonly string[];
}

export type ExecutionEnd =
  /** `shareMs`: of the time of an execution that served others, too. */
  | {
      readonly kind: 'succeeded';
      readonly shareMs?: number;
      /**
       * It is done, and its process goes on, which until then is its task's: resolves when that has ended, to the share
       * of its time then.
       */
      readonly rest?: Promise<number>;
    }
  | {
      readonly kind: 'failed';
      readonly failure: Failure;
      readonly tail: readonly string[];
      readonly shareMs?: number;
      /** Files of others that it served, edited meanwhile: it may have failed over these alone. */
      readonly overOthers?: readonly FilePath[];
    }
  | { readonly kind: 'cancelled' };

export interface RunningExecution {
  readonly ended: Promise<ExecutionEnd>;
  /** INT, after 5 s TERM, after 5 s KILL, to the whole process group. `now`: KILL at once. */
  cancel(how: 'gently' | 'now'): void;
}

export interface Executor {
  start(execution: Execution): RunningExecution;
  /** Nothing runs, and for now nothing more will be started: what only programs need may go. */
  atRest(): void;
  /** Whether any program is on record as running. Of a living engine's they are, too. */
  hasLeftBehind(): boolean;
  /**
   * Ends what engines that were killed left running: it could go on writing outputs. Call only while holding
   * the lock. TERM, after 5 s KILL; `cancelled`: that was not waited for, so that it may still run.
   */
  endLeftBehind(how: LeftBehind): Promise<'ended' | 'cancelled'>;
}

export interface LeftBehind {
  /** Before any of it is ended: how many programs there are, if there are. */
  readonly onFound: (count: number) => void;
  readonly signal: AbortSignal;
}
