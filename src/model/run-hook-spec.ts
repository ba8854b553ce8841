// The language of `hooks` of the pipeline in a configuration: what is done around a whole run. Plain data, as in spec.ts.
import type { ParamValues } from './param-spec.ts';
import type { Duration, ExecSpec, ScriptSpec } from './value-spec.ts';

/** What a function that is a hook of the pipeline is given. Its environment says how the run ended. */
export interface RunHookContext<Params = ParamValues> {
  /** Absolute path of the folder of the configuration. */
  readonly root: string;
  readonly params: Params;
  readonly runId: string;
  /** Aborted when the hook times out or is cancelled. */
  readonly signal: AbortSignal;
  /** A line for the log of the hook. */
  log(message: string): void;
}

export type RunHookSpec<Params = ParamValues> =
  | string
  | readonly string[]
  | ExecSpec
  | ScriptSpec
  | ((ctx: RunHookContext<Params>) => unknown);

/** For runs in which something is executed. */
export interface RunHooksSpec<Params = ParamValues> {
  /** Before the first execution; a failure prevents all of them. */
  readonly before?: RunHookSpec<Params>;
  /** When the run has ended well; a failure fails it. */
  readonly after?: RunHookSpec<Params>;
  /** When the run has failed. Its own failure is only told. */
  readonly onFailure?: RunHookSpec<Params>;
  /** For each of them, and in an array for each line. Default: 10 minutes. */
  readonly timeout?: Duration;
}
