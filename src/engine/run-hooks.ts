// The hooks of the pipeline in one build: `before` when the first task is about to execute, `after` or `onFailure` when
// all has ended. A build that executes nothing has none but `onFailure`.
import path from 'node:path';
import { describeCommand } from '../model/command/command-line.ts';
import type { Failure } from '../model/failure.ts';
import type { HookName } from '../model/hooks.ts';
import type { RunHooks as Declared, Stage } from '../model/stage.ts';
import { explainFailure } from '../model/words/failures.ts';
import type { ExecutionEnd, RunningExecution } from './executor.ts';
import type { Places } from './places.ts';
import { isRefusal } from './refusal.ts';
import { runHookExecution } from './run-hook-execution.ts';
import type { Summary } from './run-outcome.ts';
import type { Services } from './services.ts';
import type { World } from './world.ts';

export class RunHooks {
  private readonly world: World;
  private readonly hooks: Declared | null;
  private begun: Promise<Failure | null> | null = null;
  /** `before` has ended well, and is not waited for any more. */
  private isReady = false;
  private running: RunningExecution | null = null;
  private interrupted: 'gently' | 'now' | null = null;

  constructor(world: World, hooks: Declared | null) {
    this.world = world;
    this.hooks = hooks;
  }

  /** Before each execution: why there is to be none, if so. `null` at once where nothing is to be waited for. */
  lackingFor({ services: needed }: Stage, services: Services): Promise<Failure | null> | null {
    if (this.hooks === null || this.isReady) return services.whatIsDown(needed);
    this.begun ??= this.run('before', {});
    return this.begun.then((failure) => {
      this.isReady = failure === null;
      return failure ?? services.whatIsDown(needed);
    });
  }

  /** When no task is left. Answers how the run has ended with that. */
  async end(summary: Summary, places: Places): Promise<Summary> {
    if (this.hooks === null || this.interrupted !== null) return summary;
    const failed = places.failedTasks();
    let end = summary;
    const told = places.firstFailed();
    let first = told === null ? '' : `${told.task}: ${explainFailure(told.failure)[0]}`;
    if (summary.exitCode === 0 && this.begun !== null) {
      const fault = await this.run('after', { PIPE_OUTCOME: summary.outcome });
      if (this.interrupted !== null) return { ...summary, outcome: 'cancelled', exitCode: 130 };
      if (fault !== null) {
        end = { ...summary, outcome: 'failed', exitCode: 1, failedHook: 'after' };
        [first] = explainFailure(fault);
      }
    }
    // What is left alone in a watch was told of when it failed.
    const isNews = failed.length > 0 || end.failedHook !== undefined || !places.hasKnownFailure();
    if (end.outcome === 'failed' && isNews)
      await this.run('onFailure', {
        PIPE_OUTCOME: 'failed',
        PIPE_EXIT_CODE: String(end.exitCode),
        PIPE_FAILED: [...new Set(failed.map(({ stage }) => stage))].join(' '),
        PIPE_FAILURE: first,
      });
    // The first error stands, whatever became of that.
    return end;
  }

  interrupt(how: 'gently' | 'now'): void {
    this.interrupted = how;
    this.running?.cancel(how);
  }

  /** `null`: it ended well, there is none, or it was called off. */
  private async run(hook: HookName, about: Readonly<Record<string, string>>): Promise<Failure | null> {
    const { world, hooks } = this;
    const command = hooks![hook];
    if (command === null || this.interrupted !== null) return null;
    const { events, folders, clock } = world;
    const startedMs = clock.monotonicMs();
    const log = path.relative(folders.root, folders.hookLog(hook));
    events.emit({ kind: 'run-hook-started', hook, command: describeCommand(command), log });
    const end = await this.execute(hook, about);
    const durationMs = Math.round(clock.monotonicMs() - startedMs);
    const told = { kind: 'run-hook-finished', hook, durationMs, log } as const;
    if (end.kind !== 'failed') {
      events.emit({ ...told, outcome: end.kind });
      return null;
    }
    events.emit({ ...told, outcome: 'failed', failure: end.failure, tail: end.tail });
    const [why] = explainFailure(end.failure);
    return { kind: 'hook-failed', of: 'pipeline', hook, why, line: '' };
  }

  /** Never rejects: its log may be refused by the disk. */
  private async execute(hook: HookName, about: Readonly<Record<string, string>>): Promise<ExecutionEnd> {
    try {
      const command = this.hooks![hook]!;
      const execution = runHookExecution(this.world, this.hooks!, hook, { command, about });
      const isCode = command.kind === 'script' || command.kind === 'function';
      if (isCode && execution.module === null)
        return {
          ...{ kind: 'failed', tail: [] },
          failure: { kind: 'threw', message: 'the module cannot be compiled', stack: null },
        };
      this.running = this.world.executor.start(execution);
      return await this.running.ended;
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      return { kind: 'failed', failure: { kind: 'io', message: problem.message }, tail: [] };
    } finally {
      this.running = null;
    }
  }
}
