// Everything about one stage, as text and as JSON.

import { describeCommand } from '../model/command/command-line.ts';
import { shellQuote } from '../model/command/shell-line.ts';
import type { TaskPlanned } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { hookNames } from '../model/hooks.ts';
import { metricsText } from '../model/metrics.ts';
import { paramText } from '../model/params/param.ts';
import { measuredMs, recordIn } from '../model/record.ts';
import type { Hooks, Stage } from '../model/stage.ts';
import { placeOf } from '../model/validation/place.ts';
import { ago, formatDuration, plural } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { countText, knownCounts, planCounts } from '../model/words/plan-counts.ts';
import { blockedText, printable } from '../model/words/printable.ts';
import { summariseReasons } from '../model/words/reasons.ts';
import type { Look } from '../render/look.ts';
import { checkText, poolText, retryText, serviceText } from './declared-words.ts';
import { type Field, fieldLines } from './field-lines.ts';
import { attemptJson, attemptLines } from './last-attempt.ts';
import { marksOf } from './listing.ts';
import type { PatternFacts, StageFacts } from './stage-facts.ts';
import { stageJson } from './stage-json.ts';

export interface DescriptionOptions {
  readonly look: Look;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export function descriptionJson(facts: StageFacts, graph: StageGraph) {
  const { stage, plan, present } = facts;
  const { action, reasons, estimateMs, failure } = plan;
  return {
    v: 1,
    kind: 'stage',
    ...stageJson(stage, graph),
    requires: facts.requires,
    implied: facts.implied,
    produces: facts.produces,
    upstream: othersIn(graph.upstreamOf([stage.name]), stage),
    ...(facts.items === null ? {} : { items: knownCounts(facts.items) }),
    downstream: othersIn(graph.downstreamOf([stage.name]), stage),
    passed: stage.env
      .filter((entry) => entry.kind === 'pass')
      .map(({ name }) => ({ name, present: present.has(name) })),
    secrets: stage.secrets.map((name) => ({
      name,
      present: present.has(name),
      ...(stage.optionalSecrets.includes(name) && { optional: true }),
    })),
    tools: facts.tools,
    lastRun: lastRunJson(facts),
    metrics: facts.metrics,
    verdict: { action, reasons, estimateMs, ...(failure === undefined ? {} : { failure }) },
  };
}

/** A head line with the description, then one field after the other. */
export function descriptionLines(
  facts: StageFacts,
  graph: StageGraph,
  options: DescriptionOptions,
): readonly string[] {
  const { stage } = facts;
  const { look } = options;
  const description = stage.description === null ? [] : [printable(stage.description)];
  return [
    [look.style.bold(stage.name), ...description].join('  '),
    '',
    ...fieldLines(fieldsOf(facts, graph, options), look),
  ];
}

function fieldsOf(facts: StageFacts, graph: StageGraph, options: DescriptionOptions): readonly Field[] {
  const { stage, present } = facts;
  const all = (names: Iterable<string>) => [[...names].join(', ')].filter((line) => line !== '');
  return [
    ['verdict', verdictText(facts)],
    ['last run', facts.items === null ? lastRunText(facts, options.nowMs) : []],
    ['used', all([printable(metricsText(facts.metrics))])],
    ['for each', stage.forEach === null ? [] : [printable(stage.forEach.source)]],
    ['batch', stage.batchSize === null ? [] : [`up to ${stage.batchSize} items at once`]],
    ['item', stage.item === null ? [] : [printable(stage.item.name)]],
    ['items', facts.items === null ? [] : [itemsText(facts.items)]],
    ['command', commandText(stage)],
    ['requires', facts.requires.map(patternText)],
    [
      'implied',
      facts.implied.map(({ path, present }) => `${printable(path)}${present ? '' : '  (not there)'}`),
    ],
    ['produces', facts.produces === null ? ['nothing declared'] : facts.produces.map(patternText)],
    ['after', all(stage.after)],
    ['upstream', all(othersIn(graph.upstreamOf([stage.name]), stage))],
    ['downstream', all(othersIn(graph.downstreamOf([stage.name]), stage))],
    ['parameters', stage.params.map((param) => printable(paramText(param)))],
    ['env', stage.env.map((entry) => envText(entry, present))],
    ['secrets', stage.secrets.map((name) => secretText(name, facts))],
    ['tools', facts.tools.map((tool) => `${tool.program} ${tool.range}  (${tool.identity ?? tool.problem})`)],
    ['timeout', [stage.timeoutMs === null ? 'none' : formatDuration(stage.timeoutMs)]],
    ['nice', stage.nice === 0 ? [] : [String(stage.nice)]],
    ['retry', stage.retry === null ? [] : retryText(stage.retry)],
    ['hooks', hookTexts(stage.hooks)],
    ['pool', stage.pools.map(poolText)],
    ['weight', stage.weight === 1 ? [] : [String(stage.weight)]],
    ['services', stage.services.map(serviceText)],
    ['check', stage.checks.map(checkText)],
    ['freshness', [stage.freshness === 'hash' ? 'hash (by content)' : 'mtime (outputs newer than inputs)']],
    ['cache', stage.cache ? [] : ['off: neither stored nor restored']],
    ['clean', stage.clean ? [] : ['off: an attempt starts with the old outputs in place']],
    ['marks', all(marksOf(stage).filter((mark) => !/^(?:after|for each|in batches) /.test(mark)))],
    ['cwd', all([stage.cwd])],
    ['shell', stage.command.kind === 'shell' && stage.shell !== '/bin/sh' ? [stage.shell] : []],
    ['version', all([printable(stage.version ?? '')])],
    ['declared', [placeOf('stages', stage.name)]],
  ];
}

/** `12: 3 would run, 9 fresh` */
function itemsText(plans: readonly TaskPlanned[]): string {
  return [countText(plans), planCounts(plans).join(', ')].filter((part) => part !== '').join(': ');
}

function verdictText({ plan }: StageFacts): readonly string[] {
  const reasons = summariseReasons(plan.reasons);
  switch (plan.action) {
    case 'fresh':
      return ['fresh', ...(plan.unneeded === true ? ['runs when a stage before it has failed'] : [])];
    case 'restore':
      return ['stale, can be restored from the cache', ...reasons];
    case 'run':
      return ['stale', ...reasons];
    case 'skip':
      return [`stale, and would be skipped: ${blockedText(plan.blockedBy ?? [])}`, ...reasons];
    case 'wait':
    case 'fail':
      return [
        `would ${plan.action}`,
        ...(plan.failure === undefined ? [] : explainFailure(plan.failure)),
        ...reasons,
      ];
  }
}

function lastRunText({ memory, attempt }: StageFacts, nowMs: number): readonly string[] {
  if (memory.kind === 'none') return ['none on record'];
  const last = recordIn(memory);
  const unfinished = attempt === null ? [] : attemptLines(attempt, nowMs);
  if (last === null) return unfinished;
  const { accepted } = last;
  const took = `took ${formatDuration(last.durationMs)}`;
  return [
    ...unfinished,
    ...(accepted === undefined
      ? [`${ago(last.finishedAtMs, nowMs)}, ${took}, run ${last.runId}`]
      : [
          `accepted ${ago(accepted.atMs, nowMs)} by ${printable(accepted.by)}: ${printable(accepted.reason)}`,
        ]),
  ];
}

function lastRunJson({ memory, attempt }: StageFacts) {
  const last = recordIn(memory);
  const ended = attempt === null ? null : attemptJson(attempt);
  return {
    state: memory.kind,
    ...(memory.kind === 'unfinished' ? { unfinishedRun: memory.runId } : {}),
    ...(ended === null ? {} : { attempt: ended }),
    ...(last === null
      ? {}
      : {
          runId: last.runId,
          finishedAt: new Date(last.finishedAtMs).toISOString(),
          durationMs: measuredMs(last),
          metrics: last.metrics,
          fingerprint: last.fingerprint,
          outputs: last.outputs.map(({ path, sizeBytes, digest }) => ({ path, sizeBytes, digest })),
          accepted: last.accepted ?? null,
        }),
  };
}

function commandText({ command }: Stage): readonly string[] {
  switch (command.kind) {
    case 'shell':
      return command.lines.flatMap((line) => line.split('\n')).map(printable);
    case 'exec':
      return [`${printable(command.argv.map(shellQuote).join(' '))}  (without a shell)`];
    case 'script':
      return [`script ${printable(command.module)}`];
    case 'function':
      return ['a function in the configuration'];
  }
}

function hookTexts(hooks: Hooks): readonly string[] {
  return hookNames.flatMap((name) => {
    const hook = hooks[name];
    return hook === null ? [] : [`${name}  ${printable(describeCommand(hook))}`];
  });
}

function patternText({ pattern, negated, optional, files }: PatternFacts): string {
  const text = printable(pattern);
  if (negated) return text;
  const count = files === 0 ? 'no file' : plural(files, 'file');
  return `${text}  (${optional ? 'optional, ' : ''}${count})`;
}

function secretText(name: string, { stage, present }: StageFacts): string {
  const optional = stage.optionalSecrets.includes(name) ? ', optional' : '';
  return `${name}  (${present.has(name) ? 'set' : 'not set'}${optional})`;
}

function envText(entry: Stage['env'][number], present: ReadonlySet<string>): string {
  if (entry.kind === 'set') return `${entry.name} = ${printable(entry.value)}`;
  return `${entry.name}  (the caller's, ${present.has(entry.name) ? 'set' : 'not set'})`;
}

function othersIn(names: ReadonlySet<string>, stage: Stage): readonly string[] {
  return [...names].filter((name) => name !== stage.name);
}
