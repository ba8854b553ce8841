// How far a stage with items has come: of thousands of tasks a person wants to know that much.
import type { TaskId } from '../../base/brand.ts';
import type { PipeEvent, TaskOutcome } from '../events.ts';

export interface FamilyView {
  readonly stage: string;
  /** `null`: not all of them are known yet. */
  readonly total: number | null;
  readonly counts: Readonly<Record<TaskOutcome, number>>;
  /** Begun and not finished, be it in their first attempt or a later one, or between two. */
  readonly running: ReadonlySet<TaskId>;
  /** When the first of them began, in milliseconds since 1970; `null`: none has. */
  readonly sinceMs: number | null;
  /** What all that was done took together. */
  readonly workMs: number;
}

type Growing = { -readonly [K in keyof FamilyView]: FamilyView[K] } & {
  counts: Record<TaskOutcome, number>;
  running: Set<TaskId>;
};

/** Changes the map, and the views in it. */
export function foldFamilies(families: Map<string, FamilyView>, event: PipeEvent): void {
  if (event.kind === 'stage-fanned-out') familyOf(families, event.stage).total = event.items;
  else if (event.kind === 'task-started' && event.item !== null) {
    const family = familyOf(families, event.stage);
    family.running.add(event.task);
    family.sinceMs ??= Date.parse(event.at);
  } else if (event.kind === 'task-finished' && event.item !== null) {
    const family = familyOf(families, event.stage);
    family.counts[event.outcome]++;
    family.workMs += event.durationMs;
    family.running.delete(event.task);
  }
}

export function doneInFamily({ counts }: FamilyView): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

export function isFamilyDone(family: FamilyView): boolean {
  return family.total !== null && doneInFamily(family) >= family.total;
}

/** In milliseconds; `null` where nobody can know. What was fresh went by in no time, and is no measure. */
export function familyRemainingMs(family: FamilyView, nowMs: number): number | null {
  const { counts, sinceMs, total } = family;
  const worked = counts.executed + counts.restored + counts.failed;
  if (sinceMs === null || total === null || worked === 0) return null;
  return ((nowMs - sinceMs) / worked) * (total - doneInFamily(family));
}

function familyOf(families: Map<string, FamilyView>, stage: string): Growing {
  const known = families.get(stage);
  if (known !== undefined) return known as Growing;
  const counts = { executed: 0, restored: 0, fresh: 0, failed: 0, skipped: 0, waiting: 0, cancelled: 0 };
  const family: Growing = { stage, total: null, counts, running: new Set(), sinceMs: null, workMs: 0 };
  families.set(stage, family);
  return family;
}
