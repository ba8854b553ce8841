// The items of a batch as a stage function sees them: each with what can be said of it.
import type { SharedItem } from '../engine/executor.ts';
import type { BatchItem } from '../model/item-spec.ts';
import type { WorkerReply } from './worker-protocol.ts';

/** `checked` throws where the values are no metrics. */
export function batchItems(
  items: readonly SharedItem[],
  send: (reply: WorkerReply) => void,
  checked: (values: unknown) => Readonly<Record<string, number>>,
): readonly BatchItem[] {
  return items.map((item) => ({
    ...item,
    done: () => send({ kind: 'item-done', item: item.key }),
    failed(why) {
      if (typeof why !== 'string') throw new TypeError('failed takes a text that says why');
      send({ kind: 'item-failed', item: item.key, why });
    },
    metric: (values) => send({ kind: 'item-metric', item: item.key, values: checked(values) }),
  }));
}
