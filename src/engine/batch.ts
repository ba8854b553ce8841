// One execution for several attempts: it begins when all of them have come to their command or have ended without it.
// Nothing else runs for them meanwhile: a batch has one slot.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { Execution, ExecutionEnd, RunningExecution } from './executor.ts';
import { Seat } from './seat.ts';
import { SharedRun } from './shared-run.ts';
import type { World } from './world.ts';

export class Batch {
  private readonly world: World;
  private readonly order: readonly TaskId[];
  /** Those that have neither come to their command nor ended. */
  private readonly awaited: Set<TaskId>;
  private readonly seats: Seat[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  constructor(world: World, tasks: readonly Task[]) {
    this.world = world;
    this.order = tasks.map(({ id }) => id);
    this.awaited = new Set(this.order);
  }

  /** What is told of all of them is told of this one. */
  get first(): TaskId {
    return this.order[0]!;
  }

  /** Together with the others. `edited`: its inputs that are not as its attempt found them. */
  start(execution: Execution, edited: () => readonly FilePath[]): RunningExecution {
    const seat = new Seat(execution, edited);
    if (this.awaited.delete(seat.task.id)) {
      this.seats.push(seat);
      this.beginWhenComplete();
      // Its inputs were edited: it is made anew when the others are made.
    } else this.begin([seat]);
    return seat;
  }

  /** What is about one of them: a check, a hook. */
  startAlone(execution: Execution): RunningExecution {
    let running: RunningExecution | null = null;
    let isCancelled = false;
    const perform = (): Promise<ExecutionEnd> => {
      if (isCancelled) return Promise.resolve({ kind: 'cancelled' });
      running = this.world.executor.start(execution);
      return running.ended;
    };
    const ended = this.turn.then(perform);
    this.turn = ended.catch(() => {});
    return {
      ended,
      cancel: (how) => {
        isCancelled = true;
        running?.cancel(how);
      },
    };
  }

  /** The attempt at the task has ended. */
  left({ id }: Task): void {
    if (this.awaited.delete(id)) this.beginWhenComplete();
  }

  private beginWhenComplete(): void {
    if (this.awaited.size > 0 || this.seats.length === 0) return;
    const places = new Map(this.order.map((id, i) => [id, i]));
    const placeOf = ({ task }: Seat) => places.get(task.id)!;
    this.begin(this.seats.splice(0).sort((a, b) => placeOf(a) - placeOf(b)));
  }

  private begin(seats: readonly Seat[]): void {
    const run = new SharedRun(this.world, seats, (spoilt) => {
      for (const { task } of spoilt) this.awaited.add(task.id);
    });
    this.turn = this.turn.then(() => run.perform());
  }
}
