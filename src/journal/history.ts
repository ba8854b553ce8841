// Reads what earlier runs left: which there were, what happened in one, where a task's log is.

import fs from 'node:fs';
import path from 'node:path';
import type { RunId, TaskId } from '../base/brand.ts';
import type { PipeEvent, RunStarted, TaskFinished, TaskOutcome, TaskStarted } from '../model/events.ts';
import { type HookName, hookNames } from '../model/hooks.ts';
import { isRunId } from '../model/run-id.ts';
import { linesBackwards } from './lines-backwards.ts';
import { runIdAfter } from './run-id.ts';
import type { RunSummary } from './run-summary.ts';
import { hookFolder, hookLogName, logFileName } from './task-file-name.ts';

export interface PastRun {
  readonly runId: RunId;
  /** Absolute. */
  readonly folder: string;
  /** `null`: it has not finished, or was killed. */
  readonly summary: RunSummary | null;
}

export type FoundRun =
  | { readonly kind: 'found'; readonly run: PastRun }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly RunId[] }
  | { readonly kind: 'none' };

/** How a task last began and ended something. */
export interface LastWork {
  readonly runId: RunId;
  readonly started: PipeEvent & TaskStarted;
  readonly outcome: TaskOutcome;
}

export type TaskEnd = PipeEvent & TaskFinished;

/** Above so many even a run that did nothing shortens the history: with some slack, so that not each has to. */
export const manyRuns = 220;

/** Ids of all runs, newest first. `state`: the state folder, absolute. */
export function runIds(state: string): readonly RunId[] {
  try {
    return fs.readdirSync(path.join(state, 'runs')).filter(isRunId).sort().reverse();
  } catch {
    return [];
  }
}

/** Of a run that begins now. */
export function newRunId(state: string): RunId {
  return runIdAfter(runIds(state)[0], Date.now());
}

/** Newest first; `limit` of them. */
export function listRuns(state: string, limit: number = Number.POSITIVE_INFINITY): readonly PastRun[] {
  return runIds(state)
    .slice(0, limit)
    .map((runId) => pastRun(state, runId));
}

/** `which`: an id, the beginning of just one, or `last`. */
export function findRun(state: string, which: string): FoundRun {
  const ids = runIds(state);
  const candidates = which === 'last' ? ids.slice(0, 1) : ids.filter((id) => id.startsWith(which));
  const [only] = candidates;
  if (only === undefined || which === '') return { kind: 'none' };
  if (candidates.length > 1) return { kind: 'ambiguous', candidates };
  return { kind: 'found', run: pastRun(state, only) };
}

/** The events in order; lines that are cut short or no events are passed over. */
export function readEvents(run: Pick<PastRun, 'folder'>): readonly PipeEvent[] {
  let text: string;
  try {
    text = fs.readFileSync(path.join(run.folder, 'events.jsonl'), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const event = parsed(line);
    return isEvent(event) ? [event] : [];
  });
}

/** What it was asked for; `null`: it ended before it could say so. */
export function startOf(run: PastRun): (PipeEvent & RunStarted) | null {
  return readEvents(run).find((event) => event.kind === 'run-started') ?? null;
}

/** Absolute paths of the task's logs in this run, one for each attempt that was made again and for the last. */
export function logsOf(run: PastRun, task: TaskId): readonly string[] {
  const logs: string[] = [];
  for (;;) {
    const file = path.join(run.folder, 'logs', logFileName(task, logs.length + 1));
    if (!fs.existsSync(file)) return logs;
    logs.push(file);
  }
}

/** Of the hooks of the pipeline, absolute paths of their logs by name. */
export function hookLogsOf(run: PastRun): ReadonlyMap<HookName, string> {
  const logs = hookNames.map((hook) => [hook, path.join(run.folder, hookFolder, hookLogName(hook))] as const);
  return new Map(logs.filter(([, file]) => fs.existsSync(file)));
}

/** Of the logs that are called after one task. */
export interface SharedLogs {
  /**
   * Which attempt each is of, in order, and at how many tasks together: what was in the batch of another before may begin
   * with the second.
   */
  readonly attempts: readonly { readonly attempt: number; readonly tasks: number }[];
  /** How many attempts there have been at these tasks. */
  readonly of: number;
}

/** Which task each log is called after that was written for one of these. */
export function logOwners(
  run: PastRun,
  isMeant: (task: { readonly task: TaskId; readonly stage: string }) => boolean,
): ReadonlyMap<TaskId, SharedLogs> {
  const owners = new Map<TaskId, Map<number, Set<TaskId>>>();
  const attemptsAt = new Map<TaskId, number>();
  const wanted = new Set<TaskId>();
  for (const event of readEvents(run)) {
    if (event.kind !== 'task-started') continue;
    const { task, attempt } = event;
    const owner = event.batch ?? task;
    if (isMeant(event)) wanted.add(owner);
    attemptsAt.set(task, Math.max(attempt, attemptsAt.get(task) ?? 1));
    const attempts = owners.get(owner) ?? new Map<number, Set<TaskId>>();
    owners.set(owner, attempts.set(attempt, (attempts.get(attempt) ?? new Set()).add(task)));
  }
  const told = new Map<TaskId, SharedLogs>();
  for (const [owner, all] of owners) {
    if (!wanted.has(owner)) continue;
    const attempts = [...all]
      .sort(([a], [b]) => a - b)
      .map(([attempt, tasks]) => ({ attempt, tasks: tasks.size }));
    const tasks = [...all.values()].flatMap((some) => [...some]);
    const of = tasks.reduce((most, task) => Math.max(most, attemptsAt.get(task)!), 1);
    told.set(owner, { attempts, of });
  }
  return told;
}

/** The newest run in which the task left logs: a fresh task has none in the last one. */
export function lastLogsOf(
  state: string,
  task: TaskId,
): { readonly run: PastRun; readonly files: readonly string[] } | null {
  for (const runId of runIds(state)) {
    const run = { runId, folder: path.join(state, 'runs', runId), summary: null };
    const own = logsOf(run, task);
    // An item of a batch may have been executed with others, after one of which the log is called.
    const isLookedFor = own.length === 0 && task.includes(':');
    const owners = isLookedFor ? logOwners(run, (one) => one.task === task) : new Map<TaskId, SharedLogs>();
    const files = [...own, ...[...owners.keys()].flatMap((owner) => logsOf(run, owner))];
    if (files.length > 0) return { run: pastRun(state, runId), files };
  }
  return null;
}

/**
 * The newest run in which items of the stage left logs, and which logs those are, as `logOwners` tells: items that came from
 * the cache may have left none.
 */
export function lastLogsOfItems(
  state: string,
  stage: string,
): { readonly run: PastRun; readonly owners: ReadonlyMap<TaskId, SharedLogs> } | null {
  for (const runId of runIds(state)) {
    const run = { runId, folder: path.join(state, 'runs', runId), summary: null };
    const all = logOwners(run, (one) => one.stage === stage);
    const owners = new Map([...all].filter(([task]) => logsOf(run, task).length > 0));
    if (owners.size > 0) return { run: pastRun(state, runId), owners };
  }
  return null;
}

/** When and why the task last did something, as far as the history reaches; `null` if it holds nothing of it. */
export function lastWork(state: string, task: TaskId): LastWork | null {
  for (const runId of runIds(state)) {
    const events = readEvents({ folder: path.join(state, 'runs', runId) });
    const started = events.find((event) => event.kind === 'task-started' && event.task === task);
    const finished = events.find((event) => event.kind === 'task-finished' && event.task === task);
    if (started?.kind === 'task-started' && finished?.kind === 'task-finished') {
      return { runId, started, outcome: finished.outcome };
    }
  }
  return null;
}

/** How the task ended in that run; `null`: the history does not say, or it had not ended when the run was killed. */
export function endIn(state: string, runId: RunId, task: TaskId): TaskEnd | null {
  const name = JSON.stringify(task);
  try {
    for (const line of linesBackwards(path.join(state, 'runs', runId, 'events.jsonl'))) {
      if (!line.includes('"task-finished"') || !line.includes(name)) continue;
      const event = parsed(line.toString());
      if (isEvent(event) && event.kind === 'task-finished' && event.task === task) return event;
    }
  } catch {
    // Pruned, or nobody may read it.
  }
  return null;
}

function pastRun(state: string, runId: RunId): PastRun {
  const folder = path.join(state, 'runs', runId);
  let summary: unknown = null;
  try {
    summary = parsed(fs.readFileSync(path.join(folder, 'summary.json'), 'utf8'));
  } catch {
    // Still running, or killed.
  }
  return { runId, folder, summary: isSummary(summary) ? summary : null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is PipeEvent {
  return isVersion1(value) && typeof value.kind === 'string' && typeof value.seq === 'number';
}

function isSummary(value: unknown): value is RunSummary {
  return isVersion1(value) && Array.isArray(value.tasks) && typeof value.outcome === 'string';
}

function isVersion1(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && 'v' in value && value.v === 1;
}
