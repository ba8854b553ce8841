// The port `Executor`, scripted by the test: each stage does what its script says, or works as a pure function of its inputs.
import type {
  Execution,
  ExecutionEnd,
  Executor,
  LeftBehind,
  RunningExecution,
} from '../../src/engine/executor.ts';
import type { FakeDisk } from './fake-disk.ts';

export interface Scene {
  readonly execution: Execution;
  readonly disk: FakeDisk;
  /** Does what a stage without a script does: each output says what it was made of. */
  work(): void;
}

/** Nothing returned: it ended well. */
export type Script = (scene: Scene) => ExecutionEnd | undefined | Promise<ExecutionEnd | undefined>;

export const exitOne: ExecutionEnd = {
  kind: 'failed',
  failure: { kind: 'exit', code: 1, line: 'make it' },
  tail: ['no luck'],
};

export class FakeExecutor implements Executor {
  /** By stage, or `start db`, `check db` of a service. */
  readonly scripts = new Map<string, Script>();
  /** In the order of starting. */
  readonly started: string[] = [];
  readonly cancelled: string[] = [];
  leftBehind = 0;
  /** How many were at work at once, at most. */
  mostAtOnce = 0;
  private atWork = 0;
  private readonly disk: FakeDisk;

  constructor(disk: FakeDisk) {
    this.disk = disk;
  }

  start(execution: Execution): RunningExecution {
    const name = execution.task?.stage.name ?? `${execution.service?.does} ${execution.service?.name}`;
    this.started.push(name);
    this.atWork++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.atWork);
    let cancel: (how: 'gently' | 'now') => void = () => {};
    const cancelled = new Promise<ExecutionEnd>((resolve) => {
      cancel = (how) => {
        this.cancelled.push(`${name} ${how}`);
        resolve({ kind: 'cancelled' });
      };
    });
    const script = this.scripts.get(name) ?? ((scene: Scene) => scene.work() as undefined);
    const work = () => this.work(execution);
    const scripted = Promise.resolve(script({ execution, disk: this.disk, work })).then(
      (end): ExecutionEnd => end ?? { kind: 'succeeded' },
    );
    const ended = Promise.race([cancelled, scripted]).finally(() => this.atWork--);
    return { ended, cancel };
  }

  atRest(): void {}

  hasLeftBehind(): boolean {
    return this.leftBehind > 0;
  }

  endLeftBehind({ onFound, signal }: LeftBehind): Promise<'ended' | 'cancelled'> {
    if (this.leftBehind === 0) return Promise.resolve('ended');
    onFound(this.leftBehind);
    if (signal.aborted) return Promise.resolve('cancelled');
    this.leftBehind = 0;
    return Promise.resolve('ended');
  }

  /** Of a batch each item is made of what it requires itself. */
  private work({ task, context }: Execution): void {
    for (const { requires, produces } of context.items.length > 0 ? context.items : [context]) {
      const made = resultOf(
        task!.stage.name,
        requires.map((path) => this.disk.read(path)),
      );
      for (const path of produces) this.disk.write(path, made);
    }
  }
}

/** What a stage without a script writes into each of its outputs. */
export function resultOf(stage: string, inputs: readonly string[]): string {
  return `${stage}(${inputs.join(', ')})`;
}
