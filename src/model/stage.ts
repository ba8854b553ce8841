// A stage and a pipeline after validation: every default filled in, every path canonical.

import type { FilePath } from '../base/brand.ts';
import type { BreakerPolicy } from './breaker.ts';
import type { StageCheck } from './checks.ts';
import type { PatternSet } from './glob/pattern-set.ts';
import type { ForEach } from './items/for-each.ts';
import type { Item } from './items/item.ts';
import type { Metrics } from './metrics.ts';
import type { Param, ParamUse } from './params/param.ts';
import type { RetryPolicy } from './retry.ts';
import type { When } from './when.ts';

export type Freshness = 'hash' | 'mtime';

/** How a stage does its work. */
export type Command =
  | { readonly kind: 'shell'; readonly lines: readonly string[] }
  | { readonly kind: 'exec'; readonly argv: readonly string[] }
  /** The module's default export runs in a worker process. `module` is canonical. */
  | { readonly kind: 'script'; readonly module: FilePath }
  /** The function stands in the configuration itself; the worker finds it by the stage's name. */
  | { readonly kind: 'function' };

/** What is done before and after the command, and when the stage has failed. */
export interface Hooks {
  readonly before: Command | null;
  readonly after: Command | null;
  readonly onFailure: Command | null;
}

export type EnvEntry =
  | { readonly kind: 'set'; readonly name: string; readonly value: string }
  | { readonly kind: 'pass'; readonly name: string };

export interface ToolRequirement {
  readonly program: string;
  /** A semver range. */
  readonly range: string;
}

/** What a stage takes of a pool while it executes, and what the pool has room for; `null`: no limit. */
export interface PoolShare {
  readonly name: string;
  readonly weight: number;
  /** Weights at once. */
  readonly limit: number | null;
  /** Executions that begin in any minute. */
  readonly perMinute: number | null;
  readonly breaker: BreakerPolicy | null;
}

/** How to see that a service is healthy. */
export type ServiceCheck =
  /** Healthy: a status from 200 to 399. */
  | { readonly kind: 'http'; readonly url: string }
  /** Healthy: it takes a connection. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  /** Healthy: it ends well. */
  | { readonly kind: 'command'; readonly command: Command }
  /** It stands in the configuration; the worker finds it by the name of the service. */
  | { readonly kind: 'function' };

/** Something outside of the pipeline that stages need. */
export interface Service {
  readonly name: string;
  readonly check: ServiceCheck;
  /** `null`: others start it. */
  readonly start: Command | null;
  /** Of `start` and of checks; sorted by name. */
  readonly env: readonly EnvEntry[];
  /** Of the pipeline; sorted. */
  readonly secrets: readonly string[];
  /** All of the pipeline: for a function. */
  readonly params: readonly ParamUse[];
  /** How long it is waited for; 0: it is looked at once. */
  readonly timeoutMs: number;
  /** Between two looks. */
  readonly intervalMs: number;
  readonly hint: string | null;
  readonly breaker: BreakerPolicy | null;
}

export interface Stage {
  readonly name: string;
  /** Position among the stages as declared: the tie-break of every ordering. */
  readonly index: number;
  readonly description: string | null;
  /** With those of the pipeline in front. */
  readonly requires: PatternSet;
  /** Files that the command itself names, such as `x.mjs` of `node x.mjs`; inputs like the others. */
  readonly implied: readonly FilePath[];
  /** `null`: declares no outputs. */
  readonly produces: PatternSet | null;
  readonly after: readonly string[];
  readonly command: Command;
  /** Sorted by name. */
  readonly env: readonly EnvEntry[];
  /** Sorted. */
  readonly secrets: readonly string[];
  /** Those of them that may be unset; sorted. */
  readonly optionalSecrets: readonly string[];
  /** Sorted by program. */
  readonly tools: readonly ToolRequirement[];
  /** Relative to the root; `''` is the root. */
  readonly cwd: string;
  readonly shell: string;
  readonly timeoutMs: number | null;
  /** Added to the priority of its processes; 0 leaves it. */
  readonly nice: number;
  /** The parameters that it uses, sorted by name. What its commands and variables have of them is filled in late. */
  readonly params: readonly ParamUse[];
  /** The same with those that only what is done over its failure uses, which has no part in its result. */
  readonly paramsOnFailure: readonly ParamUse[];
  /** Which of its results is meant, where it has several side by side; `''`: it has one. */
  readonly combination: string;
  /** `null`: one attempt. */
  readonly retry: RetryPolicy | null;
  readonly hooks: Hooks;
  readonly checks: readonly StageCheck[];
  /** Sorted by name. */
  readonly pools: readonly PoolShare[];
  /** How many of the slots it takes while it runs. */
  readonly weight: number;
  /** What must be healthy before it executes; sorted by name. */
  readonly services: readonly Service[];
  readonly optional: boolean;
  readonly when: When;
  readonly freshness: Freshness;
  readonly cache: boolean;
  readonly clean: boolean;
  readonly protect: boolean;
  readonly watch: 'auto' | 'manual';
  readonly version: string | null;
  /** Declares nothing to compare with: it runs each time. */
  readonly always: boolean;
  /** Set where the stage stands for many tasks: its patterns are then those of all its items together. */
  readonly forEach: ForEach | null;
  /** How many of its items one execution serves at most; `null`: each has its own. */
  readonly batchSize: number | null;
  /** Set in the stage of a task, where `forEach` is: its patterns and variables are those of this item. */
  readonly item: Item | null;
}

/** What is done around a whole run. Each command is filled in. */
export interface RunHooks extends Hooks {
  /** Sorted by name. */
  readonly env: readonly EnvEntry[];
  /** Sorted. */
  readonly secrets: readonly string[];
  readonly params: readonly ParamUse[];
  readonly timeoutMs: number;
}

export interface Pipeline {
  readonly name: string;
  /** In the order of declaration. */
  readonly stages: readonly Stage[];
  readonly pipelines: ReadonlyMap<string, readonly string[]>;
  /** By metric: how much a run may use. */
  readonly budget: Metrics;
  readonly params: readonly Param[];
  /** `null`: nothing is done around its runs. */
  readonly hooks: RunHooks | null;
  /** `null`: as many as there are processors. */
  readonly jobs: number | null;
  /** `null`: no cache at all. */
  readonly cacheMaxBytes: number | null;
}
