// What a build is told beforehand of how to go about its tasks.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import type { NamedTasks } from '../model/named-tasks.ts';
import type { Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { Forced } from './forced.ts';
import type { Services } from './services.ts';
import type { Spending } from './spending.ts';
import type { Watching } from './watching.ts';

export interface SchedulerOptions {
  readonly jobs: number;
  readonly keepGoing: boolean;
  readonly forced: Forced;
  readonly audited: NamedTasks;
  readonly stdin: 'closed' | 'inherit';
  readonly spending: Spending;
  readonly services: Services;
  /** What is to be there before the stage executes and is not, the hooks of the pipeline among it; `null` at once: nothing. */
  readonly lackingFor: (stage: Stage) => Promise<Failure | null> | null;
  /** Whether a stage other than `stage` may produce the file, selected or not. */
  readonly hasOtherOwner: (stage: Stage, path: FilePath) => boolean;
  /** Those of this build whose files the task may read; `inputs`: as it has read them. */
  readonly makersOf: (task: Task, inputs?: Manifest) => readonly Task[];
  /** `inputs`: those that were looked at; `null`: as they lie there now. */
  readonly hiddenOrder: (stage: Stage, inputs: Manifest | null) => Failure | null;
  /** The stages of this build that come before it, near and far. */
  readonly stagesBefore: (stage: Stage) => readonly Stage[];
  /** `null`: this build is no part of a watch. */
  readonly watching: Watching | null;
}
