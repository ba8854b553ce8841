// What a watch has at rest, from what was found: what is fresh, and what does not run by itself, one line for a stage.
import type { TaskId } from '../base/brand.ts';
import type { Found } from '../engine/whats-to-do.ts';
import type { Failure } from '../model/failure.ts';
import { stageOfTask } from '../model/task.ts';
import type { Pending, Rest } from '../render/watch-lines.ts';

export function freshOf(found: Found): Rest['fresh'] {
  return [...found.tasks].filter(([, { kind }]) => kind === 'fresh').map(([id]) => id);
}

export function pendingOf(found: Found): ReadonlyMap<TaskId, Pending> {
  const pending = new Map<TaskId, Pending>();
  for (const [task, state] of found.tasks) {
    // One line for a stage, not for each of its items.
    const id = stageOfTask(task) as TaskId;
    if (state.kind === 'blocked') pending.set(id, state);
    if (state.kind === 'held' && state.hold.kind === 'until-asked') {
      const before = pending.get(id);
      // That one of its items has failed is worth more than that others wait.
      if (before?.kind !== 'until-asked' || before.why === 'manual')
        pending.set(id, { kind: 'until-asked', why: state.hold.why, estimateMs: state.estimateMs });
    }
    if (state.kind === 'held' && state.hold.kind === 'until-changed')
      pending.set(id, untilChanged(state.hold.failure, pending.get(id)));
  }
  return pending;
}

/**
 * What of it a person has to be told anew, as text to compare. Which item is waited for, and what one took, changes with
 * each that is built in another terminal, and nobody would want a line for each of them.
 */
export function newsIn(pending: ReadonlyMap<TaskId, Pending>): string {
  const news = [...pending].map(([id, state]) => {
    if (state.kind === 'blocked') return [id, state.kind, stageOfTask(state.by)];
    return state.kind === 'until-asked' ? [id, state.kind, state.why] : [id, state];
  });
  return JSON.stringify(news);
}

/** Of a stage with items, that one has failed is worth more than that others wait. */
function untilChanged(failure: Failure, before: Pending | undefined): Pending {
  if (before?.kind === 'until-changed' && !before.goesAlong) return before;
  if (failure.kind === 'io') return { kind: 'until-changed', goesAlong: true };
  if (failure.kind !== 'protected' || before?.kind === 'until-changed') return { kind: 'until-changed' };
  const others = before?.kind === 'until-decided' ? before.edited : [];
  return { kind: 'until-decided', edited: [...others, ...failure.paths] };
}
