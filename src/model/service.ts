// What is found when a service is looked at, and how it is said to be down.
import { describeCommand } from './command/command-line.ts';
import type { Failure } from './failure.ts';
import type { Service, ServiceCheck } from './stage.ts';
import { formatDuration } from './words/amounts.ts';

/** What one look found. `why`: a clause, such as `connection refused`. */
export type Answer =
  | { readonly isHealthy: true }
  | {
      readonly isHealthy: false;
      readonly why: string;
      /** It was ended before it could say anything. */
      readonly isLate?: true;
    };

export const healthy: Answer = { isHealthy: true };

export function unhealthy(why: string): Answer {
  return { isHealthy: false, why };
}

export function late(limitMs: number): Answer {
  return { isHealthy: false, why: `no answer within ${formatDuration(limitMs)}`, isLate: true };
}

const longestMs = 10_000;

/**
 * A look that takes longer has no answer: also of what accepts a question and never answers it. None takes longer than
 * what is left of the time for which the service is waited for; one that is not waited for is looked at once.
 */
export function longestLookMs({ timeoutMs }: Pick<Service, 'timeoutMs'>, leftMs: number = timeoutMs): number {
  return timeoutMs === 0 ? longestMs : Math.min(longestMs, Math.ceil(leftMs));
}

/** How long after a look comes the next, which must still have some time to answer in; 0: there is none. */
export function nextLookMs(
  { timeoutMs, intervalMs }: Pick<Service, 'timeoutMs' | 'intervalMs'>,
  leftMs: number,
): number {
  const neededMs = Math.min(intervalMs, timeoutMs / 10);
  return Math.max(0, Math.min(intervalMs, leftMs - neededMs));
}

/** What is looked at, in one line, for people. */
export function describeCheck(check: ServiceCheck): string {
  switch (check.kind) {
    case 'http':
      return `GET ${check.url}`;
    case 'tcp':
      return `port ${check.port} of ${check.host}`;
    case 'command':
      return describeCommand(check.command);
    case 'function':
      return 'function in the configuration';
  }
}

/** `log`: of its start, relative to the root. */
export function downOf({ name, check, hint }: Service, why: string, log: string | null): Failure {
  return { kind: 'service-down', service: name, checked: describeCheck(check), why, hint, log };
}

/** Whether a function of the configuration has to be asked. */
export function asksFunction(services: readonly Service[]): boolean {
  return services.some(({ check }) => check.kind === 'function');
}
