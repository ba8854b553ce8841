// The port that knows where a run keeps its files.

import type { FilePath, RunId, TaskId } from '../base/brand.ts';
import type { ListedFile } from './ports.ts';

/** `displaced`: what a person made; `killed`: what lay there after a kill, in which there may be an edit. */
export type Occasion = 'displaced' | 'killed';

export interface KeptFile {
  /** Absolute: there the file lies under its own path. */
  readonly folder: string;
  readonly file: ListedFile;
}

/** What a run has displaced; of several of one path, the last. */
export interface Displaced {
  of(path: FilePath): KeptFile | null;
  /** Those of which the run has not told, sorted by path. */
  readonly untold: readonly KeptFile[];
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
  /** Where what stages made goes: absolute; not created. */
  keep(what: 'rejected' | 'aside', task: TaskId): string;
  /**
   * Where what may be a person's goes: absolute; not created. First where something was kept last in this run, then others,
   * for what cannot lie beside it.
   */
  places(occasion: Occasion, task: TaskId): Iterable<string>;
  /** As `places`, among temporary files, for what the state folder refuses. Throws where these cannot be either. */
  placesElsewhere(occasion: Occasion, task: TaskId): Iterable<string>;
  /** In the state folder. */
  displacedIn(run: RunId, task: TaskId): Displaced;
}
