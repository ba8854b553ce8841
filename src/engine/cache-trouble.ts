// Tells, once a run, that results are not in the cache.
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

export class CacheTrouble {
  private readonly world: World;
  private isTold = false;

  constructor(world: World) {
    this.world = world;
  }

  /** What the cache refuses of one task it will refuse of others. */
  tell(task: Task, trouble: string): void {
    if (this.isTold) return;
    this.isTold = true;
    const message = `the result of ${task.id} is not in the cache, nor may others be: ${trouble}`;
    this.world.events.emit({ kind: 'warning', message, hint: 'the build is not affected', task: task.id });
  }
}
