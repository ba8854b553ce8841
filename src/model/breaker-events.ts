// What a run says of circuit breakers.
import type { TaskId } from '../base/brand.ts';

/** Of a pool or a service: it has opened, tries one task, or has closed again. */
export type BreakerChanged = {
  readonly kind: 'breaker-changed';
  readonly of: 'pool' | 'service';
  readonly name: string;
} & BreakerNews;

export type BreakerNews =
  /** Nothing of it begins for so long. `failures`: how many that took; 1 after a trial that failed. */
  | { readonly state: 'open'; readonly failures: number; readonly pauseMs: number }
  | { readonly state: 'trying'; readonly task: TaskId }
  | { readonly state: 'closed' };
