// What `import … from 'pipe-build'` gives: the language of pipeline.config.ts.

export type { ItemContext, ItemsSpec } from './model/item-spec.ts';
export { items } from './model/item-spec.ts';
export type {
  CheckedFile,
  CheckFunction,
  CheckSpec,
  Duration,
  ExecSpec,
  ForEachSpec,
  FreshnessSpec,
  OptionalPattern,
  PatternSpec,
  PipelineSpec,
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
  jsonSchema,
  matches,
  minLines,
  nonEmpty,
  optional,
  script,
} from './model/spec.ts';
