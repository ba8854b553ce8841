// The folders in which a task's outputs belong: made before it is executed, and there for as long as it is at work.
import type { FilePath } from '../base/brand.ts';
import type { PatternSet } from '../model/glob/pattern-set.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Warn } from './keeping.ts';
import { basesIn, basesOf, placesOf } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

export class OutputFolders {
  private readonly world: World;
  private readonly task: Task;
  private readonly warn: Warn;
  private release: ((staying: readonly string[]) => void) | null = null;

  constructor(world: World, task: Task, warn: Warn) {
    this.world = world;
    this.task = task;
    this.warn = warn;
  }

  /** Others that clear away meanwhile what they made there leave the folders in place, be they ever so empty. */
  make(): void {
    const { outputs } = this.world;
    for (const base of basesOf(this.task)) outputs.makeFolder(base);
    this.release = outputs.hold(placesOf(this.task));
  }

  /**
   * `record`: its result, where it ended well. What was made for it is there then as in a build from nothing, though it
   * may have put nothing into it, and empty folders may be what it made.
   */
  letGo(record: TaskRecord | null): void {
    const made = record?.outputs.filter(({ kind }) => kind === 'folder').map(({ path }) => path) ?? [];
    const { release } = this;
    this.release = null;
    try {
      release?.(record === null ? [] : [...basesOf(this.task), ...made]);
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      this.warn(
        `an empty folder that others left cannot be removed: ${problem.message}`,
        'remove it yourself: a build from nothing would not have it',
      );
    }
  }
}

/** Those that were made for another task of the stage, of these outputs, and are made for none that it has by now. */
export function foldersBeside(
  tasks: readonly Task[],
): (produces: PatternSet | null) => readonly ListedFile[] {
  const present = new Set(tasks.flatMap(basesOf));
  return (produces) =>
    basesIn(produces)
      .filter((base) => base !== '' && !present.has(base))
      .map((base) => ({ path: base as FilePath, kind: 'folder' }));
}
