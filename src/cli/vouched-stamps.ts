// What the stamps of a proof vouch for, for a build of a part: the content that the records of its tasks tell of.
import type { Digest, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Records } from '../engine/ports.ts';
import type { StampMemory } from '../files/digest-memory.ts';
import { isOfFile } from '../glance/glance.ts';
import { stampLength } from '../glance/proof-format.ts';
import { positionsIn } from '../glance/sights.ts';
import type { Sighting } from './sighting.ts';

/**
 * What `own` remembers, and what was found fresh when the proof was made: each file had the content of the record under
 * the stamp of the proof. A record is read when one of its files is asked for.
 */
export function vouchedStamps(own: StampMemory, records: Records, sighting: Sighting): StampMemory {
  const { stamps } = sighting.proof;
  const { again, changed, before } = sighting.concerned;
  // Mostly they are few, and what follows from them may have looked at very many.
  const ofChanged = once(() => lookersAmong(sighting, (task) => changed.has(task)));
  const ofOthers = once(() => {
    const [following, rest] = [again, before].map((tasks) =>
      lookersAmong(sighting, (task) => tasks.has(task) && !changed.has(task)),
    );
    return (path: string) => following!.get(path) ?? rest!.get(path);
  });
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
      const lookers = ofChanged().get(path) ?? ofOthers()(path);
      const looker = lookers?.find(({ at }) => isOfFile(present, stamps, at));
      const digest = looker && digestsOf(looker.task).get(path);
      return digest === undefined ? undefined : { stamp: present, digest };
    },
    put: (path, entry) => own.put(path, entry),
  };
}

type Digests = ReadonlyMap<string, Digest>;

function digestsIn(records: Records, task: string): Digests {
  const memory = records.memory(task as TaskId);
  if (memory.kind !== 'done') return new Map();
  const { inputs, outputs } = memory.record;
  return new Map(
    [...inputs, ...outputs].flatMap(({ kind, path, digest }) =>
      kind === 'file' ? [[path as string, digest] as const] : [],
    ),
  );
}

/** A task that looked at a path, and where the stamp stands that it saw. */
interface Looker {
  readonly task: string;
  readonly at: number;
}

/** By path, of each stamp the first: one may tell of very many files at once. */
function lookersAmong(
  { proof }: Sighting,
  isMeant: (task: string) => boolean,
): ReadonlyMap<string, readonly Looker[]> {
  const paths = proof.paths();
  const taken = new Uint8Array(paths.length);
  const lookers = new Map<string, Looker[]>();
  for (const { task, isFresh, recordAt, paths: runs } of proof.sights().tasks) {
    // Not all that is fresh is so by its content.
    if (!isFresh || recordAt === null || !isMeant(task)) continue;
    for (const position of positionsIn(runs)) {
      if (taken[position] === 1) continue;
      taken[position] = 1;
      const looker = { task, at: position * stampLength };
      const known = lookers.get(paths[position]!);
      if (known === undefined) lookers.set(paths[position]!, [looker]);
      else known.push(looker);
    }
  }
  return lookers;
}
