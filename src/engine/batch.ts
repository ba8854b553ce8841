// One execution for several attempts: it begins when all of them have come to their command or have ended without it. So
// does the next one, for those that come to it again, as their inputs were edited. Nothing else runs for them meanwhile: a
// batch has one slot.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { Execution, ExecutionEnd, RunningExecution } from './executor.ts';
import { Seat } from './seat.ts';
import { SharedRun } from './shared-run.ts';
import type { World } from './world.ts';

/** Those that one execution is to serve. */
interface Party {
  /** Those that have neither come to their command nor ended. */
  readonly awaited: Set<TaskId>;
  readonly seats: Seat[];
  /** Whether the execution that served them before has ended. */
  mayBegin: boolean;
}

export class Batch {
  private readonly world: World;
  private readonly order: readonly TaskId[];
  private readonly parties = new Set<Party>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(world: World, tasks: readonly Task[]) {
    this.world = world;
    this.order = tasks.map(({ id }) => id);
    this.await(this.order, true);
  }

  /** What is told of all of them is told of this one. */
  get first(): TaskId {
    return this.order[0]!;
  }

  /** Together with the others. `edited`: its inputs that are not as its attempt found them. */
  start(execution: Execution, edited: () => readonly FilePath[]): RunningExecution {
    const seat = new Seat(execution, edited);
    this.came(seat.task.id, seat);
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
    this.came(id, null);
  }

  /** To its command, or to its end. */
  private came(task: TaskId, seat: Seat | null): void {
    const party = [...this.parties].find(({ awaited }) => awaited.delete(task));
    if (party === undefined) return;
    if (seat !== null) party.seats.push(seat);
    this.beginWhenComplete(party);
  }

  private await(tasks: readonly TaskId[], mayBegin: boolean): Party {
    const party: Party = { awaited: new Set(tasks), seats: [], mayBegin };
    this.parties.add(party);
    return party;
  }

  private beginWhenComplete(party: Party): void {
    if (!party.mayBegin || party.awaited.size > 0) return;
    this.parties.delete(party);
    if (party.seats.length === 0) return;
    const places = new Map(this.order.map((id, i) => [id, i]));
    const placeOf = ({ task }: Seat) => places.get(task.id)!;
    this.begin(party.seats.sort((a, b) => placeOf(a) - placeOf(b)));
  }

  private begin(seats: readonly Seat[]): void {
    // Some are done long before the others, and may have to be made anew.
    const again = this.await(idsOf(seats), false);
    const run = new SharedRun(this.world, seats, (spoilt) => {
      // Apart from those over which they failed.
      const ids = idsOf(spoilt);
      for (const id of ids) again.awaited.delete(id);
      if (ids.length > 0) this.await(ids, true);
    });
    this.turn = this.turn.then(async () => {
      await run.perform();
      again.mayBegin = true;
      this.beginWhenComplete(again);
    });
  }
}

function idsOf(seats: readonly Seat[]): readonly TaskId[] {
  return seats.map(({ task }) => task.id);
}
