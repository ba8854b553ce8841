// Makes a proof of an earlier one after some tasks were looked at again: of the others it says what it said.
import { encodeProof, type Proof, type ProofHeader, type ReadProof, stampLength } from './proof-format.ts';
import type { TaskFacts, Vouched } from './seal.ts';
import { runsOf, type Sights, someOf } from './sights.ts';

/**
 * `facts`: of the tasks that were looked at again. What they and all others have in common is vouched for anew;
 * where others look at a path too, these keep the stamp that they knew.
 */
export function reseal(
  proof: ReadProof,
  vouched: Vouched,
  header: ProofHeader,
  facts: ReadonlyMap<string, TaskFacts>,
): Buffer {
  const { common, tasks, edges } = proof.sights();
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
  const newTasks = tasks.map((sight) => {
    const fact = facts.get(sight.task);
    if (fact === undefined) return sight;
    const positions = vouched.byTask.get(sight.task) ?? [];
    return { ...fact, paths: runsOf(positions.map((position) => patch.place(position))) };
  });
  const done = patch.done({ common: runsOf(newCommon), tasks: newTasks, edges });
  return encodeProof({ header, spec: proof.spec, ...done });
}

/** The paths and stamps of a proof, while some of them are replaced. */
class Patch {
  readonly paths: string[];
  private readonly stamps: Float64Array;
  private readonly added: number[] = [];
  private readonly vouched: Vouched;
  private readonly held: Uint8Array;
  /** Positions that nobody else looks at, by their paths, until one of them is taken. */
  private readonly free = new Map<string, number>();
  private readonly released = new Set<number>();
  private readonly placed = new Map<number, number>();

  constructor(proof: ReadProof, vouched: Vouched) {
    this.paths = [...proof.paths()];
    this.stamps = proof.stamps.slice();
    this.vouched = vouched;
    this.held = new Uint8Array(this.paths.length);
  }

  hold(position: number): void {
    this.held[position] = 1;
  }

  release(position: number): void {
    this.free.set(this.paths[position]!, position);
    this.released.add(position);
  }

  /** Where the vouched path at this position stands in the proof. */
  place(vouchedPosition: number): number {
    const known = this.placed.get(vouchedPosition);
    if (known !== undefined) return known;
    const path = this.vouched.paths[vouchedPosition]!;
    const stamp = this.stampOf(vouchedPosition);
    const old = this.free.get(path);
    let position = old;
    if (old === undefined || (this.held[old] === 1 && !this.isSame(old, stamp))) {
      position = this.paths.push(path) - 1;
      this.added.push(...stamp);
    } else if (this.held[old] === 0) this.stamps.set(stamp, old * stampLength);
    this.placed.set(vouchedPosition, position!);
    return position!;
  }

  /** Without what nobody looks at any more. */
  done(sights: Sights): Pick<Proof, 'paths' | 'stamps' | 'sights'> {
    const stamps = new Float64Array(this.stamps.length + this.added.length);
    stamps.set(this.stamps);
    stamps.set(this.added, this.stamps.length);
    const used = new Set(this.placed.values());
    const unused = [...this.released].filter((position) => !used.has(position) && !this.held[position]);
    const whole = { paths: this.paths, stamps, sights };
    return unused.length === 0 ? whole : without(whole, new Set(unused));
  }

  private stampOf(vouchedPosition: number): Float64Array {
    const from = vouchedPosition * stampLength;
    return this.vouched.stamps.subarray(from, from + stampLength);
  }

  private isSame(position: number, stamp: Float64Array): boolean {
    return stamp.every((number, i) => number === this.stamps[position * stampLength + i]);
  }
}

function without(
  { paths, stamps, sights }: Pick<Proof, 'paths' | 'stamps' | 'sights'>,
  unused: ReadonlySet<number>,
) {
  const kept = paths.flatMap((_, position) => (unused.has(position) ? [] : [position]));
  const places = new Map(kept.map((position, place) => [position, place]));
  const moved = (runs: readonly number[]) =>
    runsOf(positionsIn(runs).map((position) => places.get(position)!));
  return {
    paths: kept.map((position) => paths[position]!),
    stamps: new Float64Array(
      kept.flatMap((position) => [...stamps.subarray(position * stampLength, (position + 1) * stampLength)]),
    ),
    sights: {
      ...sights,
      common: moved(sights.common),
      tasks: sights.tasks.map((sight) => ({ ...sight, paths: moved(sight.paths) })),
    },
  };
}

function positionsIn(runs: readonly number[]): readonly number[] {
  const positions: number[] = [];
  someOf(runs, (position) => {
    positions.push(position);
    return false;
  });
  return positions;
}
