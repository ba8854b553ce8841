// Which task stands in the way of another, where it is known beforehand which do not come to a good end: as on the board.
import type { TaskId } from '../base/brand.ts';
import { type Edge, type StageGraph, type Tie, tieOf } from '../model/graph/graph.ts';
import { streams } from '../model/items/streams.ts';
import type { Stage } from '../model/stage.ts';
import { stageOfTask, type Task, taskOf } from '../model/task.ts';
import type { BuildTasks } from './build-tasks.ts';

/** What is known of tasks so far. */
interface Known {
  /** Of those that come right after it, by a file of it or by name alone. */
  readonly isInTheWay: (task: Task, kind: Edge['kind']) => boolean;
  /** Those that wait for a person: they end neither one way nor the other. */
  readonly waiting: () => readonly TaskId[];
  /** Whether it is one of those, or stands behind one. */
  readonly hasToWait: (id: TaskId) => boolean;
}

export class Blockers {
  private readonly graph: StageGraph;
  private readonly tasks: BuildTasks;
  private readonly known: Known;
  private readonly families = new Map<string, Readonly<Record<Tie, TaskId | null>>>();

  constructor(graph: StageGraph, tasks: BuildTasks, known: Known) {
    this.graph = graph;
    this.tasks = tasks;
    this.known = known;
  }

  /** The items of a stage, all looked at. `blocker`: what stands in the way of further ones, which nobody knows yet. */
  add(stage: string, items: readonly Task[], blocker: TaskId | null): void {
    const first = (tie: Tie) => items.find((task) => this.isInTheWay(task, tie))?.id ?? null;
    const waits = blocker !== null && this.known.hasToWait(blocker);
    this.families.set(stage, {
      file: first('file') ?? blocker,
      after: first('after') ?? blocker,
      spare: first('spare') ?? (waits ? blocker : null),
    });
  }

  of(task: Task): TaskId | null {
    if (task.stage.when !== 'success') return this.unasked(task);
    for (const edge of this.graph.edgesInto(task.stage.name)) {
      const before = this.graph.stageNamed(edge.from);
      const tie = tieOf(edge);
      const one = before.forEach === null ? taskOf(before) : null;
      const blocker =
        one === null ? this.amongItems(before, task, tie) : this.isInTheWay(one, tie) ? one.id : null;
      if (blocker !== null) return blocker;
    }
    return null;
  }

  /** What runs after any end waits for what a person has to ask for. */
  private unasked({ stage }: Task): TaskId | null {
    const before = this.graph.upstreamOf([stage.name]);
    return this.known.waiting().find((id) => before.has(stageOfTask(id))) ?? null;
  }

  private amongItems(before: Stage, task: Task, tie: Tie): TaskId | null {
    if (tie !== 'file' || !streams(before, task.stage)) return this.families.get(before.name)?.[tie] ?? null;
    return this.tasks.itemsFeeding(before, task).find((one) => this.isInTheWay(one, tie))?.id ?? null;
  }

  private isInTheWay(task: Task, tie: Tie): boolean {
    return tie === 'spare' ? this.known.hasToWait(task.id) : this.known.isInTheWay(task, tie);
  }
}
