// What the stamps of a proof vouch for, for a build of a part: the content that the records of its tasks tell of.
import type { Digest, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Records } from '../engine/ports.ts';
import type { StampMemory } from '../files/digest-memory.ts';
import { isOfFile } from '../glance/glance.ts';
import { stampLength } from '../glance/proof-format.ts';
import { someOf } from '../glance/sights.ts';
import type { Sighting } from './sighting.ts';

/**
 * What `own` remembers, and what was found fresh when the proof was made: each file had the content of the record under
 * the stamp of the proof. A record is read when one of its files is asked for. `leftOut`: places of tasks that come
 * before those of the part as well.
 */
export function vouchedStamps(
  own: StampMemory,
  records: Records,
  sighting: Sighting,
  leftOut: readonly number[],
): StampMemory {
  const { proof } = sighting;
  const lookerAt = lookers(sighting, leftOut);
  const digests = new Map<string, Digests>();
  const digestsOf = (task: string) => {
    let known = digests.get(task);
    if (known === undefined) {
      known = digestsIn(records, task);
      digests.set(task, known);
    }
    return known;
  };
  return {
    get(path, present) {
      const known = own.get(path, present);
      if (known !== undefined) return known;
      for (const position of proof.findPath(path)) {
        if (!isOfFile(present, proof.stamps, position * stampLength)) continue;
        const looker = lookerAt(position);
        const digest = looker === null ? undefined : digestsOf(looker).get(path);
        if (digest !== undefined) return { stamp: present, digest };
      }
      return undefined;
    },
    put: (path, entry) => own.put(path, entry),
  };
}

type Digests = ReadonlyMap<string, Digest>;

function digestsIn(records: Records, task: string): Digests {
  const digests = new Map<string, Digest>();
  const memory = records.memory(task as TaskId);
  if (memory.kind !== 'done') return digests;
  const { inputs, outputs } = memory.record;
  for (const files of [inputs, outputs])
    for (const { kind, path, digest } of files) if (kind === 'file') digests.set(path, digest);
  return digests;
}

const searchesUntilTable = 8;

/**
 * Whose record tells of what was seen at a position: one that is read anyway, if there is one; for another may be one of
 * ten thousand, or tell of as many files.
 */
function lookers(
  { proof, concerned: { again, changed, before } }: Sighting,
  leftOut: readonly number[],
): (position: number) => string | null {
  const { tasks } = proof.sights();
  const placesOf = (names: ReadonlySet<string>) => [...names].flatMap(proof.findTask);
  const order = once(() =>
    [placesOf(changed), placesOf(again), placesOf(before), leftOut].map((places) =>
      // Not all that is fresh is so by its content.
      places.filter((place) => tasks[place]!.isFresh && tasks[place]!.recordAt !== null),
    ),
  );
  const search = (position: number) => {
    for (const places of order())
      for (const place of places) if (someOf(tasks[place]!.paths, (one) => one === position)) return place;
    return -1;
  };
  const table = once(() => {
    const places = new Int32Array(proof.encodedPaths.count).fill(-1);
    for (const place of order().flat())
      someOf(tasks[place]!.paths, (position) => {
        if (places[position] === -1) places[position] = place;
        return false;
      });
    return places;
  });
  let searches = 0;
  return (position) => {
    const place = searches++ < searchesUntilTable ? search(position) : table()[position]!;
    return place < 0 ? null : tasks[place]!.task;
  };
}
