// What `import … from 'pipe-build'` gives: the language of pipeline.config.ts.

export type { BreakerSpec } from './model/breaker-spec.ts';
export type { CheckedFile, CheckFunction, CheckSpec } from './model/check-spec.ts';
export { jsonSchema, matches, minLines, nonEmpty } from './model/check-spec.ts';
export type { BatchItem, BatchSpec, ItemContext, ItemsSpec } from './model/item-spec.ts';
export { items } from './model/item-spec.ts';
export type { ParamSpec, ParamsSpec, ParamValues, ValuesOf } from './model/param-spec.ts';
export type { RunHookContext, RunHookSpec, RunHooksSpec } from './model/run-hook-spec.ts';
export type { ServiceCheckSpec, ServiceContext, ServiceFunction, ServiceSpec } from './model/service-spec.ts';
export type {
  ForEachSpec,
  FreshnessSpec,
  PatternSpec,
  PipelineSpec,
  PoolSpec,
  RetryFailure,
  RetrySpec,
  RetryWhen,
  RunSpec,
  SharedSpec,
  StageContext,
  StageFunction,
  StageSpec,
} from './model/spec.ts';
export { definePipeline } from './model/spec.ts';
export type { Duration, ExecSpec, OptionalPattern, ScriptSpec, Size } from './model/value-spec.ts';
export { exec, optional, script } from './model/value-spec.ts';
