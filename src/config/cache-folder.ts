// Where compiled modules are kept: the folder of the workspace, or a temporary one where that cannot or must not be written.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface CacheFolder {
  /** Where a compiled module may be, in the order to look. */
  readable(): readonly string[];
  /** A folder that exists and can be written at this moment. */
  writable(): string;
  /** The temporary folder: made when first asked for, removed when the process ends. */
  temporary(): string;
}

/** `writes`: whether `folder` may be changed; what is only looked at must stay as it is. */
export function openCacheFolder(folder: string, writes: boolean): CacheFolder {
  let temporary: string | null = null;

  function makeTemporary(): string {
    if (temporary === null) {
      const made = fs.mkdtempSync(path.join(fs.realpathSync.native(tmpdir()), 'pipe-config-'));
      process.once('exit', () => fs.rmSync(made, { recursive: true, force: true }));
      temporary = made;
    }
    return temporary;
  }

  return {
    readable: () => (temporary === null ? [folder] : [folder, temporary]),
    writable() {
      if (!writes) return makeTemporary();
      try {
        // Not what is above: where a workspace was moved away, nothing comes to be in its place.
        makeFolder(path.dirname(folder));
        makeFolder(folder);
        fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
        return folder;
      } catch {
        return makeTemporary();
      }
    },
    temporary: makeTemporary,
  };
}

/** Throws where the folder above it is not there. */
function makeFolder(folder: string): void {
  try {
    fs.mkdirSync(folder);
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code !== 'EEXIST') throw problem;
  }
}
