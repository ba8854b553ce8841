// What is found when a service is looked at, and how it is said to be down.
import { describeCommand } from './command/command-line.ts';
import type { Failure } from './failure.ts';
import type { Service, ServiceCheck } from './stage.ts';

/** What one look found. `why`: a clause, such as `connection refused`. */
export type Answer = { readonly isHealthy: true } | { readonly isHealthy: false; readonly why: string };

export const healthy: Answer = { isHealthy: true };

export function unhealthy(why: string): Answer {
  return { isHealthy: false, why };
}

/** A look that takes longer has no answer: also of what accepts a question and never answers it. */
export const longestLookMs = 10_000;

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
