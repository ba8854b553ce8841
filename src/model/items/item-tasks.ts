// The tasks of a stage with items: one by its name, and what is wrong with them together.
import type { FilePath, TaskId } from '../../base/brand.ts';
import { ok, type Result } from '../../base/result.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { nestedFiles } from '../glob/nested-files.ts';
import { overlappingPairs } from '../glob/pattern-index.ts';
import type { StageGraph } from '../graph/graph.ts';
import type { Stage } from '../stage.ts';
import { stageOfTask, type Task, taskOf } from '../task.ts';
import { type Item, keyOf } from './item.ts';
import { hiddenPatterns, stageForItem } from './item-stage.ts';
import { mostProblems } from './records.ts';
import { tellsItemsApart } from './streams.ts';

/** What keeps an item from having a task is a clause about it. */
type TaskOrWhyNot = Result<Task, string>;

export function taskForItem(stage: Stage, item: Item): TaskOrWhyNot {
  if (stage.forEach === null) throw new Error(`stage ${stage.name} has no items`);
  const own = stageForItem(stage, stage.forEach, item);
  return own.ok ? ok(taskOf(own.value)) : own;
}

/** There may be very many, and they are asked for again and again. */
const tasksOfFiles = new WeakMap<Stage, Map<string, Task>>();

/** `null`: the file is no item, be it there or not. */
export function taskForFile(stage: Stage, path: FilePath): TaskOrWhyNot | null {
  const { forEach } = stage;
  if (forEach?.kind !== 'files') return null;
  let known = tasksOfFiles.get(stage);
  if (known === undefined) {
    known = new Map();
    tasksOfFiles.set(stage, known);
  }
  const found = known.get(path);
  if (found !== undefined) return ok(found);
  const item = forEach.files.of(path);
  if (item === null) return null;
  const task = taskForItem(stage, item);
  if (task.ok) known.set(path, task.value);
  return task;
}

/** The same task as before, where the record says the same: by that it is known whether what was found of it still holds. */
const tasksOfRecords = new WeakMap<Stage, Map<string, { readonly text: string; readonly task: Task }>>();

export function taskForRecord(stage: Stage, item: Item): TaskOrWhyNot {
  let known = tasksOfRecords.get(stage);
  if (known === undefined) {
    known = new Map();
    tasksOfRecords.set(stage, known);
  }
  const text = JSON.stringify(item.value);
  const found = known.get(item.name);
  if (found?.text === text) return ok(found.task);
  const task = taskForItem(stage, item);
  if (task.ok) known.set(item.name, { text, task: task.value });
  return task;
}

/**
 * The task as its stage would have it today, be its item there or not; `null` where it has no such items. Of a record
 * nothing but its key is known.
 */
export function taskOfStage(stage: Stage, id: TaskId): Task | null {
  const text = id.slice(stage.name.length + 1);
  const { forEach } = stage;
  if (forEach === null) return id === stage.name ? taskOf(stage) : null;
  if (id === stage.name) return null;
  const task = forEach.kind === 'files' ? taskForFile(stage, text as FilePath) : taskForKey(stage, text);
  return task?.ok ? task.value : null;
}

function taskForKey(stage: Stage, text: string): TaskOrWhyNot {
  const key = keyOf(text);
  return key.ok ? taskForItem(stage, { name: text, path: null, captures: { key: text }, value: null }) : key;
}

/** A present item that can have no task. */
export function badItem(stage: Stage, name: string, why: string): Diagnostic {
  return {
    code: 'PIPE052',
    message: `item ${name} of stage "${stage.name}" ${why}`,
    at: `stages.${stage.name}.forEach`,
    hint: 'give it another name, or use the capture elsewhere',
  };
}

/** The same, of any stage. */
export function taskNamed(graph: StageGraph, id: TaskId): Task | null {
  const name = stageOfTask(id);
  const stage = graph.stages.find((one) => one.name === name);
  return stage === undefined ? null : taskOfStage(stage, id);
}

/** Tasks of which no file is hidden. */
const seenByAll = new WeakSet<Task>();

/** Items whose files nobody would find, and pairs of them that may make the same file. */
export function itemProblems(stage: Stage, tasks: readonly Task[]): readonly Diagnostic[] {
  const at = `stages.${stage.name}.forEach`;
  const { forEach } = stage;
  if (forEach === null) return [];
  const hidden = tasks.flatMap((task): readonly Diagnostic[] => {
    if (seenByAll.has(task)) return [];
    const { item } = task.stage;
    const [pattern] = item === null ? [] : hiddenPatterns(forEach, item);
    if (item === null || pattern === undefined) {
      seenByAll.add(task);
      return [];
    }
    const message = `item ${item.name} of stage "${stage.name}" would give ${pattern} a name that begins with a dot`;
    const hint = 'wildcards match no such names: rename the file, or put something in front of the capture';
    return [{ code: 'PIPE052', message, at, hint }];
  });
  return [...hidden, ...collisions(stage, tasks)].slice(0, mostProblems);
}

function collisions(stage: Stage, tasks: readonly Task[]): readonly Diagnostic[] {
  if (stage.forEach?.kind === 'files' && tellsItemsApart(stage.forEach)) return [];
  const outputs = tasks.map((task) => task.stage.produces ?? { entries: [] });
  const at = `stages.${stage.name}.produces`;
  const doubles = overlappingPairs(outputs, outputs)
    .filter((pair) => pair.producer < pair.consumer)
    .slice(0, mostProblems)
    .map(({ producer, consumer, a, b }): Diagnostic => {
      const [one, other] = [tasks[producer]!.item!, tasks[consumer]!.item!];
      const what = a.source === b.source ? a.source : `the same file: ${a.source} and ${b.source}`;
      return {
        code: 'PIPE052',
        message: `items ${one} and ${other} of stage "${stage.name}" may both produce ${what}`,
        at,
        hint: 'use all captures in produces that tell the items apart',
      };
    });
  const nested = nestedFiles(outputs).map(({ file, below, a, b }): Diagnostic => {
    const what = file === below ? 'other outputs of it' : `what item ${tasks[below]!.item} produces`;
    const message = `item ${tasks[file]!.item} of stage "${stage.name}" produces the file ${a.source}, which would be a folder of ${what}: ${b.source}`;
    return { code: 'PIPE052', message, at, hint: 'give them names of which none is a folder of another' };
  });
  return [...doubles, ...nested];
}
