// All that one build acts through, in one place.

import type { TaskId } from '../base/brand.ts';
import type { RunHooks } from '../model/stage.ts';
import type { Checker } from './checker.ts';
import type { Alarm, Clock } from './clock.ts';
import type { Documents } from './documents.ts';
import type { EventStream } from './event-stream.ts';
import type { Audit, Executor } from './executor.ts';
import type { Lock } from './lock.ts';
import type { Outlet } from './outlet.ts';
import type { Outputs } from './outputs.ts';
import type { ActionStore, BlobStore, CallerEnv, Code, Files, Records, Tools, Upkeep } from './ports.ts';
import type { Probe } from './probe.ts';
import type { RunFolders } from './run-folders.ts';

export interface Typing {
  /** As seen from where they are; `fromRoot` is seen from the root. */
  readonly path: (fromRoot: string) => string;
  /** Behind `pipe accept …` and `pipe build …`, for the same workspace and parameters. */
  readonly flags: string;
  /** Behind any command, for the same workspace. */
  readonly place: string;
}

export interface World {
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly files: Files;
  readonly documents: Documents;
  readonly outputs: Outputs;
  readonly records: Records;
  /** `null`: no cache in this run. `stores`: false where nothing can be written to it, and that was said. */
  readonly cache: {
    readonly actions: ActionStore;
    readonly blobs: BlobStore;
    readonly stores: boolean;
  } | null;
  readonly executor: Executor;
  readonly probe: Probe;
  readonly checker: Checker;
  readonly code: Code;
  readonly tools: Tools;
  readonly caller: CallerEnv;
  /** Names of what any stage of the pipeline declares as secret: a configuration may copy one's value into another. */
  readonly secrets: readonly string[];
  /** Of the pipeline, as they are declared. Default: none. */
  readonly hooks?: RunHooks | null;
  readonly folders: RunFolders;
  readonly lock: Lock;
  readonly upkeep: Upkeep;
  /** `null`: nothing is audited. */
  readonly audit: Audit | null;
  readonly events: EventStream;
  /** Where the events are shown: what is told in great numbers waits for room there. */
  readonly outlet: Outlet;
  /** What could not be done beside the work itself, and has not been told yet. */
  readonly takeTroubles: () => readonly string[];
  /** Such as `linux-x64`: part of every fingerprint. */
  readonly platform: string;
  /** How a person types what is told for typing. Default: in the root, without flags. */
  readonly typing?: Typing;
  /** Told before each look at a task, and with `null` after it. */
  readonly onLook?: ((task: TaskId | null) => void) | null;
  /**
   * Told when not all is fresh: what is asked for no task from then on is the run's own business. Between `all` and
   * `own` it concerns all tasks nevertheless.
   */
  readonly onStale?: ((whose: 'own' | 'all') => void) | null;
}
