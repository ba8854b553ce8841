// Which tasks are meant where names stand for them: stages as a whole, and of others single items.
import type { StageGraph } from './graph/graph.ts';
import { isWanted, itemNamed, type SelectedItems } from './items/selected-items.ts';
import type { Task } from './task.ts';

export class NamedTasks {
  /** With all of their items. */
  readonly stages: ReadonlySet<string>;
  /** Of these stages no others. */
  readonly items: SelectedItems;

  constructor(stages: Iterable<string> = [], items: SelectedItems = new Map()) {
    this.stages = new Set(stages);
    this.items = items;
  }

  get isEmpty(): boolean {
    return this.stages.size === 0 && this.items.size === 0;
  }

  has(task: Task): boolean {
    if (this.stages.has(task.stage.name)) return true;
    const some = this.items.get(task.stage.name);
    // What stands for all items of a stage is none of those that were named.
    return some !== undefined && task.item !== null && isWanted(some, task);
  }

  /** Names that mean the same: of stages, of tasks, and of files that single items make. */
  words(): readonly string[] {
    const single = [...this.items].flatMap(([stage, { items, outputs }]) => [
      ...[...items].map((item) => `${stage}:${item}`),
      ...outputs,
    ]);
    return [...this.stages, ...single];
  }

  /** Those of these stages. */
  within(stages: ReadonlySet<string>): NamedTasks {
    const isOne = (stage: string) => stages.has(stage);
    return new NamedTasks(
      [...this.stages].filter(isOne),
      new Map([...this.items].filter(([stage]) => isOne(stage))),
    );
  }
}

export const noTasks = new NamedTasks();

/** A stage by its name, or one item of a stage by that of its task. */
export function namedTask(graph: StageGraph, name: string): NamedTasks {
  const found = graph.stages.some((stage) => stage.name === name) ? null : itemNamed(graph, name);
  if (found === null) return new NamedTasks([name]);
  return new NamedTasks([], new Map([[found.stage, { items: new Set([found.item]), outputs: new Set() }]]));
}
