// What `import … from 'pipe-build'` gives: the language of pipeline.config.ts.

export type {
  Duration,
  ExecSpec,
  ForEachSpec,
  FreshnessSpec,
  ItemContext,
  ItemsSpec,
  OptionalPattern,
  PatternSpec,
  PipelineSpec,
  RunSpec,
  ScriptSpec,
  SharedSpec,
  Size,
  StageContext,
  StageFunction,
  StageSpec,
} from './model/spec.ts';
export { definePipeline, exec, items, optional, script } from './model/spec.ts';
