// Which files lie at the outputs of a task only because pipe made them for another task of its stage: an item that is gone,
// or other parameters. By times they would be taken for its own.
import type { FilePath, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { type PatternSet, setMatches, setOfTexts } from '../model/glob/pattern-set.ts';
import { readRecordId, taskInWords } from '../model/params/combination.ts';
import { recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { unknownAmong } from './ownership.ts';
import type { ListedFile, Records } from './ports.ts';
import type { World } from './world.ts';

/** A file, and the task for which it was made. */
export interface MadeForAnother {
  readonly path: FilePath;
  /** In words. */
  readonly by: string;
}

/**
 * As the records are when it is first asked, for it would take too long to ask all of them for each of thousands of items.
 * What is made later in a run is made for items that there are, and no two of these make the same file.
 */
export class MadeForOthers {
  private readonly records: Records;
  private readonly onRecord = once(() => pathsOnRecord(this.records));
  private readonly begun = once(() => this.records.killed().map(attemptOf));

  constructor(records: Records) {
    this.records = records;
  }

  /** Of the files. One that a person has edited since is that person's, and lies there as by times any other does. */
  among(world: World, { id, stage }: Task, files: readonly ListedFile[]): readonly MadeForAnother[] {
    if (files.length === 0) return [];
    const makers = this.onRecord().get(stage.name);
    const suspects = makers === undefined ? [] : files.filter(({ path }) => makers.has(path));
    const edited = new Set(unknownAmong(world, suspects));
    const begun = this.begun().filter((one) => one.stage === stage.name && one.task !== id);
    return files.flatMap((file) => {
      const { path } = file;
      const candidates = edited.has(file) ? [] : (makers?.get(path) ?? []);
      const by =
        candidates.find((task) => task !== id && this.made(task, path)) ??
        begun.find(({ produces }) => setMatches(produces(), path))?.task;
      return by === undefined ? [] : [{ path, by: taskInWords(by) }];
    });
  }

  private made(task: TaskId, path: FilePath): boolean {
    const outputs = recordIn(this.records.memory(task))?.outputs ?? [];
    return outputs.some((output) => output.path === path);
  }
}

/** By stage: for which tasks each path was made. */
function pathsOnRecord(records: Records): ReadonlyMap<string, ReadonlyMap<string, readonly TaskId[]>> {
  const stages = new Map<string, Map<string, TaskId[]>>();
  for (const { task, outputs } of [...records.remembered(), ...records.withOtherParams()]) {
    const { stage } = readRecordId(task);
    const paths = stages.get(stage) ?? new Map<string, TaskId[]>();
    stages.set(stage, paths);
    for (const { path } of outputs) {
      const tasks = paths.get(path);
      if (tasks === undefined) paths.set(path, [task]);
      else tasks.push(task);
    }
  }
  return stages;
}

/** What a killed attempt was to make it may have left half-written, of which nothing is on record. */
function attemptOf({ task, produces }: ReturnType<Records['killed']>[number]) {
  const set = once((): PatternSet => setOfTexts(produces));
  return { task, stage: readRecordId(task).stage, produces: set };
}
