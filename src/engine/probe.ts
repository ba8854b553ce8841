// The port through which services are looked at over the network.
import type { Answer } from '../model/service.ts';
import type { ServiceCheck } from '../model/stage.ts';

export type NetworkCheck = Extract<ServiceCheck, { readonly kind: 'http' | 'tcp' }>;

/** One look, which `signal` ends. Without an answer in time it is down. Never rejects. */
export type Probe = (
  check: NetworkCheck,
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
) => Promise<Answer>;
