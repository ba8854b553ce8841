// `pipe runs` and `pipe show`: what earlier runs did, read from the journal.
import { listRuns, type PastRun, readEvents, startOf } from '../journal/history.ts';
import type { RunSummary, TaskSummary } from '../journal/run-summary.ts';
import type { PipeEvent, TaskStarted } from '../model/events.ts';
import { metricsText } from '../model/metrics.ts';
import { ago, formatDuration } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import { printable, skippedText } from '../model/words/printable.ts';
import { summariseReasons } from '../model/words/reasons.ts';
import { type Audited, auditBlock } from '../render/audit-block.ts';
import { profileBlock } from '../render/profile-block.ts';
import { tableLines } from '../render/table.ts';
import { type Flags, isSet, number } from './flags.ts';
import { pastRun } from './past-run.ts';
import { outLook, printJson, printLines } from './print.ts';
import { soFar, type TaskSoFar } from './so-far.ts';
import { usedByStage, usedByStageColumns } from './used-by-stage.ts';
import { findPlace } from './workspace.ts';

export async function runs(_: readonly string[], flags: Flags): Promise<number> {
  const place = findPlace(flags);
  const past = listRuns(place.state, number(flags, 'limit'));
  if (isSet(flags, 'json')) {
    printJson({ v: 1, runs: past.map((run) => run.summary ?? unfinished(run)) });
    return 0;
  }
  if (past.length === 0) printLines(['no runs yet']);
  const columns = [
    { title: 'run' },
    { title: 'when' },
    { title: 'outcome' },
    { title: 'did', shrinks: true },
    { title: 'took', align: 'right' as const },
    { title: 'command', shrinks: true },
  ];
  printLines(tableLines(columns, past.map(rowOf), outLook()));
  return 0;
}

export async function show([which = 'last']: readonly string[], flags: Flags): Promise<number> {
  const run = pastRun(findPlace(flags), which, 'pipe show');
  const { summary } = run;
  if (summary === null) {
    showUnfinished(run, flags);
    return 0;
  }
  if (isSet(flags, 'json')) {
    printJson(summary);
    return 0;
  }
  const reasons = reasonsByTask(readEvents(run));
  const columns = [
    { title: 'task' },
    { title: 'outcome' },
    { title: 'took', align: 'right' as const },
    { title: 'used' },
    { title: 'why', shrinks: true },
  ];
  printLines([
    `${run.runId}  ${summary.outcome}${overHook(summary)}, exit code ${summary.exitCode}`,
    `pipe ${summary.command.join(' ')}`,
    `${summary.startedAt}, took ${formatDuration(summary.durationMs)}${summary.savedMs > 0 ? `, saved ${formatDuration(summary.savedMs)}` : ''}${usedIn(summary)}`,
    '',
    ...tableLines(
      columns,
      summary.tasks.map((task) => taskRow(task, reasons)),
      outLook(),
    ),
    ...(summary.counts.fresh > 0
      ? [`${summary.tasks.length > 0 ? 'and ' : ''}${summary.counts.fresh} fresh`]
      : []),
    ...stagesOf(summary),
    ...auditBlock(auditsOf(summary), outLook(), { verbose: true }),
    ...summary.warnings.map((warning) => `warning: ${warning}`),
    ...summary.tasks.flatMap((task) =>
      task.failure !== undefined && task.log !== undefined ? [`log of ${task.task}: ${task.log}`] : [],
    ),
    ...profileOf(summary),
  ]);
  return 0;
}

function showUnfinished(run: PastRun, flags: Flags): void {
  const events = readEvents(run);
  const { tasks, metrics } = soFar(events);
  const used = Object.keys(metrics).length === 0 ? {} : { metrics };
  if (isSet(flags, 'json')) {
    printJson({ v: 1, ...unfinished(run), ...used, tasks: tasks.map(({ at: _, ...task }) => task) });
    return;
  }
  const { command } = unfinished(run);
  printLines([
    `${run.runId}: it has not finished, or was killed${usedIn(used)}`,
    ...(command === undefined ? [] : [`pipe ${command.join(' ')}`]),
    '',
    ...eventLines(events),
    ...tasks.flatMap((task) =>
      task.outcome === 'unfinished' && task.metrics !== undefined
        ? [`${task.at}  unfinished ${task.task}${thatUsed(task)}`]
        : [],
    ),
    ...stagesOf({ tasks }),
  ]);
}

function stagesOf({ tasks }: { readonly tasks: Parameters<typeof usedByStage>[0] }): readonly string[] {
  const lines = tableLines(usedByStageColumns, usedByStage(tasks), outLook());
  return lines.length === 0 ? [] : ['', ...lines];
}

function auditsOf({ tasks }: RunSummary): readonly Audited[] {
  return tasks.flatMap(({ task, audit }) => (audit === undefined ? [] : [{ task, verdict: audit }]));
}

function profileOf({ profile, counts }: RunSummary): readonly string[] {
  return profile === undefined ? [] : profileBlock(profile, outLook(), { hadFresh: counts.fresh > 0 });
}

function rowOf(run: PastRun): readonly string[] {
  const { summary } = run;
  if (summary === null) {
    const { outcome, startedAt, command } = unfinished(run);
    const asked = command === undefined ? '' : `pipe ${command.join(' ')}`;
    return [run.runId, startedAt === undefined ? '' : sinceThen(startedAt), outcome, '', '', asked];
  }
  const when = sinceThen(summary.startedAt);
  return [
    run.runId,
    when,
    summary.outcome,
    did(summary),
    formatDuration(summary.durationMs),
    `pipe ${summary.command.join(' ')}`,
  ];
}

/** What is known of a run that is at work, or was killed: that is what somebody goes on with. */
function unfinished(run: PastRun) {
  const { runId } = run;
  const started = startOf(run);
  if (started === null) return { runId, outcome: 'unfinished' as const };
  const { at: startedAt, pipeline, command, targets, params = {} } = started;
  return { runId, outcome: 'unfinished' as const, startedAt, pipeline, command, targets, params };
}

function sinceThen(at: string): string {
  return ago(Date.parse(at), Date.now());
}

function did({ counts }: RunSummary): string {
  const told = [
    [counts.executed, 'ran'],
    [counts.restored, 'restored'],
    [counts.fresh, 'fresh'],
    [counts.failed, 'failed'],
    [counts.skipped, 'skipped'],
    [counts.waiting, 'waiting'],
    [counts.cancelled, 'cancelled'],
  ] as const;
  return told.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

function taskRow(task: TaskSummary, reasons: ReadonlyMap<string, string>): readonly string[] {
  const told =
    task.failure !== undefined
      ? explainFailure(task.failure).join(' ')
      : (reasons.get(task.task) ?? skippedText(task));
  const why = [told, task.attempts === undefined ? '' : `${task.attempts} attempts`]
    .filter((one) => one !== '')
    .join('; ');
  // What never began took no time, which is not the same as 0 ms.
  return [
    task.task,
    task.outcome,
    task.durationMs > 0 ? formatDuration(task.durationMs) : '',
    usedBy(task),
    why,
  ];
}

/** What a restored one was spared. */
function usedBy({ outcome, metrics }: Pick<TaskSoFar, 'outcome' | 'metrics'>): string {
  const text = printable(metricsText(metrics ?? {}));
  if (text === '') return '';
  return outcome === 'restored' ? `saved ${text}` : text;
}

function thatUsed(task: Pick<TaskSoFar, 'outcome' | 'metrics'>): string {
  const text = usedBy(task);
  if (text === '') return '';
  return task.outcome === 'restored' ? `, ${text}` : `, used ${text}`;
}

function overHook({ failedHook }: RunSummary): string {
  return failedHook === undefined ? '' : ` over the pipeline's hook "${failedHook}"`;
}

function usedIn({ metrics }: Pick<RunSummary, 'metrics'>): string {
  return metrics === undefined ? '' : `, used ${printable(metricsText(metrics))}`;
}

function reasonsByTask(events: readonly PipeEvent[]): ReadonlyMap<string, string> {
  const started = events.filter((event): event is PipeEvent & TaskStarted => event.kind === 'task-started');
  return new Map(started.map((event) => [event.task, summariseReasons(event.reasons).join('; ')]));
}

function eventLines(events: readonly PipeEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.kind === 'task-started') return [`${event.at}  started ${event.task}`];
    return event.kind === 'task-finished'
      ? [`${event.at}  ${event.outcome} ${event.task}${thatUsed(event)}`]
      : [];
  });
}
