// How much of a plan comes to what: exactly, or at least, where stages are yet to make further items.

import type { TaskPlanned } from '../events.ts';

const ends = [
  ['fail', 'would fail'],
  ['wait', 'would wait'],
  ['skip', 'would be skipped'],
  ['run', 'would run'],
  ['restore', 'would be restored'],
  ['fresh', 'fresh'],
] as const;

/** `1 would fail`, `at least 3 would run`; nothing of what none comes to. */
export function planCounts(plans: readonly TaskPlanned[]): readonly string[] {
  return ends.flatMap(([action, words]) => {
    const those = plans.filter((plan) => plan.action === action);
    return those.length === 0 ? [] : [`${countText(those)} ${words}`];
  });
}

/** `12`, `at least 12` */
export function countText(plans: readonly TaskPlanned[]): string {
  const known = plans.filter((plan) => plan.furtherItems !== true);
  return `${known.length < plans.length ? 'at least ' : ''}${known.length}`;
}

/** Of those that are known, for programs. */
export function knownCounts(plans: readonly TaskPlanned[]): Readonly<Record<TaskPlanned['action'], number>> {
  const known = plans.filter((plan) => plan.furtherItems !== true);
  const count = (action: TaskPlanned['action']) => known.filter((plan) => plan.action === action).length;
  return {
    ...{ fail: count('fail'), wait: count('wait'), skip: count('skip'), run: count('run') },
    ...{ restore: count('restore'), fresh: count('fresh') },
  };
}
