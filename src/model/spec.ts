// The language of `pipeline.config.ts`: what a user writes, as types and as the functions that help to write it.
// Everything here is plain data, so that a configuration may be bundled with a copy of this file. What `check` says: check-spec.ts.
// What `services` say: service-spec.ts. Durations, programs and the like: value-spec.ts.

import type { BreakerSpec } from './breaker-spec.ts';
import type { CheckSpec } from './check-spec.ts';
import type { BatchItem, BatchSpec, ItemContext, ItemsSpec } from './item-spec.ts';
import type { NoParams, ParamsSpec, ParamValues, ValuesOf } from './param-spec.ts';
import type { RunHooksSpec } from './run-hook-spec.ts';
import type { ServiceSpec } from './service-spec.ts';
import type { Duration, ExecSpec, OptionalPattern, ScriptSpec, Size } from './value-spec.ts';

/** What a stage function is given. `Params`: what it knows of the parameters of its pipeline. */
export interface StageContext<Params = ParamValues> {
  /** Absolute path of the folder of the configuration. */
  readonly root: string;
  /** Name of the stage. */
  readonly stage: string;
  /** What this task is about; `null` where the stage has no `forEach`. */
  readonly item: ItemContext | null;
  /** What this execution is about, of a stage with `batch`; else none. */
  readonly items: readonly BatchItem[];
  /** The present input files, relative to the root where they are inside it, sorted. */
  readonly requires: readonly string[];
  /** The patterns of the outputs as the stage declares them. */
  readonly produces: readonly string[];
  /** The parameters of the pipeline, as they are in this run. */
  readonly params: Params;
  readonly runId: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Absolute path of a folder kept from run to run; never an input or an output. */
  readonly scratch: string;
  /** Aborted when the attempt times out or is cancelled. */
  readonly signal: AbortSignal;
  /** A line for the log of the stage. */
  log(message: string): void;
  /** How far the work is: 3 of 10. */
  progress(done: number, total: number): void;
  /** Adds to a named number that is summed over the run: `ctx.metric({ usd: 0.02 })`. */
  metric(values: Readonly<Record<string, number>>): void;
  /** Should this attempt fail, the next one waits so long: for a stage with `retry`. */
  retryAfter(delay: Duration): void;
}

export type StageFunction<Params = ParamValues> = (ctx: StageContext<Params>) => unknown;

export type RunSpec<Params = ParamValues> =
  | string
  | readonly string[]
  | ExecSpec
  | ScriptSpec
  | StageFunction<Params>;

export type PatternSpec = string | OptionalPattern;

export type ForEachSpec = PatternSpec | ItemsSpec;

export type FreshnessSpec = 'hash' | 'mtime';

/** All of them well; one of them badly; either way. */
export type WhenSpec = 'success' | 'failure' | 'always';

/** What stages and the whole pipeline may both declare. */
export interface SharedSpec {
  /** Patterns of input files: relative to the folder of the configuration, absolute, or `~/…`; `!` excludes. */
  readonly requires?: PatternSpec | readonly PatternSpec[];
  /** `{ NAME: 'value' }` sets; `{ NAME: true }` passes the caller's value. Both count as inputs. */
  readonly env?: Readonly<Record<string, string | true>>;
  /** Variables that are passed through and required, but for `optional('…')`; names are inputs, values are not. */
  readonly secrets?: readonly (string | OptionalPattern)[];
  /** Programs with version ranges: `{ python3: '>=3.9' }`. */
  readonly tools?: Readonly<Record<string, string>>;
}

/** A failed attempt, as a predicate in `retry.when` sees it. */
export interface RetryFailure {
  readonly kind: 'exit' | 'signal' | 'timeout' | 'threw' | 'reported';
  /** How many attempts have failed by now. */
  readonly attempt: number;
  readonly exitCode: number | null;
  /** Such as `'SIGKILL'`. */
  readonly signal: string | null;
  /** Of what a stage function threw, or why an item of a batch was reported as failed. */
  readonly message: string | null;
  /** The last lines of output, at most 20, without secrets. */
  readonly output: string;
}

/** Any of them is enough. */
export interface RetryWhen {
  readonly exitCode?: number | readonly number[];
  /** Such as `'SIGKILL'`. */
  readonly signal?: string | readonly string[];
  readonly timeout?: boolean;
  /** Text or a pattern, looked for in the last lines of output, in what a stage function threw, and in why an item failed. */
  readonly output?: string | RegExp;
}

/** When and how often a failed attempt is made again. */
export interface RetrySpec {
  /** In all, the first one included. */
  readonly attempts: number;
  /** Before the second attempt. Default: 1 second. */
  readonly delay?: Duration;
  /** What each delay is multiplied by for the next one. Default: 2. */
  readonly factor?: number;
  /** No delay is longer. Default: 1 minute. */
  readonly maxDelay?: Duration;
  /** Each delay is shortened by up to half, so that many do not come back at once. Default: true. */
  readonly jitter?: boolean;
  /** Default: after every failure of the command, timeouts among them. */
  readonly when?: RetryWhen | ((failure: RetryFailure) => boolean);
}

/** One stage: what it needs, what it makes, how. */
export interface StageSpec<Name extends string = string, Params = ParamValues> extends SharedSpec {
  readonly description?: string;
  /** Patterns of output files, inside the folder of the configuration. `dir/` owns the folder. */
  readonly produces?: PatternSpec | readonly PatternSpec[];
  /** Stages that must be done first, without a file in between. */
  readonly after?: Name | readonly Name[];
  readonly run: RunSpec<Params>;
  /** One task for each file of `'sow/{course}/{order}.json'`, whose captures other fields may use; or each record of `items(…)`. */
  readonly forEach?: ForEachSpec;
  /** Many of its items go to one process, which `PIPE_ITEMS` or `ctx.items` tells which. */
  readonly batch?: BatchSpec;
  /** Working folder, inside the root. */
  readonly cwd?: string;
  /** Shell program for shell lines. Default `/bin/sh`. */
  readonly shell?: string;
  /** For each attempt and, in an array, each line. */
  readonly timeout?: Duration;
  /** Priority of its processes, as `nice` has it: from -20 to 19, added to that of `pipe`; `true` is 10. */
  readonly nice?: number | true;
  readonly retry?: RetrySpec;
  /** What is done before and after `run`, and when the stage has failed. */
  readonly hooks?: HooksSpec<Params>;
  /** What outputs must be like: for every output, or by patterns of outputs. */
  readonly check?:
    | CheckSpec
    | readonly CheckSpec[]
    | { readonly [pattern: string]: CheckSpec | readonly CheckSpec[] };
  /** The pool that it needs room in while it runs, or how much of which: `{ gpu: 1 }`. */
  readonly pool?: string | Readonly<Record<string, number>>;
  /** How many slots it takes while it runs, and how much of the pool that it names. Default: 1. */
  readonly weight?: number;
  /** What must be healthy before it executes: names of the pipeline's services. */
  readonly services?: string | readonly string[];
  /** A failure is reported but does not fail the run. */
  readonly optional?: boolean;
  /** How the stages before it have to end for it to run. Default: `'success'`. */
  readonly when?: WhenSpec;
  readonly freshness?: FreshnessSpec;
  /** `false`: never stored in or restored from the cache. */
  readonly cache?: boolean;
  /** `false` leaves old outputs in place for tools that update their own output. */
  readonly clean?: boolean;
  /** An output that a person edited stops the build instead of being kept aside and rebuilt. */
  readonly protect?: boolean;
  readonly watch?: 'auto' | 'manual';
  /** Free text that counts as an input: change it to force a rerun. */
  readonly version?: string;
}

/** What a pool has room for, and when it is left alone for a while: at least one of them. */
export interface PoolSpec {
  readonly limit?: number;
  readonly perMinute?: number;
  readonly breaker?: BreakerSpec;
}

/** Commands, or functions, that are called as one in `run` is. */
export interface HooksSpec<Params = ParamValues> {
  /** A failure prevents the stage. */
  readonly before?: HookSpec<Params>;
  /** After `run` has ended well, and before its outputs are looked at; a failure fails the stage. */
  readonly after?: HookSpec<Params>;
  /** When the stage has failed and is not tried again. Its own failure is only told. */
  readonly onFailure?: HookSpec<Params>;
}

export type HookSpec<Params = ParamValues> = RunSpec<Params>;

export interface PipelineSpec<Name extends string = string, Params extends ParamsSpec = NoParams>
  extends SharedSpec {
  /** Shown in output. Default: the folder's name. */
  readonly name?: string;
  readonly stages: { readonly [K in Name]: StageSpec<NoInfer<Name>, ValuesOf<Params>> };
  /** `'hash'`: by content. `'mtime'`: outputs newer than inputs, as make does. */
  readonly freshness?: FreshnessSpec;
  /** Tasks at once. Default: available processors. */
  readonly jobs?: number;
  /** How many at once, or how many begin in a minute, across stages: `{ llm: 4, api: { perMinute: 60 } }`. */
  readonly pools?: Readonly<Record<string, number | PoolSpec>>;
  /** What stages need besides files and programs: a database, a model server. */
  readonly services?: Readonly<Record<string, ServiceSpec<ValuesOf<Params>>>>;
  /** How much a run may use of what its stages report, before nothing more begins: `{ usd: 10 }`. */
  readonly budget?: Readonly<Record<string, number>>;
  /** What a command line may say: `{ subject: { type: 'string', choices: ['math', 'art'] } }`, as `-p subject=math`. */
  readonly params?: Params;
  /** What is done before and after a run, and when it has failed. */
  readonly hooks?: RunHooksSpec<ValuesOf<Params>>;
  /** Named targets. */
  readonly pipelines?: Readonly<Record<string, readonly NoInfer<Name>[]>>;
  /** The cache's size limit, or `false` for no cache. */
  readonly cache?: { readonly maxSize?: Size } | boolean;
}

/** Gives a pipeline its type. Returns what it was given. */
export function definePipeline<const Name extends string, const Params extends ParamsSpec = NoParams>(
  spec: PipelineSpec<Name, Params>,
): PipelineSpec<Name, Params> {
  return spec;
}
