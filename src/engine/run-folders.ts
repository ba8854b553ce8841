// The port that knows where a run keeps its files.

import type { RunId, TaskId } from '../base/brand.ts';
import type { ListedFile } from './ports.ts';

export interface KeptFile {
  /** Absolute: there the file lies under its own path. */
  readonly folder: string;
  readonly file: ListedFile;
}

/** Where the run keeps its files; `state` is the absolute path of `.pipeline-cache`. */
export interface RunFolders {
  readonly runId: RunId;
  readonly root: string;
  readonly state: string;
  /** Absolute path of the task's log in this run; its folder exists. */
  logPath(task: TaskId): string;
  /** From now on its log is another file: the one before belongs to an attempt that failed, or to another task. */
  beginLog(task: TaskId): void;
  /** Until then its log is that of another, with which it is executed. */
  shareLog(task: TaskId, of: TaskId): void;
  /** Absolute path of what a service that was started prints in this run; its folder exists. */
  serviceLog(name: string): string;
  /** The same of a hook of the pipeline. */
  hookLog(hook: string): string;
  /** Absolute path of the task's scratch folder; exists. */
  scratch(task: TaskId): string;
  /** Absolute; not created. `nth`: another one each, for what cannot lie beside what is in the first. */
  keep(what: 'displaced' | 'rejected' | 'aside', task: TaskId, nth?: number): string;
  /** As `keep`, among temporary files, for what the state folder refuses. Throws where these cannot be either. */
  keepElsewhere(what: 'displaced' | 'rejected', task: TaskId, nth?: number): string;
  /** What a run has put where `keep` says, the last of each path, sorted by path. */
  displacedIn(run: RunId, task: TaskId): readonly KeptFile[];
}
