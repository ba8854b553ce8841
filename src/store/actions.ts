// `ac/`: what each execution gave, by fingerprint. An entry is there, whole and checked, or it is not there.

import fs from 'node:fs';
import path from 'node:path';
import type { Digest } from '../base/brand.ts';
import type { ActionResult, ActionStore } from '../engine/ports.ts';
import { decodeAction, encodeAction } from './action-format.ts';
import { inFolder, temporaryName } from './in-folder.ts';

/** `put` throws what the file system says; `get` and `remove` never throw. */
export class FolderActions implements ActionStore {
  private readonly folder: string;
  private readonly marksUse: boolean;
  private added = 0;

  /**
   * `state`: the state folder, absolute. `marksUse`: asking for an entry counts as its use, which
   * changes the file's time; off for those who only look, such as `status`.
   */
  constructor(state: string, { marksUse = true }: { readonly marksUse?: boolean } = {}) {
    this.folder = path.join(state, 'ac');
    this.marksUse = marksUse;
  }

  /** What this process has put in, in bytes. */
  get addedBytes(): number {
    return this.added;
  }

  get(fingerprint: Digest): ActionResult | null {
    const file = this.fileOf(fingerprint);
    const action = readAction(file, fingerprint);
    if (action !== null && this.marksUse) {
      try {
        const now = new Date();
        fs.utimesSync(file, now, now);
      } catch {
        // Evicted somewhat too early, at worst.
      }
    }
    return action;
  }

  put(result: ActionResult): void {
    const file = this.fileOf(result.fingerprint);
    const folder = path.dirname(file);
    const temporary = `${folder}/${temporaryName()}`;
    try {
      const text = encodeAction(result);
      inFolder(folder, () => fs.writeFileSync(temporary, text, { flag: 'wx' }));
      fs.renameSync(temporary, file);
      this.added += Buffer.byteLength(text);
    } catch (problem) {
      fs.rmSync(temporary, { force: true });
      throw problem;
    }
  }

  remove(fingerprint: Digest): void {
    try {
      fs.rmSync(this.fileOf(fingerprint), { recursive: true, force: true });
    } catch {
      // What cannot be removed is found wrong again.
    }
  }

  private fileOf(fingerprint: Digest): string {
    return `${this.folder}/${fingerprint.slice(0, 2)}/${fingerprint.slice(2)}.json`;
  }
}

/** The entry in this file, if it is one and belongs there. */
export function readAction(file: string, fingerprint: Digest): ActionResult | null {
  // Most often it is not there, and what is read in vain ends in an error, which is slow to make.
  if (!fs.existsSync(file)) return null;
  try {
    return decodeAction(fs.readFileSync(file, 'utf8'), fingerprint);
  } catch {
    return null;
  }
}
