// Whether git is changing the working tree: then what was heard of so far is not all, and a moment of silence not the end.
import fs from 'node:fs';
import path from 'node:path';

/**
 * A lock that was there so long before anything changed is of a commit whose message is being written, or of a process
 * that was killed: nobody should wait for it.
 */
const longestBeforeMs = 5000;

export class Checkout {
  /** What git has while it changes the working tree and its index; `null` outside of a repository. */
  private readonly lock: string | null;

  /** `folder`: absolute, in the working tree. */
  constructor(folder: string) {
    const own = gitFolderOf(folder);
    this.lock = own === null ? null : path.join(own, 'index.lock');
  }

  /** `forMs`: for how long changes have been heard of. `nowMs`: of the system's clock. */
  isUnderWay(forMs: number, nowMs = Date.now()): boolean {
    if (this.lock === null) return false;
    try {
      const { birthtimeMs, mtimeMs } = fs.lstatSync(this.lock);
      // Not every file system knows when a file came to be; the lock is written to at the end only.
      const sinceMs = birthtimeMs > 0 ? birthtimeMs : mtimeMs;
      return nowMs - sinceMs <= forMs + longestBeforeMs;
    } catch {
      return false;
    }
  }
}

function gitFolderOf(folder: string): string | null {
  const own = path.join(folder, '.git');
  try {
    if (fs.statSync(own).isDirectory()) return own;
    // Of a further working tree, or of a submodule.
    const [, named] = /^gitdir: (.+?)\r?\n?$/.exec(fs.readFileSync(own, 'utf8')) ?? [];
    return named === undefined ? null : path.resolve(folder, named);
  } catch {
    const above = path.dirname(folder);
    return above === folder ? null : gitFolderOf(above);
  }
}
