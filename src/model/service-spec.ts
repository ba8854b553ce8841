// The language of `services` in a configuration: what stages need besides files and programs. Plain data, as in spec.ts.
import type { BreakerSpec } from './breaker-spec.ts';
import type { ParamValues } from './param-spec.ts';
import type { Duration, ExecSpec } from './value-spec.ts';

/** What a function that checks a service is given. */
export interface ServiceContext<Params = ParamValues> {
  /** Absolute path of the folder of the configuration. */
  readonly root: string;
  readonly params: Params;
  /** Aborted when the answer comes too late to count. */
  readonly signal: AbortSignal;
}

/** The service is down if it throws, or answers `false` or a text that says why. */
export type ServiceFunction<Params = ParamValues> = (ctx: ServiceContext<Params>) => unknown;

/** How to see that a service is healthy: a URL that begins with `http`, else a shell line, a program, a port, a function. */
export type ServiceCheckSpec<Params = ParamValues> =
  | string
  | ExecSpec
  | { readonly tcp: number | string }
  | ServiceFunction<Params>;

/** Something outside of the pipeline that stages need. */
export interface ServiceSpec<Params = ParamValues> {
  readonly check: ServiceCheckSpec<Params>;
  /** Starts it where it is not up, and it is ended with the run. */
  readonly start?: string | ExecSpec;
  /** How long it is waited for until it is healthy. Default: 30 seconds with `start`, else it is looked at once. */
  readonly timeout?: Duration;
  /** Between two looks. Default: 250 milliseconds. */
  readonly interval?: Duration;
  /** What a person is to do when it is down. */
  readonly hint?: string;
  /** Variables of `start` and of checks, as those of a stage. They are no inputs. */
  readonly env?: Readonly<Record<string, string | true>>;
  /** When what uses it keeps failing, nothing more begins for a while. */
  readonly breaker?: BreakerSpec;
}
