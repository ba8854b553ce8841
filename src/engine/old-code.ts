// In a watch: whether the code that a task would run is known to be old. Code is loaded between runs, so that what is saved
// during one is for the next; a stage may cost something, and must not run for a result that is stale already.
import type { FilePath } from '../base/brand.ts';
import { codeOf } from '../model/hooks.ts';
import type { Task } from '../model/task.ts';
import { fateIn } from './after-edit.ts';
import type { Left } from './attempt-end.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { World } from './world.ts';

export class OldCode {
  private readonly world: Pick<World, 'code'>;
  private readonly options: Pick<SchedulerOptions, 'watching' | 'stagesBefore'>;
  /** By module, as it was when it was last asked for. */
  private readonly edited = new Map<FilePath | null, readonly FilePath[]>();

  constructor(world: Pick<World, 'code'>, options: Pick<SchedulerOptions, 'watching' | 'stagesBefore'>) {
    this.world = world;
    this.options = options;
  }

  /** Time has passed. */
  forget(): void {
    this.edited.clear();
  }

  /** How a task ends that has not begun; `null`: it may begin. */
  endOf(task: Task): Left | null {
    if (this.options.watching === null) return null;
    const paths = [...new Set(codeOf(task.stage).flatMap((module) => this.editedBehind(module)))].sort();
    if (paths.length === 0) return null;
    const fate = fateIn(this.world, task, { paths, hasRun: false, isGone: false }, this.options);
    if (fate === 'again') return null;
    return { outcome: fate === 'until-asked' ? 'waiting' : 'cancelled', edited: paths };
  }

  private editedBehind(module: FilePath | null): readonly FilePath[] {
    let paths = this.edited.get(module);
    if (paths === undefined) {
      paths = this.world.code.editedBehind(module);
      this.edited.set(module, paths);
    }
    return paths;
  }
}
