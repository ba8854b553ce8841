// What the process table tells: whether a group lives, and which processes bear the marks of a stage.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Variables that every process of an execution inherits, and no other process has with these values. A check of a service
 * has one more than what the service itself was started as: to end the one must not end the other. Nor must the end of a
 * batch, which has no item of its own, be that of the others of its stage; nor that of a hook of the pipeline, which belongs
 * to no stage, that of all its run. What runs beside a watch belongs to none of its runs.
 */
export const markNames = [
  'PIPE_RUN_ID',
  'PIPE_STAGE',
  'PIPE_ITEM',
  'PIPE_ITEMS',
  'PIPE_SERVICE',
  'PIPE_SERVICE_CHECK',
  'PIPE_HOOK',
  'PIPE_EXEC',
] as const;

/** As `NAME=value`. None without a run or a watch: then there is nothing to tell its processes by. */
export type Marks = readonly string[];

export function marksIn(env: Readonly<Record<string, string>>): Marks {
  if (!env.PIPE_RUN_ID && !env.PIPE_EXEC) return [];
  return markNames.filter((name) => env[name]).map((name) => `${name}=${env[name]}`);
}

/**
 * Whether a process of the group still lives. Dead ones that nobody has collected do not count. `list`: the numbers of all
 * processes.
 */
export function isGroupAlive(groupId: number, list: () => readonly number[] = processIds): boolean {
  try {
    process.kill(-groupId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  // In a container whose first process collects nobody, orphans stay in the process table for good.
  if (process.platform !== 'linux') return true;
  const isAnyIn = () => {
    const ids = list();
    return ids.length === 0 || ids.some((id) => livingGroupOf(id) === groupId);
  };
  // Twice: one that is listed may start another and end, all before it is looked at.
  return isAnyIn() || isAnyIn();
}

export interface Process {
  readonly id: number;
  readonly groupId: number;
}

/**
 * Living processes whose environment holds all the marks, in whatever group they are. Not found: one that
 * was started without its parent's environment, or belongs to another user. Never this process.
 */
export class MarkedProcesses {
  private readonly marks: Marks;
  private readonly seen = new Set<number>();

  constructor(marks: Marks) {
    this.marks = marks;
  }

  now(): readonly Process[] {
    const { marks, seen } = this;
    if (marks.length === 0) return [];
    const all = process.platform === 'linux' ? markedInProc(marks, seen) : markedInPs(marks);
    const found = all.filter(({ id }) => id !== process.pid);
    for (const { id } of found) seen.add(id);
    return found;
  }
}

/** `seen`: bore the marks before. While it dies, which takes a while where it has much memory, it has its files open yet. */
function markedInProc(marks: Marks, seen: ReadonlySet<number>): readonly Process[] {
  return processIds().flatMap((id) => {
    const variables = variablesOf(id);
    const isMeant = variables === null ? seen.has(id) : marks.every((mark) => variables.includes(mark));
    const groupId = isMeant ? livingGroupOf(id) : null;
    return groupId === null ? [] : [{ id, groupId }];
  });
}

/** `null`: it has none, or is dying. */
function variablesOf(id: number): readonly string[] | null {
  try {
    const text = readFileSync(`/proc/${id}/environ`, 'utf8');
    return text === '' ? null : text.split('\0');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH' ? null : [];
  }
}

function markedInPs(marks: Marks): readonly Process[] {
  const asked = ['-A', '-E', '-ww', '-o', 'pid=,pgid=,command='];
  const { stdout } = spawnSync('ps', asked, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  return (stdout ?? '')
    .split('\n')
    .filter((line) => marks.every((mark) => `${line} `.includes(` ${mark} `)))
    .map((line) => {
      const [id = 0, groupId = 0] = line.trim().split(/\s+/, 2).map(Number);
      return { id, groupId };
    });
}

/** Whether a process shows by this title, which it gave itself. */
export function isTitled(title: string): boolean {
  if (process.platform !== 'linux') return false;
  return processIds().some((id) => {
    try {
      // What is left of the longer line that was there before is blank.
      return (
        livingGroupOf(id) !== null &&
        readFileSync(`/proc/${id}/cmdline`, 'latin1').replace(/[\0 ]+$/, '') === title
      );
    } catch {
      return false;
    }
  });
}

function processIds(): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** `null`: dead. */
function livingGroupOf(id: number): number | null {
  try {
    const stat = readFileSync(`/proc/${id}/stat`, 'latin1');
    // The name in parentheses may hold anything; state, parent and group follow it.
    const [state, , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? null : Number(group);
  } catch {
    return null;
  }
}
