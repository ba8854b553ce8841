// Whether a claim still holds where it is found: not when its maker is dead or has given it up, or when it is a copy.
import type { Claim } from './lock-files.ts';
import { isOwed } from './owed-claims.ts';
import { type Condition, conditionOf, type ProcessIdentity } from './process-identity.ts';

/** `place`: of the folder in which `claim` was found. Device numbers are those of one kernel. */
export function conditionIn(place: string | null, claim: Claim, here: ProcessIdentity): Condition {
  if (isOwed(claim.nonce)) return 'dead';
  const isComparable = claim.place !== null && place !== null && claim.boot === here.boot;
  return isComparable && claim.place !== place ? 'dead' : conditionOf(claim, here);
}
