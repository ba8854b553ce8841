// What the stamps of a proof vouch for, for a build of a part: the content that the records of its tasks tell of.
import type { Digest, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { type Search, searching } from '../base/searching.ts';
import type { Records, Stamp } from '../engine/ports.ts';
import type { StampMemory } from '../files/digest-memory.ts';
import { sameStamp, stampOf } from '../files/stamp.ts';
import { isOfFile } from '../glance/glance.ts';
import { stampLength } from '../glance/proof-format.ts';
import { includes, positionsIn, someOf } from '../glance/sights.ts';
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
  leftOut: () => readonly number[],
): StampMemory {
  const { proof } = sighting;
  const lookerAt = lookers(sighting, leftOut);
  const digests = new Map<string, (path: string) => Digest | undefined>();
  const digestOf = (task: string, path: string) => {
    let known = digests.get(task);
    if (known === undefined) {
      known = digestsIn(records, task);
      digests.set(task, known);
    }
    return known(path);
  };
  const isSeenAt = (position: number, present: Stamp) =>
    isOfFile(present, proof.stamps, position * stampLength);
  const digestAt = (position: number, path: string) => {
    const looker = lookerAt(position);
    return looker === null ? undefined : digestOf(looker, path);
  };
  const findNear = nearFirst(sighting);
  // Who asks for many asks for them in the order in which they were seen, side by side or with others between them.
  let [last, step] = [-1, 1];
  return {
    get(path, present) {
      const known = own.get(path, present);
      if (known !== undefined) return known;
      const next = last + step;
      const isNext = proof.paths()[next] === path && isSeenAt(next, present);
      for (const position of isNext ? [next] : findNear(path)) {
        if (!isNext && !isSeenAt(position, present)) continue;
        const digest = digestAt(position, path);
        if (digest === undefined) continue;
        [last, step] = [position, position - last];
        return { stamp: present, digest };
      }
      return undefined;
    },
    put: (path, entry) => own.put(path, entry),
  };
}

/** Whether the file has been read under the very stamp that it has now. Files of `root` have their names from there. */
export function isRead(memory: StampMemory, root: string, absolutePath: string): boolean {
  const present = stampOf(absolutePath);
  if (present === null) return false;
  const name = absolutePath.startsWith(`${root}/`) ? absolutePath.slice(root.length + 1) : absolutePath;
  const known = memory.get(name, present);
  return known !== undefined && sameStamp(known.stamp, present);
}

/** So many are listed to be searched; more would take as long as going through all. */
const mostNear = 1000;

/**
 * First among what the tasks of the part looked at, which is little where all together looked at a hundred thousand
 * files. Each path stands once in a proof: what is found there is all.
 */
function nearFirst({ proof, concerned: { changed, again } }: Sighting): Search {
  const near = once(() => {
    const { tasks } = proof.sights();
    const places = [...new Set([...changed, ...again])].flatMap(proof.findTask);
    const positions = positionsIn(
      places.flatMap((place) => tasks[place]!.paths),
      mostNear,
    );
    const paths = proof.paths();
    return new Map(positions.map((position) => [paths[position]!, [position]]));
  });
  return (path) => near().get(path) ?? proof.findPath(path);
}

/** Of a record with very many files most are asked for, in its order. */
function digestsIn(records: Records, task: string): (path: string) => Digest | undefined {
  const memory = records.memory(task as TaskId);
  if (memory.kind !== 'done') return () => undefined;
  const { inputs, outputs } = memory.record;
  const [ofInputs, ofOutputs] = [inputs, outputs].map((files) => {
    const find = searching(() => files.map(({ path }) => path));
    let last = -1;
    return (path: string) => {
      const place = files[last + 1]?.path === path ? last + 1 : find(path)[0];
      if (place === undefined) return undefined;
      last = place;
      const { kind, digest } = files[place]!;
      return kind === 'file' ? digest : undefined;
    };
  });
  return (path) => ofInputs!(path) ?? ofOutputs!(path);
}

const searchesUntilTable = 8;

/**
 * Whose record tells of what was seen at a position: one that is read anyway, if there is one; for another may be one of
 * ten thousand, or tell of as many files.
 */
function lookers(
  { proof, concerned: { again, changed, before } }: Sighting,
  leftOut: () => readonly number[],
): (position: number) => string | null {
  const { tasks } = proof.sights();
  const groupOf = (placesOf: () => readonly number[]) => {
    // Not all that is fresh is so by its content.
    const places = once(() =>
      placesOf().filter((place) => tasks[place]!.isFresh && tasks[place]!.recordAt !== null),
    );
    let searches = 0;
    const table = once(() => tableOf(places()));
    return (position: number) => {
      if (searches++ >= searchesUntilTable) return table()[position]!;
      return places().find((place) => includes(tasks[place]!.paths, position)) ?? -1;
    };
  };
  const tableOf = (places: readonly number[]) => {
    const table = new Int32Array(proof.encodedPaths.count).fill(-1);
    for (const place of places)
      someOf(tasks[place]!.paths, (position) => {
        if (table[position] === -1) table[position] = place;
        return false;
      });
    return table;
  };
  const groups = [changed, again, before].map((names) => groupOf(() => [...names].flatMap(proof.findTask)));
  const all = [...groups, groupOf(leftOut)];
  return (position) => {
    for (const lookerIn of all) {
      const place = lookerIn(position);
      if (place >= 0) return tasks[place]!.task;
    }
    return null;
  };
}
