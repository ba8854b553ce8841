// A stage as JSON for programs: every field with its default filled in, durations in milliseconds.

import type { PatternEntry, PatternSet } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Command, EnvEntry, Stage } from '../model/stage.ts';
import { placeOf } from '../model/validation/place.ts';

/** Takes the secrets out of a text. */
export type Hide = (text: string) => string;

/** `needs` and `neededBy` are the direct neighbours, as declared. Secrets are names alone. */
export function stageJson(stage: Stage, graph: StageGraph, hide: Hide) {
  const { name, description, requires, implied, produces, after, command, env, secrets, tools } = stage;
  const { cwd, shell, timeoutMs, optional, freshness, cache, clean, protect, watch, version, always } = stage;
  return {
    name,
    place: placeOf('stages', name),
    description,
    command: commandJson(command, hide),
    requires: patternsJson(requires),
    implied,
    produces: produces === null ? null : patternsJson(produces),
    after,
    needs: graph.edgesInto(name).map((edge) => edge.from),
    neededBy: graph.edgesOutOf(name).map((edge) => edge.to),
    env: env.map((entry) => envJson(entry, hide)),
    secrets,
    tools,
    cwd,
    shell,
    timeoutMs,
    optional,
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

function commandJson(command: Command, hide: Hide): Command {
  switch (command.kind) {
    case 'shell':
      return { kind: 'shell', lines: command.lines.map(hide) };
    case 'exec':
      return { kind: 'exec', argv: command.argv.map(hide) };
    default:
      return command;
  }
}

function envJson(entry: EnvEntry, hide: Hide): EnvEntry {
  return entry.kind === 'set' ? { ...entry, value: hide(entry.value) } : entry;
}
