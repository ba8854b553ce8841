// The items that a build of a part leaves out, and whose files it may ask for: of ten thousand mostly all but one.
import type { TaskId } from '../base/brand.ts';
import { isFamily, someOf } from '../glance/sights.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { streams } from '../model/items/streams.ts';
import { allItemsOf, stageOfTask, type Task } from '../model/task.ts';
import type { Sighting } from './sighting.ts';

/** Items that are left out, and that have made what tasks of the part read: where the proof has them. */
export function leftOutItems(
  { proof, concerned }: Sighting,
  graph: StageGraph,
  tasks: readonly Task[],
): readonly number[] {
  /** Of these stages all, or those that have to do with these files. */
  const makers = new Map<string, Set<string> | 'all'>();
  const made = new Set(
    tasks.flatMap(({ stage }) => (stage.produces?.entries ?? []).map(({ glob }) => glob.literal)),
  );
  for (const { stage } of tasks)
    for (const { from, kind } of graph.edgesInto(stage.name)) {
      const maker = graph.stageNamed(from);
      if (kind !== 'file' || maker.forEach === null) continue;
      const item = stage.item?.path ?? null;
      const known = makers.get(from);
      if (item === null || !streams(maker, graph.stageNamed(stage.name))) makers.set(from, 'all');
      // By a task of the part itself.
      else if (made.has(item)) continue;
      else if (known === undefined) makers.set(from, new Set([item]));
      else if (known !== 'all') known.add(item);
    }
  if (makers.size === 0) return [];
  const paths = proof.paths();
  const known = proof.sights().tasks;
  const isAgain = new Uint8Array(known.length);
  for (const name of concerned.again) for (const place of proof.findTask(name)) isAgain[place] = 1;
  const leftOut: number[] = [];
  // Most are of the stage of the one before: there are very many, and their names are not taken apart one by one.
  let beginning: string | null = null;
  let files: ReadonlySet<string> | 'all' | undefined;
  for (let place = 0; place < known.length; place++) {
    const { task, paths: runs } = known[place]!;
    if (beginning === null || !task.startsWith(beginning)) {
      const stage = stageOfTask(task as TaskId);
      beginning = allItemsOf(stage);
      files = makers.get(stage);
    }
    if (files === undefined || isAgain[place] === 1 || isFamily(task)) continue;
    const made = files;
    if (made === 'all' || someOf(runs, (position) => made.has(paths[position]!))) leftOut.push(place);
  }
  return leftOut;
}
