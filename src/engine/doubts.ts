// Whether what a task is to take is as the tasks before it made it: where somebody has changed that since, no result may be
// made of it, nor an earlier one be taken for one of today.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import { recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { fateIn } from './after-edit.ts';
import type { Assessment } from './assessment.ts';
import type { Left } from './attempt-end.ts';
import type { Board } from './board.ts';
import { doubtOfDocument } from './made-items.ts';
import { overwrittenInputs } from './overwritten.ts';
import { editedDocument } from './own-record.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { World } from './world.ts';

export class Doubts {
  private readonly world: World;
  private readonly board: Board;
  private readonly options: Pick<SchedulerOptions, 'hiddenOrder' | 'makersOf' | 'watching' | 'stagesBefore'>;

  constructor(world: World, board: Board, options: Doubts['options']) {
    this.world = world;
    this.board = board;
    this.options = options;
  }

  /** `inputs`: as they were read. */
  of(task: Task, inputs: Manifest): Failure | null {
    return this.options.hiddenOrder(task.stage, inputs) ?? this.overwritten(task, inputs);
  }

  /**
   * A result of before may be as right for what lies there as it is wrong for what was made in this build: somebody may
   * have put back what had been there before.
   */
  ofFresh({ task, memory }: Assessment): Failure | null {
    const hidden = this.options.hiddenOrder(task.stage, null);
    const record = recordIn(memory);
    // By times, what lies there counts as it lies there.
    const isByTimes = task.stage.freshness === 'mtime' && task.stage.produces !== null;
    if (hidden !== null || record === null || isByTimes) return hidden;
    const document = editedDocument(this.world, task);
    return (
      this.overwritten(task, record.inputs) ??
      (document === null ? null : doubtOfDocument(this.world, task, this.before(task, [])))
    );
  }

  /** It lacks a file: somebody may have taken away what was made. */
  ofMissing(task: Task): Failure | null {
    return this.overwritten(task, []);
  }

  /** In a watch the next run may put right what fails in a build; `null`: it fails. */
  leftToNext(task: Task, failure: Failure): Left | null {
    if (failure.kind !== 'input-overwritten') return null;
    const paths = failure.paths as readonly FilePath[];
    const edit = { paths, hasRun: false, isGone: false };
    const fate = fateIn(this.world, task, edit, this.options);
    if (fate === 'again') return null;
    return { outcome: fate === 'until-asked' ? 'waiting' : 'cancelled', edited: paths };
  }

  private overwritten(task: Task, inputs: Manifest): Failure | null {
    return overwrittenInputs(this.world, task.stage.requires, inputs, this.before(task, inputs));
  }

  /** What comes after a failure takes what there is. */
  private before(task: Task, inputs: Manifest): readonly Task[] {
    return this.options.makersOf(task, inputs).filter((one) => !this.board.places.hasFailed(one));
  }
}
