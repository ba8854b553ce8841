// What an attempt is told beforehand, and what it tells while it runs.
import type { InputsEdited } from '../model/edit-events.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Metrics } from '../model/metrics.ts';
import type { Edit, Fate } from '../model/watch/edited-inputs.ts';
import type { FailedEnd } from './attempt-end.ts';
import type { Batch } from './batch.ts';
import type { IsOfAnother } from './make-room.ts';

/** `asBefore`: they hold again what they held. */
export type EditedInputs = Pick<InputsEdited, 'paths' | 'asBefore' | 'isOfOthers'>;

/** What an attempt tells while it runs. */
export interface AttemptWatcher {
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  onProgress(done: number, total: number): void;
  onMetric(values: Readonly<Record<string, number>>): void;
  /** Something that it reported did not count. */
  onUnclear(message: string, doubt?: 'perhaps'): void;
  /** So much of the time of an execution that served others was for this task. */
  onShare(ms: number): void;
  onInputsChanged(attempt: number, edited: EditedInputs): void;
  onWarning(message: string, hint: string): void;
  /** Its commands are done and its result is good: what is left is to store and to record it. */
  onMade(): void;
  /** The cache could not take the task's result. */
  onCacheTrouble(message: string): void;
}

export interface AttemptOptions {
  /** The number of its first try; those before it failed. */
  readonly number: number;
  /** Whose execution it shares; `null`: it has its own. */
  readonly batch: Batch | null;
  /** Even where a person edited a protected output. */
  readonly forced: boolean;
  /** To be executed under watch, not restored. */
  readonly audited: boolean;
  readonly stdin: 'closed' | 'inherit';
  /** What the task has reported so far that it used, in this try and in those before. */
  readonly spent: () => Metrics;
  /** The stages whose failure it runs for, if it does. */
  readonly failedBefore: readonly string[];
  /** Of the services that it needs, if any; they have answered, unless it was to be restored and could not be. */
  readonly serviceDown: () => Promise<Failure | null> | null;
  /** Whether there is to be another attempt after this end. */
  readonly isTriedAgain: (end: FailedEnd) => boolean;
  readonly isOfAnother: IsOfAnother;
  /** What becomes of it when its inputs were edited. */
  readonly fate: (edit: Edit) => Fate;
  /** Why no result may be made of these inputs, if so. */
  readonly distrust: (inputs: Manifest) => Failure | null;
}
