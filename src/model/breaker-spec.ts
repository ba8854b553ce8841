// The language of `breaker` in a configuration: when what keeps failing is left alone for a while. Plain data, as in spec.ts.
import type { Duration } from './value-spec.ts';

export interface BreakerSpec {
  /** So many failed attempts open it. */
  readonly failures: number;
  /** The time within which they count. Default: 1 minute. */
  readonly within?: Duration;
  /** How long nothing begins, before one attempt is tried. Default: 30 seconds. */
  readonly pause?: Duration;
}
