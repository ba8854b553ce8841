// A service that was started here: it runs beside the tasks until it is ended, or ends by itself.
import path from 'node:path';
import { describeCommand } from '../model/command/command-line.ts';
import type { Command, Service } from '../model/stage.ts';
import { explainFailure } from '../model/words/failures.ts';
import type { RunningExecution } from './executor.ts';
import { startOf } from './service-execution.ts';
import type { World } from './world.ts';

/** It ended with a failure that nobody had asked for. `tail`: the last lines that it printed. */
export interface Death {
  readonly why: string;
  readonly tail: readonly string[];
}

/**
 * ```text
 * running ──ends by itself──► ended well (what it started may stay), or died
 *    └──stop──► stopping ──► gone
 * ```
 */
export class StartedService {
  /** Relative to the root. */
  readonly log: string;
  readonly command: string;
  private readonly running: RunningExecution;
  private readonly gone: Promise<void>;
  private isOver = false;
  private died: Death | null = null;

  /** `onDeath`: it is not there any more for those that come. */
  constructor(world: World, service: Service, command: Command, onDeath: (death: Death) => void) {
    const execution = startOf(world, service, command);
    this.log = path.relative(world.folders.root, execution.logPath!);
    this.command = describeCommand(command);
    this.running = world.executor.start(execution);
    const ended = (why: string | null) =>
      world.events.emit({ kind: 'service-changed', service: service.name, state: 'ended', why });
    this.gone = this.running.ended.then((end) => {
      this.isOver = true;
      if (end.kind === 'cancelled') ended(null);
      if (end.kind !== 'failed') return;
      const [why] = explainFailure(end.failure);
      this.died = { why, tail: end.tail };
      ended(why);
      onDeath(this.died);
    });
  }

  /** `null`: it runs, or has ended well: then it has started something that runs. */
  get death(): Death | null {
    return this.died;
  }

  /** Resolves when no process of it is left. */
  stop(how: 'gently' | 'now'): Promise<void> {
    if (!this.isOver) this.running.cancel(how);
    return this.gone;
  }
}
