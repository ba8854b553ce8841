// What attempts that were killed may have left, where no attempt of today will look for it: their stage is gone, or
// makes other files now. A half-written file there must not be taken for a result or for an input. The same of stages
// that may have no attempt today, while others take what lies there.
import type { TaskId } from '../base/brand.ts';
import type { EventBody, Warning } from '../model/events.ts';
import { type PatternSet, patternTexts, setMatches, setOfTexts } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { taskNamed } from '../model/items/item-tasks.ts';
import { taskInWords } from '../model/params/combination.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { stageOfTask, type Task } from '../model/task.ts';
import { displace, moveLeftovers, type Warn } from './keeping.ts';
import { unknownAmong } from './ownership.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import { copiesOfAttempt, type UntoldCopies } from './untold-copies.ts';
import type { World } from './world.ts';

/** Before anything is touched: whoever finds it knows that the attempt did not end, and where to look. */
export function leaveMarker({ records, folders }: World, { id, stage }: Task): void {
  records.begin(id, folders.runId, stage.produces === null ? [] : patternTexts(stage.produces));
}

export interface Leftovers {
  readonly task: TaskId;
  /** Where its outputs would lie, with a content that pipe never recorded. An edit since cannot be told from them. */
  readonly files: readonly ListedFile[];
  /** Of a stage with `protect`: what costs hands is kept for good, half-written or not. */
  readonly isHandwork?: boolean;
  /** What it had copied of a person's. */
  readonly copies: UntoldCopies;
}

/** Empty but after a kill and a change of the configuration. */
export function leftoversElsewhere(world: World, graph: StageGraph): readonly Leftovers[] {
  const killed = world.records.killed();
  if (killed.length === 0) return [];
  return killed.flatMap(({ task, produces }) => {
    const stage = taskNamed(graph, task)?.stage;
    const now = stage?.produces ? patternTexts(stage.produces) : [];
    // Without patterns nothing is known, and nothing to be looked for.
    if (produces.length === 0 && stage !== undefined) return [];
    if (stage !== undefined && now.join('\n') === produces.join('\n')) return [];
    return [leftoversIn(world, task, setOfTexts(produces))];
  });
}

/** Of stages of this build whose files others take as they lie, where these have no attempt or fail before it. */
export function halfMadeInputs(
  world: World,
  graph: StageGraph,
  { names }: Pick<Selection, 'names'>,
): readonly Leftovers[] {
  return world.records.killed().flatMap(({ task }) => {
    const stage = taskNamed(graph, task)?.stage;
    // A tool that updates its own outputs answers for them, as it does after a failure.
    if (stage?.produces == null || !stage.clean || !names.has(stage.name)) return [];
    if (!isTakenAsItLies(graph, stage)) return [];
    return [{ ...leftoversIn(world, task, stage.produces), isHandwork: stage.protect }];
  });
}

function leftoversIn(world: World, task: TaskId, produces: PatternSet): Leftovers {
  const { files } = world.files.expand(produces, 'output');
  const memory = world.records.memory(task);
  const copies = copiesOfAttempt(world, { task, memory, produces }, files);
  const left = unknownAmong(world, files).filter(({ path }) => !copies.untouched.has(path));
  return { task, files: left, copies };
}

function isTakenAsItLies(graph: StageGraph, { name }: Stage): boolean {
  return graph
    .edgesOutOf(name)
    .some(({ to, kind, mayLack }) => mayLack || (kind === 'file' && graph.stageNamed(to).when !== 'success'));
}

/** To look at, out of the way, as leftovers of a stage that is still there. Needs the lock. */
export function putLeftoversAway(world: World, all: readonly Leftovers[]): void {
  for (const { task, files, copies, isHandwork } of all) {
    const warn: Warn = (message, hint) => world.events.emit({ kind: 'warning', message, hint });
    try {
      copies.tell(warn);
      if (isHandwork) displace(world, task, files, [''], warn);
      else moveLeftovers(world, task, files, [''], warn);
      world.records.failed(task, world.folders.runId);
      copies.dropOthers();
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      // The marker stands.
      warn(
        `what a killed attempt at ${taskInWords(task)} left cannot be moved out of the way: ${problem.message}`,
        'the next build tries again; until then a stage may take it for an input',
      );
    }
  }
}

/** Of stages that are left out of this run, where killed attempts may have left what the selected ones require. */
export function unsettledInputs(
  world: World,
  graph: StageGraph,
  { names, stages }: Selection,
): readonly (EventBody & Warning)[] {
  const killed = new Set(world.records.killed().map(({ task }) => stageOfTask(task)));
  if (killed.size === 0) return [];
  return graph.stages.flatMap((stage) => {
    if (names.has(stage.name) || stage.produces === null || !killed.has(stage.name)) return [];
    const left = unknownAmong(world, world.files.expand(stage.produces, 'output').files);
    return stages.flatMap((consumer) => {
      const file = left.find(({ path }) => setMatches(consumer.requires, path));
      if (file === undefined) return [];
      const message = `stage "${consumer.name}" requires ${file.path}, which may be half-written: an attempt at "${stage.name}" was killed`;
      return [{ kind: 'warning', message, hint: `to build it anew: pipe build ${stage.name}` } as const];
    });
  });
}
