// What the next proof says of the tasks that are not looked at again: it is made ready while the others are at work.
import { type Saved, savedInAll } from '../model/saved.ts';
import type { ReadProof } from './proof-format.ts';
import type { TaskFacts } from './seal.ts';
import type { Sights } from './sights.ts';

export interface Ahead {
  /** The tasks that are to be looked at again, as far as the proof knows them. */
  readonly again: ReadonlySet<string>;
  /** Where each task stands in the proof. */
  readonly places: ReadonlyMap<string, number>;
  /** By position of a path: 1 where others look at it. */
  readonly isOthers: Uint8Array;
  /** Of the others together. */
  readonly saved: Saved;
  readonly areFresh: boolean;
  /** The sights of each as they are written; `''` of those that are to be looked at again. */
  readonly texts: readonly string[];
}

export function aheadOf(proof: ReadProof, again: Iterable<string>): Ahead {
  const { tasks } = proof.sights();
  const asked = new Set(again);
  const others = tasks.filter(({ task }) => !asked.has(task));
  const isOthers = new Uint8Array(proof.encodedPaths.count);
  for (const { paths } of others)
    for (let i = 0; i < paths.length; i += 2) isOthers.fill(1, paths[i]!, paths[i]! + paths[i + 1]!);
  const places = new Map(tasks.map(({ task }, place) => [task, place]));
  return {
    again: new Set([...asked].filter((task) => places.has(task))),
    places,
    isOthers,
    saved: savedInAll(others),
    areFresh: others.every(({ isFresh }) => isFresh),
    texts: tasks.map((sight) => (asked.has(sight.task) ? '' : JSON.stringify(sight))),
  };
}

/** Whether it leaves out those that these facts are of, and no others. */
export function isAheadOf({ again, places }: Ahead, facts: ReadonlyMap<string, TaskFacts>): boolean {
  const known = [...facts.keys()].filter((task) => places.has(task));
  return known.length === again.size && known.every((task) => again.has(task));
}

/** The sights of a proof with the same tasks and paths, as they are written. */
export function sightsWith(
  { common, tasks, edges }: Sights,
  junctions: Sights['junctions'],
  facts: ReadonlyMap<string, TaskFacts>,
  { texts }: Ahead,
): Buffer {
  const told = tasks.map(({ task, paths }, place) => {
    const fact = facts.get(task);
    return fact === undefined ? texts[place]! : JSON.stringify({ ...fact, paths });
  });
  const parts = [
    `"common":${JSON.stringify(common)}`,
    `"tasks":[${told.join(',')}]`,
    `"edges":${JSON.stringify(edges)}`,
    `"junctions":${JSON.stringify(junctions)}`,
  ];
  return Buffer.from(`{${parts.join(',')}}`);
}
