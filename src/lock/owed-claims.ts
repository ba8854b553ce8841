// Claims that this process has given up, and could not say so on disk yet: their folder was away, or could not be read or written.

import { withFolder } from './held-folder.ts';
import { claimIn, markReleased, removeLower } from './lock-files.ts';
import { placeOf } from './place.ts';

/** A claim that this process has made. */
export interface OwnClaim {
  readonly folder: string;
  readonly number: number;
  readonly nonce: string;
  readonly place: string | null;
}

/** Others that wait must not do so for as long as this process happens to live. */
const RETRY_MS = 1000;

/** Of a folder that was deleted nobody ever hears again, so they would add up. */
const MOST = 64;

const owed = new Map<string, OwnClaim>();
let timer: NodeJS.Timeout | null = null;

/** `away`: neither that it is there can be seen, nor that it is not. `failed`: it is there, and stays. */
export function giveBack({
  folder,
  number,
  nonce,
  place,
}: OwnClaim): { readonly kind: 'done' | 'away' } | { readonly kind: 'failed'; readonly problem: unknown } {
  let isFound = false;
  try {
    // Another folder may come into its place at any moment, with a claim of somebody else in it.
    return withFolder(folder, (held) => {
      const claim = claimIn(held, number);
      // If the folder was deleted, another process may hold a lock of its own there by now.
      if (typeof claim !== 'object' || claim.nonce !== nonce)
        return { kind: place !== null && placeOf(held) === place ? 'done' : 'away' };
      isFound = true;
      removeLower(held, number);
      markReleased(held, number);
      return { kind: 'done' };
    });
  } catch (problem) {
    return isFound ? { kind: 'failed', problem } : { kind: 'away' };
  }
}

/** From now on `claim` is given back as soon as that is possible. */
export function owe(claim: OwnClaim): void {
  owed.set(claim.nonce, claim);
  for (const nonce of owed.keys()) if (owed.size > MOST) owed.delete(nonce);
  timer ??= setInterval(giveBackOwed, RETRY_MS).unref();
}

export function isOwed(nonce: string): boolean {
  return owed.has(nonce);
}

export function giveBackOwed(): void {
  for (const claim of owed.values()) if (giveBack(claim).kind === 'done') owed.delete(claim.nonce);
  if (owed.size > 0 || timer === null) return;
  clearInterval(timer);
  timer = null;
}
