// Puts events into their envelope and hands each to every sink, in order; none of them with a secret.
import type { RunId } from '../base/brand.ts';
import type { EventBody } from '../model/events.ts';
import type { Clock } from './clock.ts';
import type { Sink } from './ports.ts';

export class EventStream {
  readonly runId: RunId;
  private readonly clock: Clock;
  private readonly sinks: readonly Sink[];
  private readonly tell: (body: EventBody) => EventBody;
  private seq = 0;

  /** `tell` takes out what nobody is to be told. */
  constructor(options: {
    readonly runId: RunId;
    readonly clock: Clock;
    readonly sinks: readonly Sink[];
    readonly tell: (body: EventBody) => EventBody;
  }) {
    this.runId = options.runId;
    this.clock = options.clock;
    this.sinks = options.sinks;
    this.tell = options.tell;
  }

  emit(body: EventBody): void {
    const at = new Date(this.clock.nowMs()).toISOString();
    const event = { v: 1, seq: this.seq++, runId: this.runId, at, ...this.tell(body) } as const;
    for (const sink of this.sinks) sink.handle(event);
  }
}
