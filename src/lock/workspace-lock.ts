// The right to write in a workspace: held by one process at a time, never by a dead one for long.

import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as passes } from 'node:timers/promises';
import type { Lock, LockHolder } from '../engine/lock.ts';
import { conditionIn } from './claim-condition.ts';
import { type Claim, claimIn, createClaim, highestIn, removeClaim } from './lock-files.ts';
import { giveBack, giveBackOwed, type OwnClaim, owe } from './owed-claims.ts';
import { placeOf } from './place.ts';
import { ownIdentity, type ProcessIdentity } from './process-identity.ts';

const POLL_MS = 100;

type Try = { readonly kind: 'held'; readonly claim: OwnClaim } | Blocked;

interface Blocked {
  readonly kind: 'blocked';
  readonly by: Claim;
  readonly isSuspended: boolean;
}

/**
 * Files `<n>` with rising numbers; the highest one decides. To take the lock: find the highest, `k`,
 * free (released, or its holder dead); create `k+1`, whole and only if it is not there; look again,
 * and if there is a higher one, go back. Before it is released, what is lower is cleared away: something waits to be
 * started when it is taken, and nothing when it is released.
 *
 * Why two never hold it. The highest number never sinks: a file is removed only by who saw a higher
 * one, and a release keeps its file. Suppose A holds `m`, having seen at time `t` that `m` was the
 * highest, and B holds a higher number, so created after `t`. Take the first file above `m` that was
 * created after `t`: its maker had found the number below it to be the highest and free, and that can
 * only have been `m`. What it read there was A's claim (an earlier `m` was removed by someone who saw
 * a higher number, and then A would have seen one), so A had released, or was dead. Two makers of one
 * number cannot be: creating is exclusive. That someone slow creates a number once more, after it was
 * cleared away, does no harm: a higher one is there, which the second look shows.
 *
 * A folder that was copied has a copy of the claim in it, which gives nobody a right there, so whoever
 * finds it free and takes the copy holds what nobody else does. A claim names its folder, and both who
 * judges it and who made it compare that with the folder they look at, before and after.
 * What is taken away or given back is so in the folder in which the own claim was found, also where another one comes into
 * its place at that moment (on Linux; elsewhere there is a moment in which it could be the other one's).
 *
 * This needs listings that are snapshots. For a folder of a few names a listing is one system call,
 * made under the folder's own lock.
 */
export class WorkspaceLock implements Lock {
  private readonly state: string;
  private readonly temporaryFolder: string;
  private known: ProcessIdentity | null;
  private readonly onTrouble: (message: string) => void;
  private mine: OwnClaim | null = null;
  private withoutFiles = false;

  /**
   * `state`: the state folder, absolute. Where it cannot be written, the lock is kept in the folder for
   * temporary files; where that cannot either, there is none, and `onTrouble` says so.
   */
  constructor(options: {
    readonly state: string;
    readonly onTrouble: (message: string) => void;
    readonly identity?: ProcessIdentity;
    readonly temporaryFolder?: string;
  }) {
    this.state = options.state;
    this.temporaryFolder = options.temporaryFolder ?? tmpdir();
    this.known = options.identity ?? null;
    this.onTrouble = options.onTrouble;
  }

  private folders(): readonly string[] {
    const own = path.join(this.state, 'lock');
    // Twice, since somebody may delete the state folder at this very moment.
    return [own, own, substituteFolder(this.state, this.temporaryFolder)];
  }

  /** Worked out when first needed: most builds take no lock. */
  private get identity(): ProcessIdentity {
    this.known ??= ownIdentity();
    return this.known;
  }

  async acquire({
    wait,
    command,
    signal,
    onBlocked,
  }: Parameters<Lock['acquire']>[0]): ReturnType<Lock['acquire']> {
    const announced = new Set<string>();
    for (;;) {
      if (signal.aborted) return { kind: 'cancelled' };
      if (this.isMine()) return { kind: 'held' };
      giveBackOwed();
      const blocked = this.tryNow(command);
      if (blocked === null) return { kind: 'held' };
      const { by, isSuspended } = blocked;
      const holder = holderIn(by, isSuspended);
      if (!wait) return { kind: 'busy', holder };
      const news = `${by.nonce} ${isSuspended}`;
      if (!announced.has(news)) {
        announced.add(news);
        onBlocked(holder);
      }
      await passes(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  isMine(): boolean {
    if (this.mine === null) return this.withoutFiles;
    const { folder, number, nonce, place } = this.mine;
    try {
      const claim = claimIn(folder, number);
      if (typeof claim !== 'object' || claim.nonce !== nonce || highestIn(folder) !== number) return false;
      return place === null || placeOf(folder) === place;
    } catch {
      return false;
    }
  }

  release(): void {
    if (this.mine !== null) {
      const given = giveBack(this.mine);
      if (given.kind !== 'done') owe(this.mine);
      if (given.kind === 'failed')
        this.onTrouble(
          `the lock could not be released before this process ends: ${messageOf(given.problem)}`,
        );
    }
    this.mine = null;
    this.withoutFiles = false;
  }

  /** `null`: taken. */
  private tryNow(command: string): Blocked | null {
    let trouble: unknown = null;
    for (const [i, folder] of this.folders().entries()) {
      try {
        makeFolder(folder, i === 2);
        const tried = attempt(folder, { ...this.identity, command, sinceMs: Date.now() });
        if (tried.kind === 'blocked') return tried;
        this.mine = tried.claim;
        return null;
      } catch (problem) {
        trouble ??= problem;
      }
    }
    this.onTrouble(
      `no lock can be kept, so two builds at once would not see each other: ${messageOf(trouble)}`,
    );
    this.withoutFiles = true;
    return null;
  }
}

/** Who holds the lock now, if anyone alive does. Changes nothing. */
export function peekLock(
  state: string,
  identity: ProcessIdentity = ownIdentity(),
  temporaryFolder: string = tmpdir(),
): LockHolder | null {
  for (const folder of [path.join(state, 'lock'), substituteFolder(state, temporaryFolder)]) {
    try {
      const number = highestIn(folder);
      const claim = number === 0 ? 'free' : claimIn(folder, number);
      if (typeof claim !== 'object') continue;
      const condition = conditionIn(placeOf(folder), claim, identity);
      if (condition !== 'dead') return holderIn(claim, condition === 'suspended');
    } catch {
      // Who cannot look cannot tell.
    }
  }
  return null;
}

function holderIn({ pid, command, sinceMs }: Claim, isSuspended: boolean): LockHolder {
  return { pid, command, sinceMs, ...(isSuspended && { suspended: true }) };
}

function attempt(folder: string, maker: Omit<Claim, 'nonce' | 'place'>): Try {
  for (;;) {
    const place = placeOf(folder);
    const claim = { ...maker, nonce: randomBytes(8).toString('hex'), place };
    const highest = highestIn(folder);
    const present = highest === 0 ? 'free' : claimIn(folder, highest);
    if (present === 'gone') continue;
    if (present !== 'free') {
      const condition = conditionIn(place, present, claim);
      // What was read may be of a folder that has come here since.
      if (condition === 'dead' && placeOf(folder) !== place) continue;
      const isSuspended = condition === 'suspended';
      if (condition !== 'dead') return { kind: 'blocked', by: present, isSuspended };
    }
    const number = highest + 1;
    if (!createClaim(folder, number, claim)) {
      // Deleted with all that is in it: an error, not another turn without end.
      fs.accessSync(folder);
      continue;
    }
    const own = { folder, number, nonce: claim.nonce, place };
    if (placeOf(folder) !== place) {
      // It was made in one or the other, and must not be sought by its number in the wrong one.
      if (giveBack(own).kind !== 'done') owe(own);
      continue;
    }
    if (highestIn(folder) === number) return { kind: 'held', claim: own };
    if (!removeClaim(folder, number, claim.nonce)) owe(own);
  }
}

/** In a folder that all users share, so: ours alone, or not used. */
function substituteFolder(state: string, temporaryFolder: string): string {
  const key = createHash('sha256').update(state).digest('hex').slice(0, 16);
  return path.join(temporaryFolder, `pipe-lock-${uid()}-${key}`);
}

function makeFolder(folder: string, shared: boolean): void {
  fs.mkdirSync(folder, { recursive: true, mode: shared ? 0o700 : 0o777 });
  const stat = fs.lstatSync(folder);
  if (!stat.isDirectory()) throw new Error(`${folder} is no folder`);
  if (shared && stat.uid !== uid()) throw new Error(`${folder} belongs to somebody else`);
}

function uid(): number {
  return process.getuid?.() ?? 0;
}

function messageOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}
