// Makes a proof of an earlier one after some tasks were looked at again: of the others it says what it said.

import { type Ahead, aheadOf, isAheadOf, sightsWith } from './ahead.ts';
import type { Vouched } from './onlooker.ts';
import { type Changed, Patch } from './patch.ts';
import { encodedSights, encodeProof, type ProofHeader, type ReadProof } from './proof-format.ts';
import { stampsInPlace } from './same-paths.ts';
import type { TaskFacts } from './seal.ts';
import { positionsIn, runsOf, type Sights, someOf, type TaskSight } from './sights.ts';

/** Of the tasks that were looked at again, and of new ones; `gone`: of which nothing is left to say. */
export interface Anew {
  readonly facts: ReadonlyMap<string, TaskFacts>;
  readonly gone: ReadonlySet<string>;
}

/**
 * What they and all others have in common is vouched for anew;
 * where others look at a path too, these keep the stamp that they knew. `ready`: made for the same tasks, if it is.
 */
export function reseal(
  proof: ReadProof,
  vouched: Vouched,
  header: ProofHeader,
  anew: Anew,
  ready: Ahead | null = null,
): readonly Uint8Array[] {
  const { spec, encodedPaths: paths } = proof;
  const { junctions } = vouched;
  const { facts, gone } = anew;
  const ahead = ready !== null && isAheadOf(ready, facts) ? ready : aheadOf(proof, facts.keys());
  const stamps = gone.size > 0 ? null : stampsInPlace(proof, vouched, facts, ahead);
  if (stamps !== null) {
    // They looked at what they had looked at before, as after most edits.
    const sights = sightsWith(proof.sights(), junctions, facts, ahead);
    return encodeProof({ header, spec, sights, paths, stamps });
  }
  const changed = pathsAnew(proof, vouched, anew);
  return encodeProof({ header, spec, ...changed, sights: encodedSights({ ...changed.sights, junctions }) });
}

function pathsAnew(proof: ReadProof, vouched: Vouched, { facts, gone }: Anew): Changed {
  const { common, tasks, edges, junctions } = proof.sights();
  const patch = new Patch(proof, vouched);
  const renewed = new Set(vouched.common.map((position) => vouched.paths[position]!));
  someOf(common, (position) => {
    if (renewed.has(patch.paths[position]!)) patch.release(position);
    else patch.hold(position);
    return false;
  });
  for (const { task, paths } of tasks) {
    someOf(paths, (position) => {
      if (facts.has(task) || gone.has(task)) patch.release(position);
      else patch.hold(position);
      return false;
    });
  }
  const keptCommon = positionsIn(common).filter((position) => !renewed.has(patch.paths[position]!));
  const newCommon = [...keptCommon, ...vouched.common.map((position) => patch.place(position))];
  const sightOf = (fact: TaskFacts) => {
    const positions = vouched.byTask.get(fact.task) ?? [];
    return { ...fact, paths: runsOf(positions.map((position) => patch.place(position))) };
  };
  const left = tasks.filter(({ task }) => !gone.has(task));
  const known = new Set(tasks.map(({ task }) => task));
  const added = [...facts.values()].filter(({ task }) => !known.has(task));
  const newTasks = [
    ...left.map((sight) => {
      const fact = facts.get(sight.task);
      return fact === undefined ? sight : sightOf(fact);
    }),
    // Behind the others, since edges tell of positions.
    ...added.map(sightOf),
  ];
  const newEdges = gone.size === 0 ? edges : edgesAmong(left, proof.sights());
  return patch.done({ common: runsOf(newCommon), tasks: newTasks, edges: newEdges, junctions });
}

/** The same ones, where some tasks are left out; items that are gone have none. */
function edgesAmong(left: readonly TaskSight[], { tasks, edges }: Sights): Sights['edges'] {
  const places = new Map(left.map(({ task }, place) => [task, place]));
  const placeOf = (position: number) => places.get(tasks[position]!.task);
  return edges.flatMap(([before, after]) => {
    const [one, next] = [placeOf(before), placeOf(after)];
    return one === undefined || next === undefined ? [] : [[one, next] as const];
  });
}
