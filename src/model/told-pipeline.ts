// What of a pipeline may be told, where its configuration has put the value of a secret into it.

import { longValues, redactData } from './command/redacted-data.ts';
import { redact } from './command/redaction.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { PatternSet } from './glob/pattern-set.ts';
import { allModulesOf } from './hooks.ts';
import type { Pipeline, Stage } from './stage.ts';
import { placeOf } from './validation/place.ts';

/** What becomes of each field. The compiler asks for a new one here. */
const roles = {
  // By these, stages and files are found again, in records, caches and on command lines: they may hold no secret.
  name: 'name',
  requires: 'name',
  implied: 'name',
  produces: 'name',
  after: 'name',
  cwd: 'name',
  tools: 'name',
  secrets: 'name',
  optionalSecrets: 'name',
  forEach: 'name',
  params: 'name',
  paramsOnFailure: 'name',
  pools: 'name',
  // These are executed as they are, and told without secrets. Of a variable the name is a name.
  command: 'executed',
  env: 'executed',
  shell: 'executed',
  version: 'executed',
  retry: 'executed',
  hooks: 'executed',
  checks: 'executed',
  services: 'executed',
  description: 'text',
  // Words of pipe's own, and numbers.
  index: 'own',
  timeoutMs: 'own',
  nice: 'own',
  weight: 'own',
  batchSize: 'own',
  optional: 'own',
  when: 'own',
  freshness: 'own',
  cache: 'own',
  clean: 'own',
  protect: 'own',
  watch: 'own',
  always: 'own',
  // Their words are in the names and texts above.
  item: 'own',
  combination: 'own',
} satisfies Record<keyof Stage, 'name' | 'executed' | 'text' | 'own'>;

type Role = typeof roles;
type FieldsThatAre<R extends Role[keyof Role]> = {
  [F in keyof Role]: Role[F] extends R ? F : never;
}[keyof Role];

/** The pipeline with `***` for secrets in all that is executed or only told. Its names are as they are. */
export function toldPipeline(pipeline: Pipeline, secretValues: readonly string[]): Pipeline {
  if (secretValues.length === 0) return pipeline;
  return {
    ...pipeline,
    name: redact(pipeline.name, secretValues),
    params: redactData(pipeline.params, secretValues),
    stages: pipeline.stages.map((stage) => toldStage(stage, secretValues)),
  };
}

/** The same stage, where it holds no secret. */
export function toldStage(stage: Stage, secretValues: readonly string[]): Stage {
  const { command, env, shell, version, retry, hooks, checks, services, description } = stage;
  const fields: Pick<Stage, FieldsThatAre<'executed' | 'text'>> = {
    command,
    env,
    shell,
    version,
    retry,
    hooks,
    checks,
    services,
    description,
  };
  const told = redactData(fields, secretValues);
  return told === fields ? stage : { ...stage, ...told };
}

/** A secret in a name would be in every record, and `***` is no name: both would be wrong, so it is refused. */
export function secretsInNames(
  pipeline: Pipeline,
  /** Values by the names of their variables. */
  secrets: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const values = longValues([...secrets.values()]);
  if (values.length === 0) return [];
  const places: Named[] = [
    ...pipeline.stages.flatMap(namesIn),
    ...pipeline.params.map((param): Named => [String(param.value ?? ''), placeOf('params', param.name)]),
    ...[...pipeline.pipelines.keys()].map((name): Named => [name, placeOf('pipelines', name)]),
  ];
  return places.flatMap(([name, at]) => {
    const told = redact(name, values);
    if (told === name) return [];
    const whose = [...secrets].filter(([, value]) => redact(name, longValues([value])) !== name);
    const message = `${JSON.stringify(told)} holds the value of a secret, ${whose.map(([variable]) => variable).join(' or ')}`;
    const hint =
      'names and paths are recorded and shown: leave it out there, and let the stage read its variable';
    return [{ code: 'PIPE044', message, at: redact(at, values), hint }];
  });
}

type Named = readonly [name: string, at: string];

function namesIn(stage: Stage): readonly Named[] {
  const place = placeOf('stages', stage.name);
  const { command, env } = stage;
  const own = command.kind === 'script' ? command.module : null;
  const names: Record<FieldsThatAre<'name'>, readonly Named[]> = {
    name: [[stage.name, place]],
    requires: patternsIn(stage.requires, `${place}.requires`),
    implied: stage.implied.map((path) => [path, `${place}.run`]),
    produces: stage.produces === null ? [] : patternsIn(stage.produces, `${place}.produces`),
    // Names of stages, which are looked at themselves.
    after: [],
    cwd: [[stage.cwd, `${place}.cwd`]],
    tools: stage.tools.map(({ program, range }) => [`${program} ${range}`, `${place}.tools`]),
    secrets: stage.secrets.map((name) => [name, `${place}.secrets`]),
    // They are among the secrets.
    optionalSecrets: [],
    // Told of once, with the pipeline.
    params: [],
    paramsOnFailure: [],
    forEach: stage.forEach === null ? [] : [[stage.forEach.source, `${place}.forEach`]],
    pools: stage.pools.map(({ name }) => [name, `${place}.pool`]),
  };
  return [
    ...Object.values(names).flat(),
    ...allModulesOf(stage).map((module): Named => [module, `${place}.${module === own ? 'run' : 'hooks'}`]),
    ...stage.checks.flatMap(namesInCheck),
    ...stage.services.map(({ name }): Named => [name, `${place}.services`]),
    ...env.map((entry): Named => [entry.name, `${place}.env`]),
  ];
}

function namesInCheck({ outputs, check, at }: Stage['checks'][number]): readonly Named[] {
  const named = outputs === null ? [] : [[outputs.source, at] as const];
  return check.kind === 'schema-file' ? [...named, [check.schema, at]] : named;
}

function patternsIn(set: PatternSet, at: string): readonly Named[] {
  return set.entries.map((entry) => [entry.source, at]);
}
