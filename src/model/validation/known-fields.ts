// Which fields a configuration may have, and what to say about the others.
import { didYouMean } from '../../base/did-you-mean.ts';
import type { PipelineSpec, StageSpec } from '../spec.ts';
import type { Section } from './config-section.ts';
import { shown } from './config-value.ts';

// Objects instead of lists, so that the compiler notices a field that is missing here.
const ofStage = {
  description: true,
  requires: true,
  produces: true,
  after: true,
  run: true,
  forEach: true,
  batch: true,
  env: true,
  secrets: true,
  tools: true,
  cwd: true,
  shell: true,
  timeout: true,
  nice: true,
  retry: true,
  hooks: true,
  check: true,
  pool: true,
  weight: true,
  services: true,
  optional: true,
  when: true,
  freshness: true,
  cache: true,
  clean: true,
  protect: true,
  watch: true,
  version: true,
} satisfies Record<keyof StageSpec, true>;

const ofPipeline = {
  name: true,
  stages: true,
  requires: true,
  env: true,
  secrets: true,
  tools: true,
  freshness: true,
  jobs: true,
  pools: true,
  services: true,
  budget: true,
  params: true,
  hooks: true,
  pipelines: true,
  cache: true,
} satisfies Record<keyof PipelineSpec, true>;

export const stageFields: readonly string[] = Object.keys(ofStage);
export const pipelineFields: readonly string[] = Object.keys(ofPipeline);

const notYet = new Set(['approval', 'rateLimit']);

/** What other build tools call the same things. */
const otherWords = new Map([
  ...['inputs', 'input', 'deps', 'sources', 'files'].map((word) => [word, 'requires'] as const),
  ...['outputs', 'output', 'outs', 'targets'].map((word) => [word, 'produces'] as const),
  ...['dependsOn', 'dependencies', 'needs'].map((word) => [word, 'after'] as const),
  ...['command', 'cmd', 'script', 'exec'].map((word) => [word, 'run'] as const),
  ...['environment', 'vars'].map((word) => [word, 'env'] as const),
]);

/** Reports every field of `section` that is not one of `known`. */
export function reportUnknownFields(section: Section, known: readonly string[]): void {
  for (const key of section.keys()) {
    if (known.includes(key)) continue;
    const at = section.place(key);
    if (isForThis(known) && notYet.has(key)) {
      const message = `"${key}" is not supported by this version of pipe`;
      section.report({ code: 'PIPE010', message, at });
      continue;
    }
    const hint = hintFor(key, known);
    const message = `unknown field ${shown(key)}`;
    section.report({ code: 'PIPE010', message, at, ...(hint !== null && { hint }) });
  }
}

function hintFor(key: string, known: readonly string[]): string | null {
  if (known === stageFields && pipelineFields.includes(key)) {
    return `"${key}" is a field of the pipeline, not of a stage${orAlike(key, known)}`;
  }
  if (known === pipelineFields && stageFields.includes(key)) {
    return `"${key}" is a field of a stage, not of the pipeline${orAlike(key, known)}`;
  }
  const other = isForThis(known) ? otherWords.get(key) : undefined;
  const meant = other !== undefined && known.includes(other) ? other : didYouMean(key, known);
  if (meant !== null) return `did you mean "${meant}"?`;
  return known.length === 1 ? `the only field is ${known[0]}` : `known fields are ${known.join(', ')}`;
}

/** `pools` of the pipeline are what a stage names in `pool`. */
function orAlike(key: string, known: readonly string[]): string {
  const alike = known.find((field) => field === `${key}s` || key === `${field}s`);
  return alike === undefined ? '' : `, where it is "${alike}"`;
}

/** Whether the fields are those of a stage or of the pipeline, and not of something nested. */
function isForThis(known: readonly string[]): boolean {
  return known === stageFields || known === pipelineFields;
}
