// Where the time of a run went: every moment of pipe's own thread belongs to one kind of work.
import type { TaskId } from '../base/brand.ts';

/** In the order in which a run comes to them. */
export const workKinds = [
  'start',
  'config',
  'waiting',
  'listing',
  'stamping',
  'hashing',
  'clearing',
  'restoring',
  'running',
  'pausing',
  'storing',
  'recording',
  'settling',
  'telling',
  'other',
] as const;
export type WorkKind = (typeof workKinds)[number];

/** What there was to do; `bytes` are those of the files. */
export type WorkUnit = 'stages' | 'patterns' | 'files' | 'bytes' | 'commands' | 'records';

export interface Spent {
  readonly work: WorkKind;
  /** Milliseconds, to a tenth. */
  readonly ms: number;
  readonly counts: Readonly<Partial<Record<WorkUnit, number>>>;
}

export interface TaskTime {
  readonly task: TaskId;
  readonly ms: number;
}

/** Of the commands and functions that were started: they run beside each other, and beside pipe's own work. */
export interface CommandTimes {
  readonly count: number;
  /** Of each from its start to its end, summed up. */
  readonly sumMs: number;
  /** How long at least one of them ran. */
  readonly busyMs: number;
  /** The most that ran at once. */
  readonly most: number;
  readonly jobs: number;
}

export interface Profile {
  /** From the start of the process to just before the run's last event: the sum of all that was spent. */
  readonly totalMs: number;
  /** Only what was done, in the order of `workKinds`. */
  readonly spent: readonly Spent[];
  /** `null`: nothing was started. */
  readonly commands: CommandTimes | null;
  /** Of tasks that did something, the longest first; a few. */
  readonly slowest: readonly TaskTime[];
  /** Tasks that need each other and together took longest, in their order: no number of jobs makes them shorter. */
  readonly chain: readonly TaskTime[];
}

/** How many commands ran at once on average, while any did. */
export function atOnce({ sumMs, busyMs }: CommandTimes): number {
  return busyMs === 0 ? 0 : sumMs / busyMs;
}

/** `stages`: each after all that it needs. `before`: what it needs. Stages that took no time may stand in between. */
export function longestChain(
  stages: readonly string[],
  before: (stage: string) => readonly string[],
  times: ReadonlyMap<string, TaskTime>,
): readonly TaskTime[] {
  const ends = new Map<string, { readonly ms: number; readonly last: string | null }>();
  let longest: string | null = null;
  for (const stage of stages) {
    let ms = 0;
    let last: string | null = null;
    for (const one of before(stage)) {
      const end = ends.get(one);
      if (end !== undefined && end.ms > ms) [ms, last] = [end.ms, one];
    }
    ends.set(stage, { ms: ms + (times.get(stage)?.ms ?? 0), last });
    if (longest === null || ends.get(stage)!.ms > ends.get(longest)!.ms) longest = stage;
  }
  const chain: TaskTime[] = [];
  for (let stage = longest; stage !== null; stage = ends.get(stage)?.last ?? null) {
    const time = times.get(stage);
    if (time !== undefined) chain.unshift(time);
  }
  return chain;
}
