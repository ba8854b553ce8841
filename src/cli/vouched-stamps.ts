// What the stamps of a proof vouch for, for a build of a part: the content that the records of its tasks tell of.
import type { Digest, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Records } from '../engine/ports.ts';
import type { StampMemory } from '../files/digest-memory.ts';
import { isOfFile } from '../glance/glance.ts';
import { stampLength } from '../glance/proof-format.ts';
import { positionsIn } from '../glance/sights.ts';
import type { Sighting } from './sighting.ts';

interface Vouched {
  readonly position: number;
  readonly digest: Digest;
}

/**
 * What `own` remembers, and what was found fresh when the proof was made: each file had the content of the record under
 * the stamp of the proof.
 */
export function vouchedStamps(own: StampMemory, records: Records, sighting: Sighting): StampMemory {
  const { stamps } = sighting.proof;
  const vouched = once(() => vouchedIn(records, sighting));
  return {
    get(path, present) {
      const known = own.get(path, present);
      if (known !== undefined) return known;
      const one = vouched().get(path);
      if (one === undefined || !isOfFile(present, stamps, one.position * stampLength)) return undefined;
      return { stamp: present, digest: one.digest };
    },
    put: (path, entry) => own.put(path, entry),
  };
}

function vouchedIn(records: Records, { proof, concerned }: Sighting): ReadonlyMap<string, Vouched> {
  const paths = proof.paths();
  const vouched = new Map<string, Vouched>();
  for (const { task, isFresh, recordAt, paths: runs } of proof.sights().tasks) {
    if (!concerned.again.has(task) && !concerned.before.has(task)) continue;
    // Not all that is fresh is so by its content.
    if (!isFresh || recordAt === null) continue;
    const memory = records.memory(task as TaskId);
    if (memory.kind !== 'done') continue;
    const { inputs, outputs } = memory.record;
    const digests = new Map(
      [...inputs, ...outputs].flatMap(({ kind, path, digest }) =>
        kind === 'file' ? [[path as string, digest] as const] : [],
      ),
    );
    for (const position of positionsIn(runs)) {
      const path = paths[position]!;
      const digest = digests.get(path);
      if (digest !== undefined) vouched.set(path, { position, digest });
    }
  }
  return vouched;
}
