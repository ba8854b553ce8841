// One execution for the items of a batch, out of those that each of them would have alone.
import { fillCommand } from '../model/command/command-line.ts';
import { pathFrom } from '../model/items/item-stage.ts';
import { paramWords } from '../model/params/param.ts';
import type { BatchNews, Execution, SharedItem } from './executor.ts';
import type { Seat } from './seat.ts';

type Told = Pick<Execution, 'onOutput' | 'onProgress' | 'onMetric' | 'onRetryAfter' | 'onUnclear'>;

/** In its command `{requires}` and `{produces}` are those of all of them. */
export function sharedExecution(
  seats: readonly Seat[],
  told: Told & { readonly batch: BatchNews },
): Execution {
  const [{ execution: first, task }] = seats as readonly [Seat, ...Seat[]];
  const { stage } = task;
  const items = seats.flatMap(({ execution: { context } }): readonly SharedItem[] => {
    const { item, requires, produces } = context;
    return item === null ? [] : [{ ...item, requires, produces }];
  });
  const requires = [...new Set(items.flatMap((item) => item.requires))].sort();
  const produces = [...new Set(items.flatMap((item) => item.produces))];
  const fromCwd = (file: string) => pathFrom(stage.cwd, file);
  return {
    ...first,
    ...told,
    command: fillCommand(stage.command, {
      requires: requires.map(fromCwd),
      produces: produces.map(fromCwd),
      ...paramWords(stage.params),
    }),
    env: { ...first.env, PIPE_ITEM: '' },
    context: { ...first.context, item: null, items, requires, produces },
  };
}
