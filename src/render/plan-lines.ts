// A plan: what each task would do, why, with which command, and how long it may take.

import type { TaskPlanned } from '../model/events.ts';
import type { ItemsGone } from '../model/item-events.ts';
import { metricsText, noMetrics, sumOfMetrics } from '../model/metrics.ts';
import { formatDuration, plural } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { planCounts } from '../model/words/plan-counts.ts';
import { blockedText, printable } from '../model/words/printable.ts';
import { summariseReasons } from '../model/words/reasons.ts';
import { waysFromEdited } from './failure-block.ts';
import { padEnd, truncate, wrapWords } from './fit.ts';
import type { Look } from './look.ts';
import { nameOf } from './task-line.ts';

const words = {
  ...{ run: 'would run', restore: 'would restore', fresh: 'fresh' },
  ...{ skip: 'would skip', wait: 'would wait', fail: 'would fail' },
} as const;
const wordWidth = 'would restore'.length + 2;
const wayWidth = 'keep it'.length + 2;
const estimateWidth = '~999ms'.length;
/** More fresh tasks than this are counted, not listed; but for those that a person accepted. */
const listedFresh = 20;

export interface PlanOptions {
  /** What would be taken away of items that are gone. Default: nothing. */
  readonly gone?: readonly ItemsGone[];
  /** All reasons, and every fresh task. */
  readonly verbose: boolean;
  /** Also what would be executed. Default: yes. */
  readonly commands?: boolean;
}

/** One entry for each task in the order of the plan, then the totals. */
export function planLines(plan: readonly TaskPlanned[], look: Look, options: PlanOptions): readonly string[] {
  const fresh = plan.filter((task) => task.action === 'fresh').length;
  const countFresh = fresh > listedFresh && !options.verbose;
  const lines = plan
    .filter((task) => !(countFresh && task.action === 'fresh' && task.accepted === undefined))
    .flatMap((task) => planTaskLines(task, look, options));
  if (countFresh) lines.push(look.style.dim(`${padEnd('fresh', wordWidth)}${fresh}`));
  const totals = planTotals(plan, options.gone);
  const wrapped = look.columns === null ? [totals] : wrapWords(totals, look.columns);
  return [...lines, '', ...wrapped.map(look.style.bold)];
}

/** `3 would run, 1 would be restored, 1 fresh; about 25s of work, usd 0.42` */
function planTotals(plan: readonly TaskPlanned[], gone: readonly ItemsGone[] = []): string {
  const removed = gone.reduce((sum, one) => sum + one.removed.length, 0);
  const kept = gone.reduce((sum, one) => sum + one.kept.length, 0);
  const putAway = gone.reduce((sum, one) => sum + (one.putAway?.length ?? 0), 0);
  if (gone.length === 0 && plan.every(({ action }) => action === 'fresh'))
    return `nothing to do: ${plan.length} fresh`;
  const told = [
    ...(removed > 0 || (gone.length > 0 && kept + putAway === 0)
      ? [`${plural(removed, 'file')} would be removed`]
      : []),
    ...(kept > 0 ? [`${plural(kept, 'edited file')} would be moved aside`] : []),
    ...(putAway > 0 ? [`${plural(putAway, 'half-made file')} would be moved aside`] : []),
    ...planCounts(plan),
  ].join(', ');
  const run = plan.filter((task) => task.action === 'run' && task.furtherItems !== true);
  const timed = run.filter((task) => task.estimateMs !== null);
  const workMs = timed.reduce((sum, task) => sum + task.estimateMs!, 0);
  if (timed.length === 0) return told;
  const untimed = run.length - timed.length;
  const used = timed.reduce((sum, task) => sumOfMetrics(sum, task.estimateMetrics ?? noMetrics), noMetrics);
  const cost = metricsText(used) === '' ? '' : `, ${printable(metricsText(used))}`;
  return `${told}; about ${formatDuration(workMs)} of work${cost}${untimed > 0 ? ` and ${untimed} never timed` : ''}`;
}

/** What one task would do, why, and how. */
export function planTaskLines(task: TaskPlanned, look: Look, options: PlanOptions): readonly string[] {
  const { style } = look;
  const fitted = (line: string) => (look.columns === null ? line : truncate(line, look.columns));
  const word = paintAction(task.action, look)(padEnd(words[task.action], wordWidth));
  const name = nameOf(task.task, look);
  const under = ' '.repeat(wordWidth);
  if (task.action === 'fresh') {
    const { accepted } = task;
    const by = accepted && `as accepted by ${printable(accepted.by)}: ${printable(accepted.reason)}`;
    const note = task.unneeded === true ? 'runs when a stage before it has failed' : by;
    return [fitted(`${word}${note === undefined ? name : `${name}  ${note}`}`.trimEnd())];
  }

  const why = whyOf(task, options.verbose ? Number.POSITIVE_INFINITY : 3).join('; ');
  const estimate =
    task.action === 'run' && task.estimateMs !== null
      ? padEnd(`~${formatDuration(task.estimateMs)}`, estimateWidth)
      : '';
  const told = [
    name,
    task.furtherItems === true ? 'any further items' : '',
    estimate,
    task.blockedBy === undefined ? '' : blockedText(task.blockedBy),
    why === '' ? '' : `because ${why}`,
  ];
  const head = told.filter((part) => part !== '').join('  ');
  const failure = task.failure === undefined ? [] : explainFailure(task.failure);
  const hasCommand = task.action === 'run' && task.command !== '' && options.commands !== false;
  const batch = task.batch === undefined ? '' : `  in batches of ${task.batch}`;
  const command = hasCommand ? [`$ ${printable(task.command)}${batch}`] : [];
  return [
    fitted(`${word}${head}`.trimEnd()),
    ...failure.map((line) => fitted(`${under}${style.bad(line)}`)),
    ...command.map((line) => fitted(`${under}${style.dim(line)}`)),
    // Whole, however long: they are there to be copied.
    ...waysFromPlan(task, look).map((line) => `${under}${line}`),
  ];
}

/** Where it would wait for a person, the command lines between which they choose. */
export function waysFromPlan({ task, failure }: Pick<TaskPlanned, 'task' | 'failure'>, look: Look) {
  if (failure?.kind !== 'protected') return [];
  const ways = waysFromEdited(task, failure.paths, look.goOnFlags);
  return ways.map(([label, line]) => `${padEnd(label, wayWidth)}${look.style.command(line)}`);
}

/** What stands in its way says more than what would have to be done. */
function whyOf(task: TaskPlanned, most: number): readonly string[] {
  const own = task.reasons.filter(({ code }) => code !== 'upstream-planned');
  return summariseReasons(task.action === 'skip' ? own : task.reasons, most);
}

function paintAction(action: TaskPlanned['action'], look: Look): (text: string) => string {
  switch (action) {
    case 'run':
      return look.style.warn;
    case 'restore':
      return look.style.restored;
    case 'fresh':
      return look.style.dim;
    case 'skip':
    case 'wait':
    case 'fail':
      return look.style.bad;
  }
}
