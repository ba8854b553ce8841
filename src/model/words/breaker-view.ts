// Which pools and services nothing begins of for a while, as far as it was told.
import type { BreakerChanged } from '../breaker-events.ts';
import type { PipeEvent } from '../events.ts';
import { formatDuration, plural } from './amounts.ts';

export interface BreakerView {
  readonly why: 'failing' | 'full';
  readonly of: BreakerChanged['of'];
  readonly name: string;
  readonly pausedUntilMs: number;
}

export function foldBreakers(breakers: Map<string, BreakerView>, event: PipeEvent): void {
  for (const [key, { why, pausedUntilMs }] of breakers)
    if (why === 'full' && Date.parse(event.at) >= pausedUntilMs) breakers.delete(key);
  if (event.kind === 'pool-full') {
    const pausedUntilMs = Date.parse(event.at) + event.forMs;
    breakers.set(`full ${event.pool}`, { why: 'full', of: 'pool', name: event.pool, pausedUntilMs });
  }
  if (event.kind !== 'breaker-changed') return;
  const { of, name } = event;
  const key = `${of} ${name}`;
  if (event.state !== 'open') breakers.delete(key);
  else breakers.set(key, { why: 'failing', of, name, pausedUntilMs: Date.parse(event.at) + event.pauseMs });
}

/** What happens to it now, behind its name. */
export function breakerWords(event: BreakerChanged): string {
  switch (event.state) {
    case 'open':
      return `${plural(event.failures, 'failure')}: nothing new begins for ${formatDuration(event.pauseMs)}`;
    case 'trying':
      return `tries ${event.task}`;
    case 'closed':
      return 'answers again, all go on';
  }
}
