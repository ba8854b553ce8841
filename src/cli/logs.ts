// `pipe logs`: what the tasks of a run printed; follows a run that is still at work.

import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import type { TaskId } from '../base/brand.ts';
import {
  logsOf as filesOf,
  findRun,
  hookLogsOf,
  lastLogsOf,
  lastLogsOfItems,
  logOwners,
  type PastRun,
  type SharedLogs,
} from '../journal/history.ts';
import { UsageError } from '../model/diagnostic.ts';
import { plural } from '../model/words/amounts.ts';
import { type Flags, isSet } from './flags.ts';
import { pastRun } from './past-run.ts';
import { handleSignals } from './signals.ts';
import { outlet, standardOutput } from './standard-streams.ts';
import { findPlace, type Place } from './workspace.ts';

interface TaskLog {
  /** What it is the log of, for people. */
  readonly task: string;
  /** It has what others of a batch printed as well: that is said, also where it is the only one. */
  readonly isShared: boolean;
  /** Absolute. */
  readonly file: string;
}

const followEveryMs = 150;

export async function logs(words: readonly string[], flags: Flags): Promise<number> {
  // Whoever read this has enough, as `head` has after ten lines; or a disk has.
  const isRead = () => !standardOutput().isOver;
  const place = findPlace(flags);
  const { run, stage } = wordsAsRunAndStage(place, words);
  if (isSet(flags, 'follow')) return follow(place, run, stage, isRead);
  const found = logsOf(place, run, stage);
  if (found.length === 0) throw nothing(run, stage);
  for (const log of found) await print(log, found.length > 1 || log.isShared, isRead);
  return 0;
}

/** `pipe logs segmentation` is meant as often as `pipe logs last segmentation`. */
function wordsAsRunAndStage(
  place: Place,
  words: readonly string[],
): { readonly run: PastRun; readonly stage: string | null } {
  const [first, second] = words;
  if (first === undefined) return { run: pastRun(place, 'last', 'pipe logs'), stage: null };
  if (second !== undefined) return { run: pastRun(place, first, 'pipe logs'), stage: second };
  return findRun(place.state, first).kind === 'none' && first !== 'last'
    ? { run: pastRun(place, 'last', 'pipe logs'), stage: first }
    : { run: pastRun(place, first, 'pipe logs'), stage: null };
}

function logsOf(place: Place, run: PastRun, stage: string | null): readonly TaskLog[] {
  const isMeant = (one: { readonly task: TaskId; readonly stage: string }) =>
    stage === null || one.stage === stage || one.task === stage;
  const logs = logsOfOwners(run, logOwners(run, isMeant));
  // `before` comes first, and the others last.
  const hooks = [...hookLogsOf(run)].map(([hook, file]) => ({
    ...{ hook, task: `hook ${hook}`, isShared: false, file },
  }));
  const isFirst = ({ hook }: { readonly hook: string }) => hook === 'before';
  if (stage === null) return [...hooks.filter(isFirst), ...logs, ...hooks.filter((one) => !isFirst(one))];
  if (logs.length > 0) return logs;
  const named = hooks.filter(({ hook }) => hook === stage);
  if (named.length > 0) return named;
  // A stage that was fresh in that run left its log in an earlier one.
  const last = lastLogsOf(place.state, stage as TaskId);
  if (last !== null) return logsOfOwners(last.run, logOwners(last.run, isMeant), ` (run ${last.run.runId})`);
  const items = lastLogsOfItems(place.state, stage);
  return items === null ? [] : logsOfOwners(items.run, items.owners, ` (run ${items.run.runId})`);
}

function logsOfOwners(run: PastRun, owners: ReadonlyMap<TaskId, SharedLogs>, which = ''): readonly TaskLog[] {
  return [...owners].flatMap(([owner, { attempts, of }]) => {
    const files = filesOf(run, owner);
    if (attempts.length !== files.length) return titled(`${owner}${which}`, files);
    return attempts.map(({ attempt, tasks }, i) => {
      const together = tasks === 1 ? owner : `${owner} and ${plural(tasks - 1, 'other')}`;
      const task = ofAttempt(`${together}${which}`, attempt, of);
      return { task, isShared: tasks > 1, file: files[i]! };
    });
  });
}

/** Of several attempts each has its own. */
function titled(task: string, files: readonly string[]): readonly TaskLog[] {
  return files.map((file, i) => ({
    ...{ task: ofAttempt(task, i + 1, files.length), isShared: false, file },
  }));
}

function ofAttempt(task: string, attempt: number, of: number): string {
  return of === 1 ? task : `${task}, attempt ${attempt} of ${of}`;
}

async function print(log: TaskLog, withHead: boolean, isRead: () => boolean): Promise<void> {
  if (withHead) standardOutput().write(`==> ${log.task} <==\n`);
  const descriptor = fs.openSync(log.file, 'r');
  try {
    await pour(descriptor, 0, isRead);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Prints what the run's logs hold and go on to hold, until the run has finished or Ctrl-C. */
async function follow(
  place: Place,
  run: PastRun,
  stage: string | null,
  isRead: () => boolean,
): Promise<number> {
  let stopped = false;
  const release = handleSignals(() => {
    stopped = true;
  });
  const goesOn = () => isRead() && !stopped;
  const printed = new Map<string, number>();
  let last: string | null = null;
  try {
    for (;;) {
      // Asked before printing: what is written until the end is then still printed.
      const finished = fs.existsSync(path.join(run.folder, 'summary.json'));
      for (const log of logsOf(place, run, stage)) {
        const descriptor = fs.openSync(log.file, 'r');
        const from = printed.get(log.file) ?? 0;
        const size = fs.fstatSync(descriptor).size;
        if (size > from && last !== log.file && (stage === null || log.isShared))
          standardOutput().write(`==> ${log.task} <==\n`);
        if (size > from) last = log.file;
        printed.set(log.file, await pour(descriptor, from, goesOn));
        fs.closeSync(descriptor);
      }
      if (finished || !goesOn()) return stopped ? 130 : 0;
      await passes(followEveryMs);
    }
  } finally {
    release();
  }
}

/** Copies from a position to the end; answers where that is. */
async function pour(descriptor: number, from: number, goesOn: () => boolean): Promise<number> {
  const buffer = Buffer.allocUnsafe(1 << 16);
  let position = from;
  for (;;) {
    await outlet.room();
    const read = fs.readSync(descriptor, buffer, 0, buffer.length, position);
    if (read === 0 || !goesOn()) return position;
    standardOutput().write(Buffer.from(buffer.subarray(0, read)));
    position += read;
  }
}

function nothing(run: PastRun, stage: string | null): UsageError {
  const message = stage === null ? `run ${run.runId} left no logs` : `there is no log of "${stage}"`;
  const hint =
    stage === null
      ? 'what executes nothing prints nothing; pipe logs <stage> shows the last of a stage'
      : 'pipe list shows the stages and pipe runs the runs; files and named pipelines have no logs';
  return new UsageError([{ code: 'PIPE039', message, at: 'pipe logs', hint }]);
}
