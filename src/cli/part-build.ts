// Builds those stages alone that something has happened to since all were seen to be fresh, and what follows from them.
// So an edit costs what it concerns, and not what the pipeline has in all.

import path from 'node:path';
import type { TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { prepareCode } from '../config/code.ts';
import { openCodeCache } from '../config/code-cache.ts';
import type { Whole } from '../engine/rest.ts';
import { type Concerned, isFamily, type TaskSight } from '../glance/sights.ts';
import { markOf, type StateMark, sameMark } from '../glance/state-mark.ts';
import { stateFolderName } from '../journal/state-folder.ts';
import { hasFunction } from '../model/checks.ts';
import { buildGraph, type StageGraph } from '../model/graph/graph.ts';
import { allModulesOf, codeOfRunHooks, hasFunctionHook } from '../model/hooks.ts';
import { filesNamed } from '../model/items/selected-items.ts';
import { noTasks } from '../model/named-tasks.ts';
import { savedInAll } from '../model/saved.ts';
import { meaningOf, type Selection, select } from '../model/selection.ts';
import { asksFunction } from '../model/service.ts';
import type { Pipeline, Stage } from '../model/stage.ts';
import { stageOfTask } from '../model/task.ts';
import { toldPipeline } from '../model/told-pipeline.ts';
import { validate } from '../model/validation/validate.ts';
import { optionsOf, runPart } from './build.ts';
import { selectionOf } from './flags.ts';
import { hiddenValues } from './hidden-secrets.ts';
import { homeFolder } from './home-folder.ts';
import { leftOutItems } from './left-out-items.ts';
import { hidesOrder } from './links-of-rest.ts';
import { itemsOfPart, type TasksOfPart, tasksOfPart } from './part-of-items.ts';
import { Resealing } from './resealing.ts';
import type { Sighting } from './sighting.ts';
import { version } from './version.ts';
import { besideThis, canonicalIn, orRefuse, type Workspace } from './workspace.ts';

/** `null`: a part is not enough, and nothing was done. */
export async function buildPart(
  seen: Sighting,
  targets: readonly string[],
  flags: Readonly<Record<string, never>>,
): Promise<number | null> {
  const { proof } = seen;
  const part = partOf(seen);
  if (part === null) return null;
  const { pipeline, graph } = part;
  const tasks = proof.sights().tasks;
  const found = tasksOfPart(seen, graph);
  if (found === null || found.tasks.length === 0) return null;
  // Which items it has is known when something has failed.
  if (found.families.some(({ when }) => when === 'failure')) return null;
  const concerned = withItems(seen.concerned, found);
  const { again, changed } = concerned;
  const sighting = { ...seen, concerned };
  // There may be ten thousand, and what runs first rarely needs them.
  const leftOut = once(() => leftOutItems(sighting, graph, found.tasks));
  const workspace = workspaceOf(sighting, pipeline, graph);
  const selection: Selection = {
    stages: [...new Set(found.tasks.map(({ stage }) => graph.stageNamed(stage.name)))],
    names: new Set(graph.stages.map(({ name }) => name)),
    forced: noTasks,
    audited: noTasks,
    targets: proof.header.targets,
    // Of what is left out, they are there as they were.
    files: filesNamed(targets, (name) => meaningOf(graph, pipeline, name, workspace.canonical)).filter(
      ({ stage }) => found.tasks.some((task) => task.stage.name === stage),
    ),
    asBefore: new Set([...again].filter((task) => !changed.has(task))),
    knownItems: itemsOfPart(found.tasks),
    leftOut: (stage) =>
      leftOut()
        .map((place) => tasks[place]!.task as TaskId)
        .filter((task) => stageOfTask(task) === stage),
  };
  const looked = [...again].flatMap(proof.findTask).flatMap((place) => tasks[place] ?? []);
  const took = new Map(looked.map(({ task, savedMs }) => [task, savedMs]));
  const isOther = ({ task }: TaskSight) => !again.has(task) && !isFamily(task);
  const asTheyWere = () => tasks.filter(({ task }) => !changed.has(task) && !isFamily(task));
  const whole = once(() => wholeOf(sighting, workspace, targets));
  if (hidesOrder(sighting.root, proof, asTheyWere, whole)) return null;
  const rest = {
    tasks: proof.header.tasks - looked.filter(({ task }) => !isFamily(task)).length,
    saved: () => savedInAll(tasks.filter(isOther)),
    tookMs: (task: TaskId) => took.get(task),
    isCurrent: () => isMarked(workspace.state, proof.header.state),
    whole,
  };
  const resealing = new Resealing(sighting, found, leftOut);
  return runPart(workspace, selection, flags, optionsOf(workspace, flags), { rest, resealing });
}

/** With the items that follow from others, or are gone. */
function withItems({ again, changed, before }: Concerned, { tasks, added }: TasksOfPart): Concerned {
  const isNew = new Set(added);
  const items = tasks.flatMap((task) => (task.item === null || isNew.has(task) ? [] : [task.id]));
  return { again: new Set([...again, ...items]), changed: new Set([...changed, ...items]), before };
}

/** The stages that are concerned and those before them, as they stand in the whole. */
function partOf({ root, configPath, spec, concerned }: Sighting): {
  readonly pipeline: Pipeline;
  readonly graph: StageGraph;
} | null {
  const { again, before } = concerned;
  const names = new Set([...again, ...before].map((task) => stageOfTask(task as TaskId)));
  const chosen = new Set([...again].map((task) => stageOfTask(task as TaskId)));
  const valid = validate(spec, placeOf(root, configPath), { only: names });
  // Where there is no cache, another stage may want one all the same.
  if (!valid.ok || valid.value.stages.length !== names.size || valid.value.cacheMaxBytes === null)
    return null;
  // Their records go by other names, which the proof does not have.
  if (valid.value.stages.some(({ combination }) => combination !== '')) return null;
  const stages = valid.value.stages.map((stage) =>
    chosen.has(stage.name) ? stage : { ...stage, after: stage.after.filter((name) => names.has(name)) },
  );
  if (stages.some(({ after }) => after.some((name) => !names.has(name)))) return null;
  const pipeline = { ...valid.value, stages };
  const graph = buildGraph(pipeline);
  return graph.ok ? { pipeline, graph: graph.value } : null;
}

function placeOf(root: string, configPath: string) {
  return { root, home: homeFolder(), configPath, folderName: path.basename(root) };
}

function workspaceOf(sighting: Sighting, pipeline: Pipeline, graph: StageGraph): Workspace {
  const { root, configPath, proof, spec } = sighting;
  const state = path.join(root, stateFolderName);
  return {
    root,
    state,
    configPath,
    pipeline,
    get told() {
      return toldPipeline(pipeline, hiddenValues());
    },
    graph,
    canonical: canonicalIn(root, process.cwd()),
    codeOf: (stages) => codeOf(stages, pipeline.hooks, { root, configPath, state }),
    compiledPath: proof.header.config,
    spec,
    newLockFile: null,
    pathsOfCode: () => [],
    isCodeFollowed: () => true,
    isOfPresentConfig: async () => true,
  };
}

async function codeOf(
  stages: readonly Stage[],
  hooks: Pipeline['hooks'],
  { root, configPath, state }: Pick<Workspace, 'root' | 'configPath' | 'state'>,
) {
  const folder = path.join(state, 'config');
  const apiPath = besideThis('index');
  const cache = openCodeCache({ folder, root, apiPath, version, writes: true });
  const ofRuns = codeOfRunHooks(hooks);
  const modules = [...stages.flatMap(allModulesOf), ...ofRuns.modules];
  const hasCode =
    modules.length > 0 ||
    ofRuns.hasFunction ||
    stages.some(
      (stage) =>
        stage.command.kind === 'function' ||
        hasFunction(stage.checks) ||
        hasFunctionHook(stage) ||
        asksFunction(stage.services),
    );
  // Most stages are commands, and need not know.
  if (!hasCode) return { identify: noCode, editedBehind: noCode };
  return prepareCode({ root, cache, config: orRefuse(await cache.obtain(configPath)), modules });
}

function noCode(): never {
  throw new Error('no stage of this build has code');
}

/** What was left out so far. It was valid when the proof was made, and is the same. */
function wholeOf(
  { root, configPath, spec }: Sighting,
  { canonical }: Workspace,
  targets: readonly string[],
): ReturnType<Whole> {
  const pipeline = orRefuse(validate(spec, placeOf(root, configPath)));
  const graph = orRefuse(buildGraph(pipeline));
  return { graph, selection: orRefuse(select(graph, pipeline, selectionOf(targets, {}), canonical)) };
}

/** Whether nobody has written to the state file since. */
function isMarked(state: string, mark: StateMark): boolean {
  try {
    return sameMark(mark, markOf(path.join(state, 'state')));
  } catch {
    return false;
  }
}
