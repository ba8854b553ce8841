// Why a task runs again in the same run, in words.
import type { TaskRetrying } from '../events.ts';
import { formatDuration, listSome } from './amounts.ts';
import { explainFailure } from './failures.ts';
import { printable } from './printable.ts';

/** `attempt 1 failed: exit code 7; again in 2.0s (2 left)` */
export function explainRetry(event: TaskRetrying): string {
  if (event.why === 'input-changed' && event.isOfOthers === true) {
    const whose = event.paths.length === 1 ? 'of another item was' : 'of other items were';
    return `its batch failed, and ${listSome(event.paths.map(printable), 3)} ${whose} edited meanwhile, so it runs again`;
  }
  if (event.why === 'input-changed')
    return event.asBefore === true
      ? 'its inputs were touched while it ran, or edited and put back, so it runs again'
      : 'its inputs were edited while it ran, so it runs again';
  const [what] = explainFailure(event.failure);
  return `attempt ${event.attempt} failed: ${what}; again in ${formatDuration(event.delayMs)} (${event.left} left)`;
}
