// What `import … from 'pipe-build'` gives: the language of pipeline.config.ts.

export type { CheckedFile, CheckFunction, CheckSpec } from './model/check-spec.ts';
export { jsonSchema, matches, minLines, nonEmpty } from './model/check-spec.ts';
export type { ItemContext, ItemsSpec } from './model/item-spec.ts';
export { items } from './model/item-spec.ts';
export type { ParamSpec, ParamsSpec, ParamValues, ValuesOf } from './model/param-spec.ts';
export type {
  Duration,
  ExecSpec,
  ForEachSpec,
  FreshnessSpec,
  OptionalPattern,
  PatternSpec,
  PipelineSpec,
  PoolSpec,
  RetryFailure,
  RetrySpec,
  RetryWhen,
  RunSpec,
  ScriptSpec,
  SharedSpec,
  Size,
  StageContext,
  StageFunction,
  StageSpec,
} from './model/spec.ts';
export {
  definePipeline,
  exec,
  optional,
  script,
} from './model/spec.ts';
