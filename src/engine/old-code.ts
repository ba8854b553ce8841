// In a watch: whether the code that a task would run is known to be old, or the configuration that says what it would run.
// Both are loaded between runs, so that what is saved during one is for the next; a stage may cost something, and must not
// run for a result that is stale already.
import type { FilePath } from '../base/brand.ts';
import { codeOf } from '../model/hooks.ts';
import { fateOf } from '../model/watch/edited-inputs.ts';
import type { Assessment } from './assessment.ts';
import type { Left } from './attempt-end.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import type { World } from './world.ts';

export class OldCode {
  private readonly world: Pick<World, 'code'>;
  private readonly options: Pick<SchedulerOptions, 'watching'>;
  /** By module, as it was when it was last asked for. */
  private readonly edited = new Map<FilePath | null, readonly FilePath[]>();

  constructor(world: Pick<World, 'code'>, options: Pick<SchedulerOptions, 'watching'>) {
    this.world = world;
    this.options = options;
  }

  /** Time has passed. */
  forget(): void {
    this.edited.clear();
  }

  /** How a task ends that has not begun; `null`: it may begin. */
  endOf({ task, verdict }: Pick<Assessment, 'task' | 'verdict'>): Left | null {
    const { watching } = this.options;
    if (watching === null) return null;
    const { stage } = task;
    // The configuration says what is to be run. What is fresh by it runs nothing.
    const modules = new Set([...codeOf(stage), ...(verdict.kind === 'fresh' ? [] : [null])]);
    const paths = [...new Set([...modules].flatMap((module) => this.editedBehind(module)))].sort();
    if (paths.length === 0) return null;
    const fate = fateOf(stage, { paths, hasRun: false, isGone: false }, { code: paths, before: [] });
    if (fate === 'until-asked') return { outcome: 'waiting', edited: paths };
    return watching.leavesToNext(task) ? { outcome: 'cancelled', edited: paths } : null;
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
