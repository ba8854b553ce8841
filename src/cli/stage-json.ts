// A stage as JSON for programs: every field with its default filled in, durations in milliseconds.

import type { PatternEntry, PatternSet } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { valuesOf } from '../model/params/param.ts';
import type { Stage } from '../model/stage.ts';
import { placeOf } from '../model/validation/place.ts';

/** Of a stage as it may be told. `needs` and `neededBy` are the direct neighbours, as declared. Secrets are names alone. */
export function stageJson(stage: Stage, graph: StageGraph) {
  const { name, description, requires, implied, produces, after, command, env, secrets, tools } = stage;
  const {
    cwd,
    params,
    shell,
    timeoutMs,
    nice,
    retry,
    hooks,
    pools,
    weight,
    services,
    checks,
    optional,
    when,
    freshness,
    cache,
    clean,
    protect,
    watch,
    version,
    always,
    forEach,
    batchSize,
  } = stage;
  return {
    name,
    place: placeOf('stages', name),
    description,
    command,
    requires: patternsJson(requires),
    implied,
    produces: produces === null ? null : patternsJson(produces),
    forEach: forEach && { pattern: forEach.source, captures: forEach.captures },
    batch: batchSize === null ? null : { size: batchSize },
    after,
    needs: graph.edgesInto(name).map((edge) => edge.from),
    neededBy: graph.edgesOutOf(name).map((edge) => edge.to),
    env,
    secrets,
    tools,
    cwd,
    params: valuesOf(params),
    shell,
    timeoutMs,
    nice,
    retry,
    hooks,
    pools,
    weight,
    services: services.map(({ secrets, params, env, ...service }) => service),
    checks: checks.map(({ outputs, check, at }) => ({ outputs: outputs?.source ?? null, ...check, at })),
    optional,
    when,
    freshness,
    cache,
    clean,
    protect,
    watch,
    version,
    always,
  };
}

function patternsJson(set: PatternSet) {
  return set.entries.map(({ source, negated, optional }: PatternEntry) => ({
    pattern: source,
    negated,
    optional,
  }));
}
