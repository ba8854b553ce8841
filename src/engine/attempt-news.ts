// What an attempt tells while it runs, handed on: as events, to the board, to whoever counts what is used.
import type { Task } from '../model/task.ts';
import type { AttemptWatcher } from './attempt-options.ts';
import type { Board } from './board.ts';
import type { Spending } from './spending.ts';
import { named } from './task-state.ts';
import type { ToldOnce } from './told-once.ts';
import type { World } from './world.ts';

export function newsOf(
  task: Task,
  to: {
    readonly world: Pick<World, 'events'>;
    readonly board: Board;
    readonly spending: Spending;
    readonly toldOnce: ToldOnce;
    readonly onMade: () => void;
  },
): AttemptWatcher {
  const of = named(task);
  const { board, spending, toldOnce, onMade } = to;
  const emit = to.world.events.emit.bind(to.world.events);
  return {
    onOutput: (stream, text) => emit({ kind: 'task-output', ...of, stream, text }),
    onProgress: (done, total) => emit({ kind: 'task-progress', ...of, done, total }),
    onMetric: (values) => spending.spend(task, values),
    onShare: (ms) => board.places.tookShare(task, ms),
    onInputsChanged: (attempt, edited) =>
      board.retrying(task, { kind: 'task-retrying', ...of, attempt, why: 'input-changed', ...edited }),
    onUnclear: (...what) => toldOnce.unclear(task, ...what),
    onWarning: (message, hint) => emit({ kind: 'warning', message, hint, task: task.id }),
    onMade,
    onCacheTrouble: (message) => toldOnce.cacheTrouble(task, message),
  };
}
