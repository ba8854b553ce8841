// Which task looked at which of the paths of a proof, and which task may follow from which: whom a change concerns.
import type { TaskId } from '../base/brand.ts';
import type { Saved } from '../model/saved.ts';
import { allItemsOf, stageOfTask } from '../model/task.ts';

/** One task of the build, with what its last execution took; of one that is not fresh nothing. Paths are told as runs of positions: first, count, first, count. */
export interface TaskSight extends Saved {
  readonly task: string;
  readonly isFresh: boolean;
  /** Where in the state file its record stands, whose digests the stamps vouch for; `null`: not known, or they do not. */
  readonly recordAt: number | null;
  readonly paths: readonly number[];
}

/** A folder from which others lead on. */
export interface Junction {
  /** Relative to the root, which is `.` itself. */
  readonly folder: string;
  /** `null`: it may change without another stamp. */
  readonly stamp: readonly number[] | null;
  /** Of the folders in it that lead on, be they there or not. */
  readonly names: readonly string[];
}

export interface Sights {
  /** What concerns all of them: the configuration, the state folder. Runs as well. */
  readonly common: readonly number[];
  readonly tasks: readonly TaskSight[];
  /** Positions of tasks: the second comes after the first. */
  readonly edges: readonly (readonly [before: number, after: number])[];
  /** The folders through which they looked; `null`: links are among them, or among what they looked at. */
  readonly junctions: readonly Junction[] | null;
}

/** Whether it stands for all items of a stage. */
export function isFamily(task: string): boolean {
  return task.endsWith(':') && task.indexOf(':') === task.length - 1;
}

/** An item, or all items of a stage. */
export function isOfItems(task: string): boolean {
  return task.includes(':');
}

/** Whom a build must look at again, and of whom it must know. */
export interface Concerned {
  /** Something that they looked at has changed, they were not fresh, or they follow from such. Names of tasks. */
  readonly again: ReadonlySet<string>;
  /** Of these, those that are not only to be looked at for what comes before them. */
  readonly changed: ReadonlySet<string>;
  /** Those before them that are as they were. */
  readonly before: ReadonlySet<string>;
}

/** Of tasks: they are looked at once more in no time. */
export const few = 50;

/** Whether to look at these again is less than to look at all. */
export function isPart(count: number, tasks: number): boolean {
  return count <= Math.max(few, tasks / 2);
}

/** The same ones, to go through and to ask for one. */
export interface Positions {
  readonly each: readonly number[];
  readonly all: ReadonlySet<number>;
}

/** `null` where a change concerns more than some tasks. `changed`: positions of paths. */
export function concernedBy({ common, tasks, edges }: Sights, changed: readonly number[]): Concerned | null {
  const isChanged = { each: changed, all: new Set(changed) };
  if (includeSome(common, isChanged)) return null;
  const again = new Set<number>();
  // It runs but once, before it is compiled to be fast: neither pairs nor objects are taken apart by patterns.
  for (let i = 0; i < tasks.length; i++) {
    const sight = tasks[i]!;
    if (!sight.isFresh || includeSome(sight.paths, isChanged)) again.add(i);
  }
  const own = [...again];
  const families = familiesOf(tasks, again);
  const after = new Map<number, number[]>();
  for (let i = 0; i < edges.length; i++) {
    const edge = edges[i]!;
    const known = after.get(edge[0]);
    if (known === undefined) after.set(edge[0], [edge[1]]);
    else known.push(edge[1]);
  }
  for (const family of families) for (const next of after.get(family) ?? []) again.add(next);
  // A set may grow while it is walked: what is added is visited too.
  for (const position of again) for (const next of after.get(position) ?? []) again.add(next);
  const isAgain = (position: number) => again.has(position) || families.has(position);
  const before = new Set<number>();
  for (let i = 0; i < edges.length; i++) {
    const edge = edges[i]!;
    if (isAgain(edge[1]) && !isAgain(edge[0])) before.add(edge[0]);
  }
  const named = (positions: Iterable<number>) => new Set([...positions].map((i) => tasks[i]!.task));
  return { again: named(again), changed: named(own), before: named(before) };
}

/** What stands for all items of the stages of which some are among these tasks. */
function familiesOf(tasks: readonly TaskSight[], positions: ReadonlySet<number>): ReadonlySet<number> {
  const names = new Set<string>();
  for (const position of positions) {
    const { task } = tasks[position]!;
    if (isOfItems(task)) names.add(allItemsOf(stageOfTask(task as TaskId)));
  }
  // Few pipelines have any.
  if (names.size === 0) return new Set();
  return new Set(tasks.flatMap(({ task }, position) => (names.has(task) ? [position] : [])));
}

/** Positions as runs; each once. */
export function runsOf(positions: Iterable<number>): readonly number[] {
  const runs: number[] = [];
  for (const position of [...new Set(positions)].sort((a, b) => a - b)) {
    const last = runs.length - 1;
    if (last > 0 && runs[last - 1]! + runs[last]! === position) runs[last]!++;
    else runs.push(position, 1);
  }
  return runs;
}

/** Whether one of these positions is in the runs. Mostly they are few, and the runs are long. */
export function includeSome(runs: readonly number[], positions: Positions): boolean {
  const { each, all } = positions;
  for (let i = 0; i < runs.length; i += 2) {
    const first = runs[i]!;
    const end = first + runs[i + 1]!;
    if (end - first < each.length) {
      for (let position = first; position < end; position++) if (all.has(position)) return true;
    } else for (let at = 0; at < each.length; at++) if (each[at]! >= first && each[at]! < end) return true;
  }
  return false;
}

export function includes(runs: readonly number[], position: number): boolean {
  for (let i = 0; i < runs.length; i += 2)
    if (position >= runs[i]! && position < runs[i]! + runs[i + 1]!) return true;
  return false;
}

export function someOf(runs: readonly number[], holds: (position: number) => boolean): boolean {
  for (let i = 0; i < runs.length; i += 2)
    for (let position = runs[i]!; position < runs[i]! + runs[i + 1]!; position++)
      if (holds(position)) return true;
  return false;
}

/** `most`: there may be more, which are left out. */
export function positionsIn(runs: readonly number[], most = Number.POSITIVE_INFINITY): readonly number[] {
  const positions: number[] = [];
  someOf(runs, (position) => {
    positions.push(position);
    return positions.length >= most;
  });
  return positions;
}
