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
import type { LeftBehind } from '../engine/executor.ts';
import { endLeft, type Left } from './ending-left.ts';
import { defaultPeriods, type Periods } from './periods.ts';
import type { Marks } from './process-table.ts';

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
  private readonly periods: Periods;
  private readonly unused: Sheet[] = [];
  private sheets = 0;

  /** `folder`: absolute; made when it is needed. */
  constructor(folder: string, periods: Periods = defaultPeriods) {
    this.folder = folder;
    this.periods = periods;
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
   * Ends all programs on record, also what left their groups, and waits until they are gone. Call only where no other
   * engine can be at work: then those on record are of engines that were killed.
   */
  async endLeftBehind(how: LeftBehind): Promise<'ended' | 'cancelled'> {
    const names = this.recorded();
    const programs = names.map((name) => this.read(name));
    const end = await endLeft(programs, { periods: this.periods, ...how });
    // They are found again by the next one.
    if (end === 'cancelled') return end;
    for (const { leaves } of programs) for (const file of leaves) this.remove(file);
    for (const name of names) {
      try {
        rmSync(join(this.folder, name), { force: true, recursive: true });
      } catch {
        // A folder that became read-only: the next engine finds no such program.
      }
    }
    return end;
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
  private read(name: string): Traces & Left {
    const engineId = Number.parseInt(name, 10) || 0;
    try {
      const [first = '', second = ''] = readFileSync(join(this.folder, name), 'utf8').split('\n');
      const { marks, leaves } = JSON.parse(first) as { readonly marks: unknown; readonly leaves: unknown };
      const isFine = Array.isArray(marks) && marks.some((mark) => /^PIPE_RUN_ID=./.test(String(mark)));
      return {
        marks: isFine ? marks.map(String) : [],
        leaves: Array.isArray(leaves) ? leaves.map(String) : [],
        groupId: /^[1-9]\d*$/.test(second) ? Number(second) : 0,
        engineId,
      };
    } catch {
      return { marks: [], leaves: [], groupId: 0, engineId };
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
