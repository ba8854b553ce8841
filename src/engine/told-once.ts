// What would be the same of many tasks, and is told of one.
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

export class ToldOnce {
  private readonly world: Pick<World, 'events'>;
  private isCacheTold = false;
  private readonly stages = new Set<string>();

  constructor(world: Pick<World, 'events'>) {
    this.world = world;
  }

  /** Once a run: what the cache refuses of one task it will refuse of others. */
  cacheTrouble(task: Task, trouble: string): void {
    if (this.isCacheTold) return;
    this.isCacheTold = true;
    const message = `the result of ${task.id} is not in the cache, nor may others be: ${trouble}`;
    this.world.events.emit({ kind: 'warning', message, hint: 'the build is not affected', task: task.id });
  }

  /** Once a stage: what one item reports wrongly all of them do. A budget that hears of nothing is none. */
  unclear(task: Task, trouble: string): void {
    if (this.stages.has(task.stage.name)) return;
    this.stages.add(task.stage.name);
    const message = `not all that ${task.id} reported has counted: ${trouble}`;
    this.world.events.emit({ kind: 'warning', message, hint: unclearHint, task: task.id });
  }
}

export const unclearHint =
  'what can be said there: {"progress":{"done":3,"total":10}}, {"metric":{"usd":0.02}}, {"retryAfter":"30s"}, {"note":"…"}, and of an item of a batch {"item":"…","done":true}';
