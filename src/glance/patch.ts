// The paths and stamps of a proof, while some of them are replaced by others.

import type { Vouched } from './onlooker.ts';
import { encodedPaths } from './path-list.ts';
import { type Proof, type ReadProof, stampLength } from './proof-format.ts';
import { positionsIn, runsOf, type Sights } from './sights.ts';

export interface Changed extends Pick<Proof, 'paths' | 'stamps'> {
  readonly sights: Sights;
}

export class Patch {
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
  done(sights: Sights): Changed {
    const stamps = new Float64Array(this.stamps.length + this.added.length);
    stamps.set(this.stamps);
    stamps.set(this.added, this.stamps.length);
    const used = new Set(this.placed.values());
    const unused = [...this.released].filter((position) => !used.has(position) && !this.held[position]);
    const all = { paths: this.paths, stamps, sights };
    const kept = unused.length === 0 ? all : without(all, new Set(unused));
    return { ...kept, paths: encodedPaths(kept.paths) };
  }

  private stampOf(vouchedPosition: number): Float64Array {
    const from = vouchedPosition * stampLength;
    return this.vouched.stamps.subarray(from, from + stampLength);
  }

  private isSame(position: number, stamp: Float64Array): boolean {
    return stamp.every((number, i) => number === this.stamps[position * stampLength + i]);
  }
}

interface Looked {
  readonly paths: readonly string[];
  readonly stamps: Float64Array;
  readonly sights: Sights;
}

function without({ paths, stamps, sights }: Looked, unused: ReadonlySet<number>): Looked {
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
