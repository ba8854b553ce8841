// What `summary.json` says of a run, gathered from its events.

import type {
  AuditVerdict,
  PipeEvent,
  RunFinished,
  RunOutcome,
  RunStarted,
  TaskFinished,
} from '../model/events.ts';
import type { Metrics } from '../model/metrics.ts';
import type { Profile } from '../model/profile.ts';

export type TaskSummary = Pick<TaskFinished, 'task' | 'stage' | 'item' | 'outcome' | 'durationMs'> &
  Partial<
    Pick<TaskFinished, 'metrics' | 'attempts' | 'failure' | 'log' | 'optional' | 'blockedBy' | 'stopped'>
  > & {
    /** Of a task that was to be audited. */
    readonly audit?: AuditVerdict;
  };

export interface RunSummary {
  readonly v: 1;
  readonly runId: string;
  readonly pipeline: string;
  readonly command: readonly string[];
  readonly targets: readonly string[];
  readonly dryRun: boolean;
  /** Values by names, where the pipeline has any. */
  readonly params?: RunStarted['params'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: RunOutcome;
  readonly exitCode: number;
  readonly failedHook?: RunFinished['failedHook'];
  readonly counts: Omit<
    RunFinished,
    'kind' | 'outcome' | 'exitCode' | 'failedHook' | 'durationMs' | 'savedMs' | 'metrics'
  >;
  readonly durationMs: number;
  readonly savedMs: number;
  /** What was used, failed attempts included, where anything was reported. */
  readonly metrics?: Metrics;
  /** In the order in which they finished; fresh ones only counted. */
  readonly tasks: readonly TaskSummary[];
  readonly warnings: readonly string[];
  /** Of a run whose time was taken. */
  readonly profile?: Profile;
}

/** Takes events in order and has the summary once the run has finished. */
export class SummaryOfRun {
  private started: (RunStarted & { readonly at: string }) | null = null;
  private readonly tasks: TaskSummary[] = [];
  private readonly audits = new Map<string, AuditVerdict>();
  private readonly warnings: string[] = [];
  private profile: Profile | null = null;

  /** `null` as long as the run goes on. */
  take(event: PipeEvent): RunSummary | null {
    switch (event.kind) {
      case 'run-started':
        this.started = event;
        return null;
      case 'task-audited':
        this.audits.set(event.task, event.verdict);
        return null;
      case 'task-finished':
        if (event.outcome !== 'fresh') this.tasks.push(summaryOfTask(event, this.audits.get(event.task)));
        return null;
      case 'warning':
        this.warnings.push(event.message);
        return null;
      case 'run-profiled': {
        const { totalMs, spent, commands, slowest, chain } = event;
        this.profile = { totalMs, spent, commands, slowest, chain };
        return null;
      }
      case 'run-finished':
        return this.finished(event);
      default:
        return null;
    }
  }

  private finished(event: Extract<PipeEvent, { kind: 'run-finished' }>): RunSummary {
    const { executed, restored, fresh, failed, skipped, waiting, cancelled } = event;
    return {
      v: 1,
      runId: event.runId,
      pipeline: this.started?.pipeline ?? '',
      command: this.started?.command ?? [],
      targets: this.started?.targets ?? [],
      dryRun: this.started?.dryRun ?? false,
      ...(this.started?.params === undefined ? {} : { params: this.started.params }),
      startedAt: this.started?.at ?? event.at,
      finishedAt: event.at,
      outcome: event.outcome,
      exitCode: event.exitCode,
      ...(event.failedHook === undefined ? {} : { failedHook: event.failedHook }),
      counts: { executed, restored, fresh, failed, skipped, waiting, cancelled },
      durationMs: event.durationMs,
      savedMs: event.savedMs,
      ...(event.metrics === undefined ? {} : { metrics: event.metrics }),
      tasks: this.tasks,
      warnings: this.warnings,
      ...(this.profile === null ? {} : { profile: this.profile }),
    };
  }
}

function summaryOfTask(event: TaskFinished, audit: AuditVerdict | undefined): TaskSummary {
  const {
    task,
    stage,
    item,
    outcome,
    durationMs,
    metrics,
    attempts,
    failure,
    log,
    optional,
    blockedBy,
    stopped,
  } = event;
  return {
    task,
    stage,
    item,
    outcome,
    durationMs,
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
    ...(attempts === undefined ? {} : { attempts }),
    ...(failure === undefined ? {} : { failure }),
    ...(log === undefined ? {} : { log }),
    ...(optional === undefined ? {} : { optional }),
    ...(blockedBy === undefined ? {} : { blockedBy }),
    ...(stopped === undefined ? {} : { stopped }),
    ...(audit === undefined ? {} : { audit }),
  };
}
