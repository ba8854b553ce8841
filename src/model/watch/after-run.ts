// Which verdicts of before a run hold no longer after it, by what ended in it otherwise than by passing.
import type { FilePath, TaskId } from '../../base/brand.ts';
import { setMatches } from '../glob/pattern-set.ts';
import type { StageGraph } from '../graph/graph.ts';
import type { Stage } from '../stage.ts';
import { stageOfTask } from '../task.ts';

/** `task`: of a stage with items, the stage's name where it has ended as a whole. */
export interface EndedTask {
  readonly task: string;
  readonly stage: string;
}

/**
 * Of these tasks, and of all stages behind them, as it may not have been heard yet of what they made. Other items of the
 * same stage have nothing to do with them.
 */
export function holdsNoLonger(
  graph: Pick<StageGraph, 'edgesOutOf' | 'downstreamOf'>,
  ended: readonly EndedTask[],
): (task: TaskId) => boolean {
  const tasks = new Set(ended.map(({ task }) => task));
  const stages = [...new Set(ended.map(({ stage }) => stage))];
  const behind = graph.downstreamOf(stages.flatMap((stage) => graph.edgesOutOf(stage).map(({ to }) => to)));
  return (id) => tasks.has(id) || tasks.has(stageOfTask(id)) || behind.has(stageOfTask(id));
}

/** Whether a path may be an output of one of the stages that have these names. */
export function isMadeByOne(
  stages: readonly Pick<Stage, 'name' | 'produces'>[],
  names: ReadonlySet<string>,
  path: FilePath,
): boolean {
  return stages.some(
    ({ name, produces }) => names.has(name) && produces !== null && setMatches(produces, path),
  );
}
