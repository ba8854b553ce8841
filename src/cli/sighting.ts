// What a glance saw that is not as it was, for the build that looks further.
import type { ReadProof } from '../glance/proof-format.ts';
import type { Concerned } from '../glance/sights.ts';
import { launched } from './launched.ts';

export interface Sighting {
  /** Absolute, without symbolic links. */
  readonly root: string;
  readonly configPath: string;
  readonly proof: ReadProof;
  /** What the configuration exports now: the same as then. */
  readonly spec: unknown;
  readonly concerned: Concerned;
}

export function handOver(sighting: Sighting): void {
  const launch = launched();
  if (launch !== null) launch.handedOver = sighting;
}

/** Once. `null`: nothing is known. */
export function takeSighting(): Sighting | null {
  const launch = launched();
  const sighting = (launch?.handedOver ?? null) as Sighting | null;
  if (launch !== null) delete launch.handedOver;
  return sighting;
}
