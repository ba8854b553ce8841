// What a watch finds when it looks: which tasks are fresh, which are to run, which have to wait.
import type { TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Edge, StageGraph } from '../model/graph/graph.ts';
import { measuredMs, recordIn, type TaskRecord } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import { isManyTasks, stageOfTask, type Task } from '../model/task.ts';
import type { Assessor } from './assess.ts';
import { type Assessment, type AssessmentOrFailure, isFailure } from './assessment.ts';
import { Blockers } from './blockers.ts';
import type { BuildTasks } from './build-tasks.ts';
import type { ToCheck } from './preflight.ts';
import type { Hold, Watching } from './watching.ts';

export type RestState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'held'; readonly hold: Hold; readonly estimateMs: number | null }
  /** One before it is held; it may be fresh over what there is of that. */
  | { readonly kind: 'blocked'; readonly by: TaskId };

export interface Found {
  /** In topological order. */
  readonly tasks: ReadonlyMap<TaskId, RestState>;
  /** Whether a run would do anything. */
  readonly hasWork: boolean;
  /** Whether anything is left of items that are gone, be it to be taken away now or not. */
  readonly hasGone: boolean;
}

/** What of a task has to be checked before it may run: nothing where it was found fresh. */
export function toCheck(task: Task, found: Found | null, assessor: Assessor): readonly ToCheck[] {
  const { stage } = task;
  if (found?.tasks.get(task.id)?.kind === 'fresh') return [];
  if (found === null || isManyTasks(task)) return [{ stage }];
  const assessed = assessor.assess(task);
  return [isFailure(assessed) ? { stage } : { stage, inputs: assessed.inputs }];
}

/** `tasks` in topological order. */
export function whatIsToDo(options: {
  readonly graph: StageGraph;
  readonly tasks: BuildTasks;
  readonly assessor: Assessor;
  readonly watching: Watching;
}): Found {
  const { graph, tasks, assessor, watching } = options;
  const found = new Map<TaskId, RestState>();
  const blockers = new Blockers(graph, tasks, {
    isInTheWay: ({ id, stage }, kind) => isInTheWay(found.get(id), stage, kind),
    waiting: () => [...found].filter(([, state]) => isUnasked(state)).map(([id]) => id),
    hasToWait: (id) => hasToWait(found, id),
  });
  let hasGone = tasks.hasFormer();
  let clearsUp = hasGone && !watching.hasClearedUp(null);
  for (const family of tasks.all) {
    const { stage } = family;
    // Nothing has failed before something has run.
    if (stage.when === 'failure') {
      if (!isManyTasks(family)) found.set(family.id, { kind: 'fresh' });
      continue;
    }
    // What was edited that an earlier stage made is made anew before anything of it is read.
    const isBeforeItsTurn = once(() => isAnyStaleBefore(stage, { graph, found }));
    const stateNow = (one: AssessmentOrFailure): RestState => {
      const blocker = blockers.of(one.task) ?? spoilerOf(one, { graph, tasks, found });
      return stateOf(one.task, one, { watching, blocker, isBeforeItsTurn });
    };
    if (!isManyTasks(family)) {
      found.set(family.id, stateNow(assessor.assess(family)));
      continue;
    }
    const blocker = blockers.of(family);
    const items = tasks.itemsOf(stage);
    const ones: readonly AssessmentOrFailure[] =
      items.kind === 'unclear'
        ? [{ task: family, failure: items.failure }]
        : items.tasks.map((task) => assessor.assess(task));
    for (const one of ones) found.set(one.task.id, stateNow(one));
    blockers.add(
      stage.name,
      ones.map(({ task }) => task),
      blocker,
    );
    if (items.kind === 'unclear' || !tasks.hasGone({ stage, tasks: items.tasks })) continue;
    hasGone = true;
    // Before all is done that makes items, nobody knows which are gone.
    clearsUp ||= blocker === null && !watching.hasClearedUp(stage.name);
  }
  const hasWork = clearsUp || [...found.values()].some(({ kind }) => kind === 'stale');
  // Where its items are not clear, the stage stands for them.
  if (!hasWork) watching.foundAtRest((id) => !found.has(id) && !found.has(stageOfTask(id) as TaskId));
  return { tasks: found, hasWork, hasGone };
}

function stateOf(
  task: Task,
  assessed: AssessmentOrFailure,
  {
    watching,
    blocker,
    isBeforeItsTurn,
  }: {
    readonly watching: Watching;
    readonly blocker: TaskId | null;
    readonly isBeforeItsTurn: () => boolean;
  },
): RestState {
  const isFresh = !isFailure(assessed) && assessed.verdict.kind === 'fresh';
  if (isFresh) watching.foundFresh(task.id);
  const hold = isFresh ? null : watching.hold(task, assessed, isBeforeItsTurn);
  if (hold !== null) return { kind: 'held', hold, estimateMs: estimateOf(assessed) };
  // As in a run, also one that is fresh over the old files of what is in its way: what comes after it has no turn either.
  if (blocker !== null) return { kind: 'blocked', by: blocker };
  return { kind: isFresh ? 'fresh' : 'stale' };
}

function isAnyStaleBefore(
  { name }: Stage,
  { graph, found }: { readonly graph: StageGraph; readonly found: ReadonlyMap<TaskId, RestState> },
): boolean {
  const before = graph.upstreamOf([name]);
  return [...found].some(([id, { kind }]) => {
    const stage = stageOfTask(id);
    return kind === 'stale' && stage !== name && before.has(stage);
  });
}

/** Of what runs after any end, and would be skipped in a run, as it lacks what was to be made before it: over what. */
function spoilerOf(
  assessed: AssessmentOrFailure,
  {
    graph,
    tasks,
    found,
  }: {
    readonly graph: StageGraph;
    readonly tasks: BuildTasks;
    readonly found: ReadonlyMap<TaskId, RestState>;
  },
): TaskId | null {
  const { stage } = assessed.task;
  if (stage.when === 'success' || !isFailure(assessed) || assessed.failure.kind !== 'input-missing')
    return null;
  if (tasks.makersOf(assessed.task).length === 0) return null;
  const before = graph.upstreamOf([stage.name]);
  for (const [id, { kind }] of found)
    if ((kind === 'held' || kind === 'blocked') && before.has(stageOfTask(id))) return id;
  return null;
}

/** What it took the last time. */
export function estimateOf(assessed: AssessmentOrFailure): number | null {
  if (isFailure(assessed)) return null;
  const last = recordIn(assessed.memory);
  return last === null ? null : measuredMs(last);
}

export function recordOf(assessment: Assessment): TaskRecord | null {
  return assessment.memory.kind === 'done' ? assessment.memory.record : null;
}

function isInTheWay(state: RestState | undefined, { optional }: Stage, kind: Edge['kind']): boolean {
  if (state?.kind === 'held' && state.hold.kind === 'until-changed') return kind === 'file' || !optional;
  return state?.kind === 'blocked' || (state !== undefined && isUnasked(state));
}

function isUnasked(state: RestState): boolean {
  return state.kind === 'held' && state.hold.kind === 'until-asked';
}

/** Be it that something before it does. */
function hasToWait(found: ReadonlyMap<TaskId, RestState>, id: TaskId): boolean {
  let state = found.get(id);
  while (state?.kind === 'blocked') state = found.get(state.by);
  return state !== undefined && isUnasked(state);
}
