// Who a process is, so that it can be told from a later one with the same number, and whether it is proven dead or suspended.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { readBootId } from './boot-id.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in whatever form the system gives; `null` where it does not tell. */
  readonly started: string | null;
  readonly boot: string;
  /** The table in which `pid` has its meaning; containers have their own. `null` where there is only one. */
  readonly pidSpace: string | null;
  readonly host: string;
}

export function ownIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    started: lookAt(process.pid)?.started ?? null,
    boot: readBootId(),
    pidSpace: ownPidSpace(),
    host: hostname(),
  };
}

export type Condition = 'dead' | 'suspended' | 'alive';

/**
 * How it is with `other`. Dead is only who is so for certain. When in doubt it lives:
 *
 * - Of the same process table: dead if there is no such process, if it started at another time (its
 *   number was given to another one), or if it is a zombie. A suspended process lives, and waits for SIGCONT.
 * - Of an earlier boot of this host: dead.
 * - Of another host on a shared disk, or of another container: nothing can be told from here, so it
 *   lives until it says otherwise.
 */
export function conditionOf(other: ProcessIdentity, here: ProcessIdentity): Condition {
  if (other.boot !== here.boot) return other.host === here.host ? 'dead' : 'alive';
  if (other.pidSpace !== here.pidSpace) return 'alive';
  const found = lookAt(other.pid);
  if (found === null || found.state === 'zombie') return 'dead';
  if (found.started !== null && other.started !== null && found.started !== other.started) return 'dead';
  return found.state === 'suspended' ? 'suspended' : 'alive';
}

interface FoundProcess {
  readonly started: string | null;
  readonly state: 'zombie' | 'suspended' | 'other';
}

/** `null`: there is no such process. */
function lookAt(pid: number): FoundProcess | null {
  try {
    process.kill(pid, 0);
  } catch (problem) {
    // Another user's process answers EPERM, and lives.
    if ((problem as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): FoundProcess {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The program's name is in parentheses and may contain some; what follows starts with field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { started: fields[19] ?? null, state: stateOf(fields[0]) };
  } catch {
    // It exists, as the signal told, but may not be looked at.
    return { started: null, state: 'other' };
  }
}

function fromPs(pid: number): FoundProcess {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const asked = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'latin1', env });
  const found = /^\s*(\S+)\s+(.+?)\s*$/.exec(asked.status === 0 ? asked.stdout : '');
  return { started: found?.[2] ?? null, state: stateOf(found?.[1]?.[0]) };
}

/** `letter`: as Linux and `ps` tell it. What a debugger holds, which is `t` on Linux, is in other hands. */
function stateOf(letter: string | undefined): FoundProcess['state'] {
  if (letter === 'Z' || letter === 'X') return 'zombie';
  return letter === 'T' ? 'suspended' : 'other';
}

function ownPidSpace(): string | null {
  try {
    return fs.readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
