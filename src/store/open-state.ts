// Opens what a workspace remembers between runs. Nothing is read before the first question, nothing written before the first answer.

import path from 'node:path';
import type { Records } from '../engine/ports.ts';
import type { LogIo } from './log-io.ts';
import { Part } from './part.ts';
import type { PlacedLines } from './places.ts';
import { StateRecords } from './records.ts';
import { isRowOf, rowOfStamp, type StampMemory, stampOfRow } from './stamp-memory.ts';
import { State } from './state.ts';
import { StateLog } from './state-log.ts';

/** Identities of programs by whatever key the asker finds good. */
export interface ToolMemory {
  get(key: string): string | undefined;
  put(key: string, value: string): void;
}

export interface OpenState {
  readonly records: Records;
  readonly stamps: StampMemory;
  readonly tools: ToolMemory;
  /** Whether there is anything for `save` to write: worth asking for the lock, not worth waiting for it. */
  unsaved(): boolean;
  /** Writes the stamps and tools that still wait; compacts. Call at the end of a run, holding the lock. Never throws. */
  save(): void;
  /** Lets go of the file. What was not saved is worked out again next time. */
  close(): void;
}

/**
 * `folder`: the state folder, absolute. `onTrouble` is called once, when the disk first refuses. `tasks`: of the others
 * nothing will be asked and the file is known to be whole, so that they need not be read. `placed`: where it tells of
 * these, if that is known; then it is not asked for stamps.
 */
export function openState(options: {
  readonly folder: string;
  readonly bootId: string;
  readonly onTrouble: (message: string) => void;
  readonly io?: LogIo;
  readonly tasks?: (() => Iterable<string>) | null;
  readonly placed?: PlacedLines | null;
}): OpenState {
  const { bootId, onTrouble, tasks, placed } = options;
  const log = new StateLog(path.join(options.folder, 'state'), options.io);
  const state = new State({ log, bootId, onTrouble, part: tasks == null ? null : new Part(tasks, placed) });
  return {
    records: new StateRecords(state),
    stamps: {
      get: (file, present) => {
        const row = state.stampOf(file);
        if (row === undefined) return undefined;
        return present !== undefined && isRowOf(row, present)
          ? { stamp: present, digest: row[7] }
          : stampOfRow(row);
      },
      put: (file, entry) => state.putStamp(rowOfStamp(file, entry)),
      drop: (file) => state.dropStamp(file),
    },
    tools: {
      get: (key) => state.content.tools.get(key),
      put: (key, value) => state.putTool(key, value),
    },
    unsaved: () => state.unsaved(),
    save: () => state.save(),
    close: () => state.close(),
  };
}
