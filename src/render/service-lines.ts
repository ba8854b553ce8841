// What a console shows of services and breakers: one line for each change that keeps a person waiting, or is news.
import type { BreakerChanged, PoolFull } from '../model/breaker-events.ts';
import type { ServiceChanged } from '../model/service-events.ts';
import { formatDuration } from '../model/words/amounts.ts';
import { breakerWords } from '../model/words/breaker-view.ts';
import { inOneLine, printable } from '../model/words/printable.ts';
import { padEnd, truncate } from './fit.ts';
import type { Look } from './look.ts';
import { nameOf, wordWidth } from './task-line.ts';

/** `pool      llm  5 failures: nothing new begins for 30s` */
export function breakerLine(event: BreakerChanged, look: Look): string {
  const words = printable(breakerWords(event));
  const line = `${padEnd(event.of, wordWidth)}${nameOf(event.name, look)}  ${words}`;
  const fitted = look.columns === null ? line : truncate(line, look.columns);
  return event.state === 'open' ? look.style.warn(fitted) : fitted;
}

/** `pool      api  60 began within a minute: nothing more for 42s` */
export function fullLine({ pool, perMinute, forMs }: PoolFull, look: Look): string {
  const words = `${perMinute} began within a minute: nothing more for ${formatDuration(forMs)}`;
  const line = `${padEnd('pool', wordWidth)}${nameOf(pool, look)}  ${words}`;
  return look.columns === null ? line : truncate(line, look.columns);
}

/** `service   db  started: docker compose up` */
export function serviceLines(event: ServiceChanged, look: Look, { verbose }: { readonly verbose: boolean }) {
  const words = wordsOf(event, verbose);
  if (words === null) return [];
  const line = `${padEnd('service', wordWidth)}${nameOf(event.service, look)}  ${printable(words)}`;
  const fitted = look.columns === null ? line : truncate(line, look.columns);
  return [event.state === 'ended' && event.why !== null ? look.style.warn(fitted) : fitted];
}

/** `null`: no news. That one is down is told by the tasks that fail for it. */
function wordsOf(event: ServiceChanged, verbose: boolean): string | null {
  switch (event.state) {
    case 'awaited':
      return `${event.checked}: ${inOneLine(event.why)}; waiting for ${formatDuration(event.timeoutMs)} at most`;
    case 'started':
      return `started: ${event.command}`;
    case 'healthy':
      return `healthy after ${formatDuration(event.waitedMs)}`;
    case 'down':
      return null;
    case 'ended':
      if (event.why !== null) return `ended by itself: ${event.why}`;
      return verbose ? 'ended with the run' : null;
  }
}
