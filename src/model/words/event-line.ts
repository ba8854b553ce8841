// One event as one line of JSON, with the keys in the published order.

import type { PipeEvent } from '../events.ts';

/** Envelope first, then the task, then the rest as the event has it. Without the line's end. */
export function eventLine(event: PipeEvent): string {
  const { v, seq, runId, at, kind, ...rest } = event;
  const { task, stage, item, ...body } = rest as Record<string, unknown>;
  return JSON.stringify({ v, seq, runId, at, kind, task, stage, item, ...body });
}
