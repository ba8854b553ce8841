// Which tasks go along with one that begins: items of its stage that are stale and ready, as many as a batch takes.
// Nobody waits until a batch is full.
import type { Task } from '../model/task.ts';
import type { Admission } from './admission.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import { Batch } from './batch.ts';
import type { Board } from './board.ts';
import type { Retrying } from './retrying.ts';
import { type Executing, willExecute } from './will-execute.ts';
import type { World } from './world.ts';

/** Tasks that begin together. */
export interface Party {
  readonly all: readonly Assessment[];
  /** `null`: there is one, which is executed by itself. */
  readonly batch: Batch | null;
}

interface Around {
  readonly world: World;
  readonly board: Board;
  readonly admission: Admission;
  readonly retrying: Retrying;
  /** As at whoever's turn it is. */
  readonly lookAt: (task: Task) => AssessmentOrFailure;
  /** What is to be started; `null`: it was dealt with otherwise. */
  readonly toStart: (assessed: AssessmentOrFailure) => Assessment | null;
}

export class Batching {
  private readonly options: Executing;
  private readonly around: Around;

  constructor(options: Executing, around: Around) {
    this.options = options;
    this.around = around;
  }

  partyOf(first: Assessment): Party {
    const { batchSize } = first.task.stage;
    if (batchSize === null) return { all: [first], batch: null };
    const all = [first, ...this.companyOf(first, batchSize)];
    const batch = new Batch(
      this.around.world,
      all.map(({ task }) => task),
    );
    for (const { task } of all.slice(1)) this.around.world.folders.shareLog(task.id, first.task.id);
    return { all, batch };
  }

  /** What is only restored begins by itself, for it needs no room; what is audited, so that it is known who read what. */
  private companyOf(first: Assessment, size: number): readonly Assessment[] {
    const { stage } = first.task;
    const { audited } = this.options;
    if (audited.has(first.task) || !this.isToExecute(first)) return [];
    const { board, admission, retrying, lookAt, toStart } = this.around;
    const number = retrying.next(first.task);
    // One that failed is tried again with its like: the others are not to fail for it.
    const isMeant = (task: Task) =>
      task.stage.name === stage.name && retrying.next(task) === number && !audited.has(task);
    const company: Assessment[] = [];
    const aside: Task[] = [];
    while (company.length + 1 < size && aside.length < size) {
      const task = admission.withdraw(isMeant) ?? board.takeReady(isMeant);
      if (task === null) break;
      const assessed = lookAt(task);
      if (!isFailure(assessed) && assessed.verdict.kind === 'stale' && !this.isToExecute(assessed)) {
        aside.push(task);
        continue;
      }
      const stale = toStart(assessed);
      if (stale !== null) company.push(stale);
    }
    board.putBack(aside);
    return company;
  }

  private isToExecute(assessment: Assessment): boolean {
    return willExecute(this.around.world, this.options, assessment.task, assessment);
  }
}
