// Which task stands in the way of another, where it is known beforehand which do not come to a good end: as on the board.
import type { TaskId } from '../base/brand.ts';
import type { Edge, StageGraph } from '../model/graph/graph.ts';
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
}

export class Blockers {
  private readonly graph: StageGraph;
  private readonly tasks: BuildTasks;
  private readonly known: Known;
  private readonly families = new Map<string, Readonly<Record<Edge['kind'], TaskId | null>>>();

  constructor(graph: StageGraph, tasks: BuildTasks, known: Known) {
    this.graph = graph;
    this.tasks = tasks;
    this.known = known;
  }

  /** The items of a stage, all looked at. `blocker`: what stands in the way of further ones, which nobody knows yet. */
  add(stage: string, items: readonly Task[], blocker: TaskId | null): void {
    const first = (kind: Edge['kind']) =>
      items.find((task) => this.known.isInTheWay(task, kind))?.id ?? blocker;
    this.families.set(stage, { file: first('file'), after: first('after') });
  }

  of(task: Task): TaskId | null {
    if (task.stage.when !== 'success') return this.unasked(task);
    for (const { from, kind } of this.graph.edgesInto(task.stage.name)) {
      const before = this.graph.stageNamed(from);
      const one = before.forEach === null ? taskOf(before) : null;
      const blocker =
        one === null ? this.amongItems(before, task, kind) : this.known.isInTheWay(one, kind) ? one.id : null;
      if (blocker !== null) return blocker;
    }
    return null;
  }

  /** What runs after any end waits for what a person has to ask for. */
  private unasked({ stage }: Task): TaskId | null {
    const before = this.graph.upstreamOf([stage.name]);
    return this.known.waiting().find((id) => before.has(stageOfTask(id))) ?? null;
  }

  private amongItems(before: Stage, task: Task, kind: Edge['kind']): TaskId | null {
    if (kind === 'after' || !streams(before, task.stage))
      return this.families.get(before.name)?.[kind] ?? null;
    return this.tasks.itemsFeeding(before, task).find((one) => this.known.isInTheWay(one, kind))?.id ?? null;
  }
}
