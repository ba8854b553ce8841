// After most edits a task looks at the paths at which it looked before: then only their stamps are others.
import type { Ahead } from './ahead.ts';
import type { Vouched } from './onlooker.ts';
import { type ReadProof, stampLength } from './proof-format.ts';
import type { TaskFacts } from './seal.ts';
import { positionsIn, someOf } from './sights.ts';

/**
 * The stamps of the proof with those that are vouched for anew in their places. `null`: the tasks of `facts` looked at
 * other paths, or others, who know another stamp of one of them, keep that.
 */
export function stampsInPlace(
  proof: ReadProof,
  vouched: Vouched,
  facts: ReadonlyMap<string, TaskFacts>,
  { places: placeOf, isOthers }: Ahead,
): Float64Array | null {
  const { common, tasks } = proof.sights();
  const known = [...facts.keys()].map((task) => placeOf.get(task));
  if (known.includes(undefined)) return null;
  const paths = proof.paths();
  const stamps = proof.stamps.slice();
  const changed = new Set<number>();
  /** Where what is vouched for stands: once, though two may have known two stamps of it. */
  const placed = new Map<number, number>();
  /** How many of the runs are renewed; `null`: not all that were looked at are among them. */
  const renew = (runs: readonly number[], looked: readonly number[]): ReadonlySet<number> | null => {
    const places = new Map(positionsIn(runs).map((position) => [paths[position]!, position]));
    const renewed = new Set<number>();
    for (const from of looked) {
      const position = places.get(vouched.paths[from]!);
      if (position === undefined || (placed.get(from) ?? position) !== position) return null;
      placed.set(from, position);
      renewed.add(position);
      const stamp = vouched.stamps.subarray(from * stampLength, (from + 1) * stampLength);
      const at = position * stampLength;
      if (stamp.every((number, i) => number === stamps[at + i])) continue;
      stamps.set(stamp, at);
      changed.add(position);
    }
    return renewed;
  };
  const ofAll = renew(common, vouched.common);
  if (ofAll === null) return null;
  for (const place of known) {
    const { task, paths: runs } = tasks[place!]!;
    const renewed = renew(runs, vouched.byTask.get(task) ?? []);
    if (renewed === null || renewed.size !== positionsIn(runs).length) return null;
  }
  if (someOf(common, (position) => changed.has(position) && !ofAll.has(position))) return null;
  return [...changed].some((position) => isOthers[position] === 1) ? null : stamps;
}
