// Writes a run's events to `events.jsonl` and, at its end, `summary.json`.

import fs from 'node:fs';
import path from 'node:path';
import type { Sink } from '../engine/ports.ts';
import type { PipeEvent } from '../model/events.ts';
import { type RunSummary, SummaryOfRun } from './run-summary.ts';

const BUFFER_CHARS = 8 * 1024;
/** What was spent must not be lost with a process that is killed; nor must each line of it cost a write. */
const METRIC_WAIT_MS = 20;

/**
 * Left out: output, which the logs have, and tasks found fresh, which `run-finished` counts; a build
 * that finds all fresh has two lines. Events wait in a buffer until it is full or something happened
 * that a person will want to read, should this process die.
 *
 * When the disk refuses, `onTrouble` says so once, and the rest of the run goes unrecorded.
 */
export class JournalSink implements Sink {
  private readonly folder: () => string;
  private readonly onTrouble: (message: string) => void;
  private readonly summary = new SummaryOfRun();
  private buffer = '';
  private later: NodeJS.Timeout | undefined;
  private fd: number | null = null;
  private broken = false;

  /** `folder` makes the run's folder and names it; asked for at the first write. */
  constructor(options: { readonly folder: () => string; readonly onTrouble: (message: string) => void }) {
    this.folder = options.folder;
    this.onTrouble = options.onTrouble;
  }

  handle(event: PipeEvent): void {
    if (this.broken) return;
    if (event.kind === 'run-blocked' && !event.waits) {
      // It did nothing, and must not stand between a person and the run that is at work.
      this.broken = true;
      return;
    }
    const summary = this.summary.take(event);
    if (!isKept(event)) return;
    this.buffer += `${JSON.stringify(event)}\n`;
    if (this.buffer.length >= BUFFER_CHARS || isUrgent(event)) this.write(summary);
    else if (event.kind === 'task-metric')
      this.later ??= setTimeout(() => this.write(null), METRIC_WAIT_MS).unref();
  }

  private write(summary: RunSummary | null): void {
    try {
      this.flush();
      if (summary !== null) this.finish(JSON.stringify(summary, null, 2));
    } catch (problem) {
      this.giveUp(problem);
    }
  }

  private flush(): void {
    this.fd ??= fs.openSync(path.join(this.folder(), 'events.jsonl'), 'a');
    const bytes = Buffer.from(this.buffer);
    let written = 0;
    while (written < bytes.length) written += fs.writeSync(this.fd, bytes, written, bytes.length - written);
    this.buffer = '';
    this.forgetLater();
  }

  private forgetLater(): void {
    clearTimeout(this.later);
    this.later = undefined;
  }

  private finish(summary: string): void {
    const file = path.join(this.folder(), 'summary.json');
    fs.writeFileSync(`${file}.tmp`, `${summary}\n`);
    fs.renameSync(`${file}.tmp`, file);
    this.close();
  }

  private giveUp(problem: unknown): void {
    this.broken = true;
    this.buffer = '';
    this.forgetLater();
    this.close();
    const message = problem instanceof Error ? problem.message : String(problem);
    this.onTrouble(`this run is missing from the history: ${message}`);
  }

  private close(): void {
    if (this.fd === null) return;
    try {
      fs.closeSync(this.fd);
    } catch {}
    this.fd = null;
  }
}

function isKept(event: PipeEvent): boolean {
  return event.kind !== 'task-output' && !(event.kind === 'task-finished' && event.outcome === 'fresh');
}

/** At once, so that `pipe logs -f` and `pipe show` can follow; what comes often may wait a little. */
function isUrgent(event: PipeEvent): boolean {
  switch (event.kind) {
    case 'run-started':
    case 'task-progress':
    case 'task-metric':
      return false;
    default:
      return true;
  }
}
