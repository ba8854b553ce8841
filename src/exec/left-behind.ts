// Programs are on record while they run, so that the next engine can end what a killed one left running.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isGroupAlive, type Marks, processesMarked } from './process-table.ts';

/** After KILL: then a process hangs in the kernel, and waiting longer would hang the build too. */
const abandonMs = 10_000;

/** By what a program that runs, and what it leaves, can be found again. */
export interface Traces {
  readonly marks: Marks;
  /** Absolute paths of files that go with the program: they may hold secrets. */
  readonly leaves: readonly string[];
}

/** A program on record. */
export interface Entry {
  started(groupId: number): void;
  ended(): void;
}

/** A file that says what runs; empty while nothing does. */
interface Sheet {
  readonly file: string;
  readonly inode: number;
  readonly descriptor: number;
}

/**
 * One file for each program that runs at the same time: to make and delete one for each would cost more than all else
 * that is done for a small one. Never throws: a disk that refuses costs the record.
 */
export class RunningPrograms {
  private readonly folder: string;
  private readonly unused: Sheet[] = [];
  private sheets = 0;

  /** `folder`: absolute; made when it is needed. */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Before it is started: an engine that is killed in between leaves a program that can be found. */
  begins(traces: Traces): Entry {
    let sheet: Sheet | null = null;
    const attempt = (act: (on: Sheet) => void): boolean => {
      try {
        sheet ??= this.sheet();
        act(sheet);
        return true;
      } catch {
        // A full disk. What cannot be removed is read again by a later engine, which finds no such program.
        return false;
      }
    };
    attempt(({ descriptor }) => write(descriptor, `${JSON.stringify(traces)}\n`));
    return {
      // Added, not written anew: what is there already is never half there.
      started: (groupId) => void attempt(({ descriptor }) => write(descriptor, `${groupId}\n`)),
      ended: () => {
        if (sheet === null) return;
        if (attempt(({ descriptor }) => ftruncateSync(descriptor, 0))) this.unused.push(sheet);
        else remove(sheet);
      },
    };
  }

  /** Nothing runs, and for now nothing will: then the folder is empty. */
  atRest(): void {
    for (const sheet of this.unused.splice(0)) remove(sheet);
  }

  hasAny(): boolean {
    return this.recorded().length > 0;
  }

  /**
   * Kills all programs on record, also what left their groups, and waits until they are gone. Call only
   * where no other engine can be at work: then those on record are of engines that were killed. Answers
   * how many still ran.
   */
  async endLeftBehind(): Promise<number> {
    let count = 0;
    for (const name of this.recorded()) {
      const { marks, leaves, groupId } = this.read(name);
      if (await endMarked(marks, groupId)) count++;
      for (const file of leaves) this.remove(file);
      try {
        rmSync(join(this.folder, name), { force: true, recursive: true });
      } catch {
        // A folder that became read-only: the next engine finds no such program.
      }
    }
    return count;
  }

  private sheet(): Sheet {
    for (let sheet = this.unused.pop(); sheet !== undefined; sheet = this.unused.pop()) {
      // The state folder may have been deleted or moved away at any time.
      if (isInPlace(sheet)) return sheet;
      closeSync(sheet.descriptor);
    }
    const file = join(this.folder, `${process.pid}-${this.sheets++}`);
    mkdirSync(this.folder, { recursive: true });
    const { O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = constants;
    const descriptor = openSync(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    return { file, inode: fstatSync(descriptor).ino, descriptor };
  }

  /** Only what lies beside the record: it may have been written by anybody. */
  private remove(file: string): void {
    const state = `${dirname(this.folder)}/`;
    const isOurs = file.startsWith(state) && /\.(?:output|items)\.jsonl$/.test(file);
    if (!isOurs || file.split('/').includes('..')) return;
    try {
      rmSync(file, { force: true });
    } catch {
      // Litter, at worst.
    }
  }

  private recorded(): readonly string[] {
    try {
      return readdirSync(this.folder).sort();
    } catch {
      return [];
    }
  }

  /** Nothing is believed that is not as it should be: without marks no process is touched. */
  private read(name: string): Traces & { readonly groupId: number } {
    try {
      const [first = '', second = ''] = readFileSync(join(this.folder, name), 'utf8').split('\n');
      const { marks, leaves } = JSON.parse(first) as { readonly marks: unknown; readonly leaves: unknown };
      const isFine = Array.isArray(marks) && marks.some((mark) => /^PIPE_RUN_ID=./.test(String(mark)));
      return {
        marks: isFine ? marks.map(String) : [],
        leaves: Array.isArray(leaves) ? leaves.map(String) : [],
        groupId: /^[1-9]\d*$/.test(second) ? Number(second) : 0,
      };
    } catch {
      return { marks: [], leaves: [], groupId: 0 };
    }
  }
}

function isInPlace({ file, inode }: Sheet): boolean {
  return statSync(file, { throwIfNoEntry: false })?.ino === inode;
}

/** Whole or not at all: half a line would spoil what is added to it. */
function write(descriptor: number, line: string): void {
  if (writeSync(descriptor, line) === Buffer.byteLength(line)) return;
  ftruncateSync(descriptor, 0);
  throw new Error('there is no room for it');
}

function remove(sheet: Sheet): void {
  try {
    closeSync(sheet.descriptor);
    if (isInPlace(sheet)) unlinkSync(sheet.file);
  } catch {
    // What cannot be removed is read again by a later engine, which finds no such program.
  }
}

/**
 * Whether there was anything to end. The group's number alone proves nothing: it may have been given to
 * another group since. A member that bears the marks proves it, and then the others are ended with it.
 */
async function endMarked(marks: Marks, groupId: number): Promise<boolean> {
  const first = processesMarked(marks);
  if (first.length === 0) return false;
  const group = groupId > 1 && first.some((one) => one.groupId === groupId) ? groupId : null;
  for (let waitedMs = 0; waitedMs < abandonMs; waitedMs += 5) {
    const left = processesMarked(marks);
    if (left.length === 0 && (group === null || !isGroupAlive(group))) break;
    for (const { id } of left) kill(id);
    if (group !== null) kill(-group);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return true;
}

function kill(target: number): void {
  try {
    process.kill(target, 'SIGKILL');
  } catch {
    // Gone this very moment.
  }
}
