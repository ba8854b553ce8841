// What `import … from 'pipe-build'` gives: the language of pipeline.config.ts.

export type {
  Duration,
  ExecSpec,
  ForEachSpec,
  FreshnessSpec,
  ItemContext,
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
export { definePipeline, exec, optional, script } from './model/spec.ts';
