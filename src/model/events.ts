// Everything that a run can say, once: the console, JSON, journal and history all read these.

import type { RunId, TaskId } from '../base/brand.ts';
import type { AskedFor } from './asked-for.ts';
import type { BreakerChanged, PoolFull } from './breaker-events.ts';
import type { InputsEdited, LeftOverEdit } from './edit-events.ts';
import type { Failure } from './failure.ts';
import type { ItemsGone, ItemsToCome, StageFannedOut } from './item-events.ts';
import type { ParamValue } from './params/param.ts';
import type { Profile } from './profile.ts';
import type { Acceptance } from './record.ts';
import type { RunHookFinished, RunHookStarted } from './run-hook-events.ts';
import type { ServiceChanged } from './service-events.ts';
import type { StaleReason } from './verdict.ts';

export type TaskOutcome = 'executed' | 'restored' | 'fresh' | 'failed' | 'skipped' | 'waiting' | 'cancelled';
export type RunOutcome = 'succeeded' | 'degraded' | 'failed' | 'waiting' | 'cancelled';

export interface OutputView {
  readonly path: string;
  readonly sizeBytes: number;
  readonly digest: string;
}

interface OfTask {
  readonly task: TaskId;
  readonly stage: string;
  readonly item: string | null;
}

export interface RunStarted extends AskedFor {
  readonly kind: 'run-started';
  readonly pipeline: string;
  readonly targets: readonly string[];
  /** How many tasks are selected. */
  readonly tasks: number;
  /** How many of them are known to be fresh: nothing more is told of these. */
  readonly fresh?: number;
  readonly dryRun: boolean;
  /** The words of the command line, for history. */
  readonly command: readonly string[];
  /** Values by names, where the pipeline has any. */
  readonly params?: Readonly<Record<string, ParamValue>> | undefined;
}

/** Another engine works in this workspace. */
export interface RunBlocked {
  readonly kind: 'run-blocked';
  /** Whether this one waits for it; else it ends. */
  readonly waits: boolean;
  readonly pid: number;
  /** The words of its command line. */
  readonly command: string;
  readonly sinceMs: number;
  /** Somebody has stopped it (Ctrl-Z, SIGSTOP), so that it goes on when it is told to. */
  readonly suspended?: boolean;
}

/** Of a dry run: what would happen to a task. */
export interface TaskPlanned extends OfTask, ItemsToCome {
  readonly kind: 'task-planned';
  /** `wait`: for a person, over the `failure`. `skip`: it is stale, and something before it would fail or wait. */
  readonly action: 'run' | 'restore' | 'fresh' | 'skip' | 'wait' | 'fail';
  readonly reasons: readonly StaleReason[];
  readonly command: string;
  /** From the last execution; `null` where there was none. */
  readonly estimateMs: number | null;
  /** What the last execution used, where it reported anything and there would be another. */
  readonly estimateMetrics?: Readonly<Record<string, number>>;
  /** With how many items one execution would serve it at most. */
  readonly batch?: number;
  readonly failure?: Failure;
  /** Its failure would not fail the run. */
  readonly optional?: boolean;
  /** The stages over which it would be skipped. */
  readonly blockedBy?: readonly string[];
  /** Of a fresh task whose present result a person took as it is. */
  readonly accepted?: Acceptance;
  /** It is for a failure, and there would be none: it was not looked at, and counts as fresh. */
  readonly unneeded?: boolean;
}

export interface TaskStarted extends OfTask {
  readonly kind: 'task-started';
  readonly attempt: number;
  readonly reasons: readonly StaleReason[];
  /** The command in one line, for people. */
  readonly command: string;
  readonly estimateMs: number | null;
  /** It is executed with other items: which of them the log is called after. */
  readonly batch?: TaskId;
}

/** A piece of output, redacted, at line boundaries where possible. Not kept in the journal: the log has it. */
export interface TaskOutput extends OfTask {
  readonly kind: 'task-output';
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface TaskProgress extends OfTask {
  readonly kind: 'task-progress';
  readonly done: number;
  readonly total: number;
}

export interface TaskMetric extends OfTask {
  readonly kind: 'task-metric';
  readonly values: Readonly<Record<string, number>>;
}

interface Retry extends OfTask {
  readonly kind: 'task-retrying';
  /** The one that came to nothing. */
  readonly attempt: number;
}

/** An attempt came to nothing and is made again: at once, or after a delay with a `task-started` of its own. */
export type TaskRetrying =
  | (Retry & InputsEdited)
  | (Retry & {
      readonly why: 'failed';
      readonly failure: Failure;
      /** How many more attempts there may be. */
      readonly left: number;
      readonly delayMs: number;
      /** Path of the log of the attempt, relative to the root, where there is one. */
      readonly log?: string;
    });

export interface TaskFinished extends OfTask, LeftOverEdit {
  readonly kind: 'task-finished';
  readonly outcome: TaskOutcome;
  /** What it took in this run. */
  readonly durationMs: number;
  /** How many attempts that were, where it was more than one. */
  readonly attempts?: number;
  /** What an execution took the last time, where none was needed now; else 0. */
  readonly savedMs: number;
  readonly metrics: Readonly<Record<string, number>>;
  readonly outputs: readonly OutputView[];
  readonly reasons: readonly StaleReason[];
  readonly failure?: Failure;
  /** A failure of an optional stage does not fail the run. */
  readonly optional?: boolean;
  /** It is for a failure, and there was none: it was not looked at, and counts as fresh. */
  readonly unneeded?: boolean;
  /** Of a skipped task: the stages that stand in its way. */
  readonly blockedBy?: readonly string[];
  /** It needs none of them: the build has stopped over their failure. */
  readonly stopped?: boolean;
  /** Path of the log relative to the root, where there is one. */
  readonly log?: string;
  /** Last lines of output of a failed task, redacted. */
  readonly tail?: readonly string[];
  /** Variables of the caller that the strict environment hid from a failed task. */
  readonly hiddenEnv?: readonly string[];
  /** Of a failed task: the command that failed, in one line. */
  readonly command?: string;
}

/**
 * Whether an execution kept to what its stage declares. Paths are relative to the root and sorted; a folder
 * that no pattern can or should name ends in `/`.
 */
export type AuditVerdict =
  | { readonly kind: 'declared' }
  | {
      readonly kind: 'undeclared';
      readonly reads: readonly string[];
      readonly writes: readonly string[];
      readonly deletes: readonly string[];
    }
  | { readonly kind: 'not-audited'; readonly why: string };

/** Of an audit, once for each audited task, before it finishes. */
export interface TaskAudited extends OfTask {
  readonly kind: 'task-audited';
  readonly verdict: AuditVerdict;
}

export interface Warning {
  readonly kind: 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly task?: TaskId;
  /** The files that it is about, where it may not name all of them. */
  readonly paths?: readonly string[];
}

/** Of a run whose time was taken, just before it finishes. */
export interface RunProfiled extends Profile {
  readonly kind: 'run-profiled';
}

export interface RunFinished {
  readonly kind: 'run-finished';
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly executed: number;
  readonly restored: number;
  readonly fresh: number;
  readonly failed: number;
  readonly skipped: number;
  readonly waiting: number;
  readonly cancelled: number;
  readonly durationMs: number;
  readonly savedMs: number;
  /** What its tasks reported that they used, failed attempts included, where they did. */
  readonly metrics?: Readonly<Record<string, number>>;
  /** What those that were fresh or restored reported when they were executed, where they did. */
  readonly savedMetrics?: Readonly<Record<string, number>>;
  /** The hook of the pipeline over which a run has failed whose tasks have not. */
  readonly failedHook?: 'after';
  /** Nobody interrupted it: what is cancelled was left to the next run of a watch. */
  readonly gaveWay?: true;
}

export type EventBody =
  | RunStarted
  | RunBlocked
  | TaskPlanned
  | TaskStarted
  | TaskOutput
  | TaskProgress
  | TaskMetric
  | TaskRetrying
  | TaskAudited
  | TaskFinished
  | StageFannedOut
  | ItemsGone
  | ServiceChanged
  | BreakerChanged
  | PoolFull
  | RunHookStarted
  | RunHookFinished
  | Warning
  | RunProfiled
  | RunFinished;

export interface Envelope {
  readonly v: 1;
  /** 0, 1, 2 … within a run. */
  readonly seq: number;
  readonly runId: RunId;
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
}

export type PipeEvent = Envelope & EventBody;
