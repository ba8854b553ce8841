// The place of one item in a batch: the execution that its attempt waits for, however many share it.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { Execution, ExecutionEnd, RunningExecution } from './executor.ts';

/** What was said of the item. The first word counts. */
export type Said =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly why: string }
  /** Its attempt does not want it any more. */
  | { readonly kind: 'withdrawn' };

export class Seat implements RunningExecution {
  readonly execution: Execution;
  readonly task: Task;
  readonly ended: Promise<ExecutionEnd>;
  /** Its inputs that are not as its attempt found them. */
  readonly edited: () => readonly FilePath[];
  /** Of whoever performs it; until then nothing is to be ended. */
  onWithdrawn: ((how: 'gently' | 'now') => void) | null = null;
  /** Of the process that goes on when the item is done. */
  endRest: ((how: 'gently' | 'now') => void) | null = null;
  private word: Said = { kind: 'nothing' };
  private over = false;
  private resolve!: (end: ExecutionEnd) => void;
  private reject!: (error: unknown) => void;

  constructor(execution: Execution, edited: () => readonly FilePath[]) {
    if (execution.task === null) throw new Error('what is done for a service is in no batch');
    this.execution = execution;
    this.task = execution.task;
    this.edited = edited;
    this.ended = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get said(): Said {
    return this.word;
  }

  /** Whether its attempt waits no more. */
  get isOver(): boolean {
    return this.over;
  }

  say(word: Said): void {
    if (!this.over && this.word.kind === 'nothing') this.word = word;
  }

  /** What is at work on other items as well is not ended for one of them, and may still write its files. */
  cancel(how: 'gently' | 'now'): void {
    if (this.over) {
      this.endRest?.(how);
      return;
    }
    this.word = { kind: 'withdrawn' };
    if (this.onWithdrawn === null) this.end({ kind: 'cancelled' });
    else this.onWithdrawn(how);
  }

  end(end: ExecutionEnd): void {
    this.over = true;
    this.resolve(end);
  }

  fail(error: unknown): void {
    this.over = true;
    this.reject(error);
  }
}
