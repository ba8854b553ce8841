// How a build stops before all of its tasks have had their turn.
//
//   going on ──► failed ──► left ──► (its end)
//       └───────────┴─────────┴────► interrupted
//
// After a failure what runs is waited for, and what may not begin any more is left. What is there for a failure, or for
// any end, still has its turn: at once where all before it has ended, else when the rest was left. Ctrl-C ends all.
import type { Failure } from '../model/failure.ts';
import type { Task } from '../model/task.ts';
import type { Admission } from './admission.ts';
import type { Board } from './board.ts';
import { outlastsFailure } from './turns.ts';

type State = 'going on' | 'failed' | 'left' | 'interrupted';

export class Stopping {
  private readonly board: Board;
  private readonly admission: Admission;
  private state: State = 'going on';

  constructor(board: Board, admission: Admission) {
    this.board = board;
    this.admission = admission;
  }

  get wasInterrupted(): boolean {
    return this.state === 'interrupted';
  }

  /** Whether no attempt of the task follows on one that failed now. */
  leaves(task: Task): boolean {
    if (this.state === 'going on') return false;
    return this.wasInterrupted || !outlastsFailure(task.stage);
  }

  interrupt(): void {
    this.state = 'interrupted';
  }

  /** What waits for a person, or may fail, stops nothing. */
  fail({ stage: { optional } }: Task, { kind }: Failure): void {
    if (this.state !== 'going on' || optional || kind === 'protected') return;
    this.state = 'failed';
    this.board.stop();
    this.board.putBack(this.admission.leave(({ stage }) => !outlastsFailure(stage)));
  }

  /** Nothing runs. `ended`: nothing more will; `again`: others have their turn now. */
  atRest(): 'ended' | 'again' | 'waiting' {
    if (this.state === 'failed') {
      this.state = 'left';
      this.board.skipRest('skipped', this.board.places.failedStages(), outlastsFailure);
      return 'again';
    }
    return this.wasInterrupted || !this.admission.areWaitedFor ? 'ended' : 'waiting';
  }

  /** What never had its turn ends, too. */
  end(): void {
    if (this.wasInterrupted) this.board.skipRest('cancelled', []);
    else this.board.skipRest('skipped', this.board.places.failedStages());
  }
}
