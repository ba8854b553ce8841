// What a run says of the hooks of its pipeline.
import type { Failure } from './failure.ts';

type HookName = Extract<Failure, { readonly kind: 'hook-failed' }>['hook'];

/** `log`: path relative to the root. */
export interface RunHookStarted {
  readonly kind: 'run-hook-started';
  readonly hook: HookName;
  /** In one line, for people. */
  readonly command: string;
  readonly log: string;
}

export interface RunHookFinished {
  readonly kind: 'run-hook-finished';
  readonly hook: HookName;
  readonly outcome: 'succeeded' | 'failed' | 'cancelled';
  readonly durationMs: number;
  readonly log: string;
  readonly failure?: Failure;
  /** Its last lines of output, redacted, where it failed. */
  readonly tail?: readonly string[];
}
