// The files `lock/<n>`: what they say, and the few atomic steps by which they change.

import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withFolder } from './held-folder.ts';
import type { ProcessIdentity } from './process-identity.ts';

export interface Claim extends ProcessIdentity {
  readonly command: string;
  readonly sinceMs: number;
  /** Tells two claims of one process apart. */
  readonly nonce: string;
  /** The folder it was made in, as `placeOf` tells it; `null` where that is not known, as of earlier versions. */
  readonly place: string | null;
}

const RELEASED = 'released\n';

/** Numbers present, rising. Throws what the file system says, but for a folder that is not there. */
export function numbersIn(folder: string): readonly number[] {
  return namesIn(folder)
    .filter((name) => /^[1-9]\d{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

export function highestIn(folder: string): number {
  return numbersIn(folder).at(-1) ?? 0;
}

/**
 * `gone`: there is no such file any more. `free`: released, or not what a living holder ever leaves
 * there; claims appear whole, so half of one is what a power failure left.
 */
export function claimIn(folder: string, number: number): Claim | 'gone' | 'free' {
  let text: string;
  try {
    text = fs.readFileSync(path.join(folder, String(number)), 'utf8');
  } catch (problem) {
    if (codeOf(problem) === 'ENOENT') return 'gone';
    throw problem;
  }
  try {
    const claim = JSON.parse(text);
    const { pid, started, boot, pidSpace, host, command, sinceMs, nonce, place } = claim;
    if (!Number.isSafeInteger(pid) || pid <= 0 || typeof sinceMs !== 'number') return 'free';
    if (![boot, host, command, nonce].every((word) => typeof word === 'string')) return 'free';
    return {
      ...{ pid, started: started ?? null, boot, pidSpace: pidSpace ?? null, host },
      ...{ command, sinceMs, nonce, place: typeof place === 'string' ? place : null },
    };
  } catch {
    return 'free';
  }
}

/** Makes `<n>`, at once with all its content. `false`: it exists, or the folder was cleaned at this moment. */
export function createClaim(folder: string, number: number, claim: Claim): boolean {
  const temporary = writeTemporary(folder, JSON.stringify(claim));
  try {
    // Unlike a rename, a link never replaces what is there.
    fs.linkSync(temporary, path.join(folder, String(number)));
    return true;
  } catch (problem) {
    if (codeOf(problem) === 'EEXIST' || codeOf(problem) === 'ENOENT') return false;
    throw problem;
  } finally {
    removeFile(temporary);
  }
}

/** The file stays, so that numbers only rise. */
export function markReleased(folder: string, number: number): void {
  const file = path.join(folder, String(number));
  try {
    fs.renameSync(writeTemporary(folder, RELEASED), file);
  } catch {
    // A full disk: emptying the file needs no space and says the same.
    fs.truncateSync(file, 0);
  }
}

/** All lower numbers, and what was left half-made; whose temporary file goes simply tries again. */
export function removeLower(folder: string, number: number): void {
  for (const name of namesIn(folder)) {
    if (/^[1-9]\d*$/.test(name) ? Number(name) < number : name.endsWith('.tmp'))
      removeFile(path.join(folder, name));
  }
}

/** `false`: it was not found there, or could not be taken away. */
export function removeClaim(folder: string, number: number, nonce: string): boolean {
  try {
    return withFolder(folder, (held) => {
      const claim = claimIn(held, number);
      if (typeof claim !== 'object' || claim.nonce !== nonce) return false;
      fs.unlinkSync(path.join(held, String(number)));
      return true;
    });
  } catch {
    return false;
  }
}

function writeTemporary(folder: string, text: string): string {
  const file = path.join(folder, `${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    fs.writeFileSync(file, text, { flag: 'wx' });
  } catch (problem) {
    removeFile(file);
    throw problem;
  }
  return file;
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch (problem) {
    if (codeOf(problem) === 'ENOENT') return [];
    throw problem;
  }
}

function removeFile(file: string): void {
  try {
    fs.unlinkSync(file);
  } catch {
    // Somebody else did.
  }
}

function codeOf(problem: unknown): string | undefined {
  return (problem as NodeJS.ErrnoException).code;
}
