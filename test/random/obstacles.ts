// Which stages of a build stand in the way of others, and whether it goes on at all.
import type { BuildRequest, TaskEnd } from './builder.ts';
import { afterOf, type Shape, type StageShape, upstreamOf } from './shape.ts';

export class Obstacles {
  private readonly shape: Shape;
  private readonly request: BuildRequest;
  private readonly ends = new Map<StageShape, TaskEnd>();
  /** A stage has failed that fails the run, and nothing new is begun. */
  isOver = false;

  constructor(shape: Shape, request: BuildRequest) {
    this.shape = shape;
    this.request = request;
  }

  ended(stage: StageShape, end: TaskEnd): void {
    this.ends.set(stage, end);
    if (end === 'failed' && !stage.optional && !this.request.keepGoing) this.isOver = true;
  }

  /** An optional stage that failed stands in the way of those alone that need its files. */
  block(stage: StageShape): boolean {
    if ([...upstreamOf(this.shape, stage)].some((upstream) => this.isBad(upstream))) return true;
    const after = afterOf(this.shape, stage);
    if (after === null || !this.isBad(after)) return false;
    return !(after.optional && this.ends.get(after) === 'failed');
  }

  /** Whether the stage may end so, or must not. */
  allow(stage: StageShape, end: TaskEnd): boolean {
    if (this.block(stage)) return end === 'skipped';
    if (!this.isOver) return end !== 'skipped';
    // Ambiguous: what runs beside the first failure goes on, and how much that is is up to the programs' speed.
    return end === 'skipped' || this.request.jobs > 1;
  }

  private isBad(stage: StageShape): boolean {
    return ['failed', 'skipped', 'waiting'].includes(this.ends.get(stage) ?? '');
  }
}

/** How a run with these ends itself ends. */
export function exitCodeOf(shape: Shape, ends: ReadonlyMap<string, TaskEnd>): number {
  if (shape.some(({ name, optional }) => !optional && ends.get(name) === 'failed')) return 1;
  return [...ends.values()].includes('waiting') ? 3 : 0;
}
