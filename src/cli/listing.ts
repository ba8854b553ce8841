// The stages and named pipelines of a pipeline, as a table and as JSON.

import type { PatternSet } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { modulesOf } from '../model/hooks.ts';
import { expectedOf } from '../model/params/param.ts';
import { asWritten } from '../model/params/settled.ts';
import type { Pipeline, Stage } from '../model/stage.ts';
import { plural } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import type { Look } from '../render/look.ts';
import { tableLines } from '../render/table.ts';
import { stageJson } from './stage-json.ts';

export function listJson(pipeline: Pipeline, graph: StageGraph) {
  const { name, stages, pipelines, params, jobs, cacheMaxBytes } = pipeline;
  return {
    v: 1,
    pipeline: name,
    stages: stages.map((stage) => stageJson(stage, graph)),
    pipelines: [...pipelines].map(([name, members]) => ({ name, stages: members })),
    params: params.map(({ isGiven: _isGiven, ...param }) => param),
    jobs,
    cacheMaxBytes,
  };
}

export function listLines(pipeline: Pipeline, look: Look): readonly string[] {
  const tables = [namedPipelineLines(pipeline, look), paramLines(pipeline, look)];
  return [
    `${look.style.bold(printable(pipeline.name))}: ${plural(pipeline.stages.length, 'stage')}`,
    '',
    ...stageTable(pipeline.stages, look),
    ...tables.flatMap((lines) => (lines.length === 0 ? [] : ['', ...lines])),
  ];
}

/** One line a stage: how many patterns it takes and gives, what is special, what it is for. */
export function stageTable(stages: readonly Stage[], look: Look): readonly string[] {
  const { columns, style } = look;
  return tableLines(
    [
      { title: 'stage', paint: style.bold },
      { title: 'in', align: 'right' },
      { title: 'out', align: 'right' },
      { title: 'marks', shrinks: true, paint: style.warn },
      { title: 'description', shrinks: true },
    ],
    stages.map((stage) => [
      stage.name,
      String(inputsOf(stage)),
      String(patternsIn(stage.produces)),
      marksOf(stage).join(', '),
      printable(stage.description ?? ''),
    ]),
    { columns, style },
  );
}

const whenText = { failure: 'on failure', always: 'also after failures' } as const;

/** What makes a stage unlike others, in a word or two each. */
export function marksOf(stage: Stage): readonly string[] {
  return [
    ...(stage.forEach === null ? [] : [`for each ${printable(asWritten(stage.forEach.source))}`]),
    ...(stage.batchSize === null ? [] : [`in batches of ${stage.batchSize}`]),
    ...(stage.optional ? ['optional'] : []),
    ...(stage.when === 'success' ? [] : [whenText[stage.when]]),
    ...(stage.always ? ['always runs'] : []),
    ...(stage.watch === 'manual' ? ['manual'] : []),
    ...(stage.protect ? ['protected'] : []),
    ...(stage.after.length === 0 ? [] : [`after ${stage.after.join(', ')}`]),
  ];
}

function namedPipelineLines(pipeline: Pipeline, look: Look): readonly string[] {
  const { columns, style } = look;
  return tableLines(
    [
      { title: 'pipeline', paint: style.bold },
      { title: 'stages', shrinks: true },
    ],
    [...pipeline.pipelines].map(([name, members]) => [name, members.join(', ')]),
    { columns, style },
  );
}

function paramLines({ params }: Pipeline, { columns, style }: Look): readonly string[] {
  return tableLines(
    [
      { title: 'parameter', paint: style.bold },
      { title: 'value', shrinks: true },
      { title: 'of', shrinks: true },
      { title: 'description', shrinks: true },
    ],
    params.map(({ name, value, type, choices, description, isGiven }) => [
      name,
      value === null ? 'to be given' : `${printable(String(value))}${isGiven ? '' : ' (default)'}`,
      choices === null ? expectedOf(type) : printable(choices.join(', ')),
      printable(description ?? ''),
    ]),
    { columns, style },
  );
}

function inputsOf(stage: Stage): number {
  return patternsIn(stage.requires) + stage.implied.length + modulesOf(stage).length;
}

/** Exclusions are no files. */
function patternsIn(set: PatternSet | null): number {
  return (set?.entries ?? []).filter((entry) => !entry.negated).length;
}
