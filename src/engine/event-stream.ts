// Puts events into their envelope and hands each to every sink, in order.
import type { RunId } from '../base/brand.ts';
import type { EventBody } from '../model/events.ts';
import type { Clock, Sink } from './ports.ts';

export class EventStream {
  readonly runId: RunId;
  private readonly clock: Clock;
  private readonly sinks: readonly Sink[];
  private seq = 0;

  constructor(options: { readonly runId: RunId; readonly clock: Clock; readonly sinks: readonly Sink[] }) {
    this.runId = options.runId;
    this.clock = options.clock;
    this.sinks = options.sinks;
  }

  emit(body: EventBody): void {
    const at = new Date(this.clock.nowMs()).toISOString();
    const event = { v: 1, seq: this.seq++, runId: this.runId, at, ...body } as const;
    for (const sink of this.sinks) sink.handle(event);
  }
}
