// Makes a proof of an earlier one after some tasks were looked at again: of the others it says what it said.

import { type Ahead, aheadOf, isAheadOf, sightsWith } from './ahead.ts';
import { type Changed, Patch } from './patch.ts';
import { encodedSights, encodeProof, type ProofHeader, type ReadProof } from './proof-format.ts';
import { stampsInPlace } from './same-paths.ts';
import type { TaskFacts, Vouched } from './seal.ts';
import { positionsIn, runsOf, someOf } from './sights.ts';

/**
 * `facts`: of the tasks that were looked at again, and of new ones. What they and all others have in common is vouched for anew;
 * where others look at a path too, these keep the stamp that they knew. `ready`: made for the same tasks.
 */
export function reseal(
  proof: ReadProof,
  vouched: Vouched,
  header: ProofHeader,
  facts: ReadonlyMap<string, TaskFacts>,
  ready: Ahead = aheadOf(proof, facts.keys()),
): readonly Uint8Array[] {
  const { spec, encodedPaths: paths } = proof;
  const { junctions } = vouched;
  const ahead = isAheadOf(ready, facts) ? ready : aheadOf(proof, facts.keys());
  const stamps = stampsInPlace(proof, vouched, facts, ahead);
  if (stamps !== null) {
    // They looked at what they had looked at before, as after most edits.
    const sights = sightsWith(proof.sights(), junctions, facts, ahead);
    return encodeProof({ header, spec, sights, paths, stamps });
  }
  const changed = pathsAnew(proof, vouched, facts);
  return encodeProof({ header, spec, ...changed, sights: encodedSights({ ...changed.sights, junctions }) });
}

function pathsAnew(proof: ReadProof, vouched: Vouched, facts: ReadonlyMap<string, TaskFacts>): Changed {
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
      if (facts.has(task)) patch.release(position);
      else patch.hold(position);
      return false;
    });
  }
  const keptCommon = positionsIn(common).filter((position) => !renewed.has(patch.paths[position]!));
  const newCommon = [...keptCommon, ...vouched.common.map((position) => patch.place(position))];
  const anew = (fact: TaskFacts) => {
    const positions = vouched.byTask.get(fact.task) ?? [];
    return { ...fact, paths: runsOf(positions.map((position) => patch.place(position))) };
  };
  const known = new Set(tasks.map(({ task }) => task));
  const added = [...facts.values()].filter(({ task }) => !known.has(task));
  const newTasks = [
    ...tasks.map((sight) => {
      const fact = facts.get(sight.task);
      return fact === undefined ? sight : anew(fact);
    }),
    // Behind the others, since edges tell of positions.
    ...added.map(anew),
  ];
  return patch.done({ common: runsOf(newCommon), tasks: newTasks, edges, junctions });
}
