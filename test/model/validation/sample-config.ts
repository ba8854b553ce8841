// Configurations for tests: accepted ones as pipelines, rejected ones as their diagnostics.
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import type { Pipeline, Stage } from '../../../src/model/stage.ts';
import { type ConfigPlace, type ValidateOptions, validate } from '../../../src/model/validation/validate.ts';

export const place: ConfigPlace = {
  root: '/home/ann/project',
  home: '/home/ann',
  configPath: '/home/ann/project/pipeline.config.ts',
  folderName: 'project',
};

export function accepted(spec: unknown, where: ConfigPlace = place, options: ValidateOptions = {}): Pipeline {
  const result = validate(spec, where, options);
  if (result.ok) return result.value;
  throw new Error(result.error.map((one) => `${one.code} ${one.message} at ${one.at}`).join('\n'));
}

export function rejected(spec: unknown, where: ConfigPlace = place): readonly Diagnostic[] {
  const result = validate(spec, where);
  if (result.ok) throw new Error('was accepted');
  return result.error;
}

/** The stage `s` of a pipeline that has only this one. */
export function acceptedStage(fields: object, pipeline: object = {}): Stage {
  return accepted({ ...pipeline, stages: { s: { run: 'make it', ...fields } } }).stages[0]!;
}

/** What is wrong with a stage `s`, as `code place`. */
export function faultsOfStage(fields: object, pipeline: object = {}): readonly string[] {
  return faults({ ...pipeline, stages: { s: { run: 'make it', ...fields } } });
}

export function faults(spec: unknown, where: ConfigPlace = place): readonly string[] {
  return rejected(spec, where).map((one) => (one.at === undefined ? one.code : `${one.code} ${one.at}`));
}
