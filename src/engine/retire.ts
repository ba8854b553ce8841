// Files that pipe made and no stage would make any more: a build from nothing would not have them, so no stage may
// take them for its input. Of stages that are still declared they go; of others a person decides.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { EventBody, Warning } from '../model/events.ts';
import { patternsText } from '../model/fingerprint.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { recordIn, type TaskRecord } from '../model/record.ts';
import { type Task, taskOf } from '../model/task.ts';
import { putAway } from './make-room.ts';
import { unknownAmong } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

export interface FormerOutputs {
  readonly task: Task;
  /** As pipe made them. */
  readonly files: readonly ListedFile[];
}

/** What lies there of outputs that these tasks had when their patterns were others. Empty for most builds. */
export function formerOutputs(
  world: World,
  graph: StageGraph,
  tasks: readonly Task[],
): readonly FormerOutputs[] {
  return tasks.flatMap((task) => {
    const record = recordIn(world.records.memory(task.id));
    if (record === null || hasSamePatterns(record, task)) return [];
    const files = presentAmong(world, graph, record.outputs).filter(
      (file) => !task.stage.implied.includes(file.path),
    );
    return files.length === 0 ? [] : [{ task, files }];
  });
}

/**
 * Before any stage is looked at: one that requires such a file by a pattern would else be found fresh with it, or run
 * on it, as long as its former stage has not run.
 */
export function retire(world: World, former: readonly FormerOutputs[]): void {
  for (const { task, files } of former) {
    try {
      // Any folder that is empty without them was made for them.
      putAway(world, files, world.folders.keep('aside', task.id), ['']);
    } catch (problem) {
      // The attempt at their stage tries again, and fails over it.
      if (!isRefusal(problem)) throw problem;
    }
  }
}

/** Outputs of stages that are gone, where these tasks still take them for inputs. */
export function orphanWarnings(
  world: World,
  graph: StageGraph,
  tasks: readonly Task[],
): readonly (EventBody & Warning)[] {
  const declared = new Set<TaskId>(graph.stages.map((stage) => taskOf(stage).id));
  const gone = world.records.remembered().filter((record) => !declared.has(record.task));
  return gone.flatMap((record) =>
    presentAmong(world, graph, record.outputs).flatMap(({ path }) => {
      const consumer = tasks.find(({ stage }) => setMatches(stage.requires, path));
      if (consumer === undefined) return [];
      const message = `stage "${consumer.stage.name}" requires ${path}, which "${record.task}" made when it was a stage: a build from nothing would not have it`;
      const hint = 'to delete what stages left that are gone: pipe clean --orphans';
      return [{ kind: 'warning', message, hint } as const];
    }),
  );
}

/** Those that are there, that pipe made, and that no stage makes now. */
function presentAmong(
  world: World,
  graph: StageGraph,
  outputs: TaskRecord['outputs'],
): readonly ListedFile[] {
  const isDeclared = (path: FilePath) =>
    graph.stages.some(({ produces }) => produces !== null && setMatches(produces, path));
  const left = outputs.flatMap(({ path, kind }) => {
    if (isDeclared(path) || world.outputs.blockedBy(path) !== null) return [];
    const file = world.files.look(path);
    return file === null || (file.kind === 'folder' && kind !== 'folder') ? [] : [file];
  });
  const handMade = new Set(unknownAmong(world, left));
  return left.filter((file) => !handMade.has(file));
}

function hasSamePatterns(record: TaskRecord, { stage }: Task): boolean {
  const before = record.parts.find((part) => part.name === 'produces')?.value ?? null;
  return before === (stage.produces === null ? null : patternsText(stage.produces));
}
