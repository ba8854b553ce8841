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

/** Of a stage with items, what those took that did something. */
export interface StageTime {
  readonly stage: string;
  readonly items: number;
  /** One after the other. */
  readonly sumMs: number;
  readonly slowest: TaskTime;
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
  /** Stages with items, the longest first; a few. Runs of old have none. */
  readonly stages?: readonly StageTime[];
  /** Tasks that need each other and together took longest, in their order: no number of jobs makes them shorter. */
  readonly chain: readonly TaskTime[];
}

/** How many commands ran at once on average, while any did. */
export function atOnce({ sumMs, busyMs }: CommandTimes): number {
  return busyMs === 0 ? 0 : sumMs / busyMs;
}

/** A task that did something. */
export interface TaskWork extends TaskTime {
  readonly item: string | null;
  readonly outputs: readonly string[];
}

/** The longest first. */
export function stageTimes(work: ReadonlyMap<string, readonly TaskWork[]>): readonly StageTime[] {
  return [...work]
    .flatMap(([stage, tasks]): readonly StageTime[] => {
      const items = tasks.filter(({ item }) => item !== null);
      if (items.length === 0) return [];
      const { task, ms } = items.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest));
      const sumMs = items.reduce((sum, one) => sum + one.ms, 0);
      return [{ stage, items: items.length, sumMs, slowest: { task, ms } }];
    })
    .sort((a, b) => b.sumMs - a.sumMs || (a.stage < b.stage ? -1 : 1));
}

/** What a stage needs. `oneByOne`: each of its items waits for the one that makes it, and not for the others. */
export interface Needed {
  readonly stage: string;
  readonly oneByOne: boolean;
}

/** The longest chain up to a moment. */
interface End {
  readonly ms: number;
  readonly time: TaskTime | null;
  readonly before: End | null;
}

const beginning: End = { ms: 0, time: null, before: null };

/** `stages`: each after all that it needs. Stages that took no time may stand in between. */
export function longestChain(
  stages: readonly string[],
  neededBy: (stage: string) => readonly Needed[],
  work: ReadonlyMap<string, readonly TaskWork[]>,
): readonly TaskTime[] {
  const ends = new Map<string, { readonly begun: End; readonly all: End; readonly made: Map<string, End> }>();
  let longest = beginning;
  for (const stage of stages) {
    const needed = neededBy(stage).flatMap((one) => {
      const end = ends.get(one.stage);
      return end === undefined ? [] : [{ ...end, oneByOne: one.oneByOne }];
    });
    const begun = longestOf(needed.map(({ oneByOne, begun, all }) => (oneByOne ? begun : all)));
    const made = new Map<string, End>();
    let all = begun;
    for (const { task, ms, item, outputs } of work.get(stage) ?? []) {
      const makers = needed.map((one) => (one.oneByOne && item !== null ? one.made.get(item) : undefined));
      const before = longestOf([begun, ...makers.filter((end) => end !== undefined)]);
      const end = { ms: before.ms + ms, time: { task, ms }, before };
      for (const path of outputs) made.set(path, end);
      all = longestOf([all, end]);
    }
    ends.set(stage, { begun, all, made });
    longest = longestOf([longest, all]);
  }
  const chain: TaskTime[] = [];
  for (let end: End | null = longest; end !== null; end = end.before)
    if (end.time !== null) chain.unshift(end.time);
  return chain;
}

/** Of equal ones the first. */
function longestOf(ends: readonly End[]): End {
  return ends.reduce((longest, end) => (end.ms > longest.ms ? end : longest), beginning);
}
