// What a run says of circuit breakers, and of pools that let nothing begin for a while.
import type { TaskId } from '../base/brand.ts';

/** Of a pool or a service: it has opened, tries one task, or has closed again. */
export type BreakerChanged = {
  readonly kind: 'breaker-changed';
  readonly of: 'pool' | 'service';
  readonly name: string;
} & BreakerNews;

/** So many have begun within a minute that no more may for so long. Told now and then, where somebody waits for it. */
export interface PoolFull {
  readonly kind: 'pool-full';
  readonly pool: string;
  readonly perMinute: number;
  readonly forMs: number;
}

export type BreakerNews =
  /** Nothing of it begins for so long. `failures`: how many that took; 1 after a trial that failed. */
  | { readonly state: 'open'; readonly failures: number; readonly pauseMs: number }
  | { readonly state: 'trying'; readonly task: TaskId }
  | { readonly state: 'closed' };
