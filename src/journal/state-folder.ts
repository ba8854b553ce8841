// Makes the state folder, invisible to git and to backups.

import fs from 'node:fs';
import path from 'node:path';

/** Beside the configuration. */
export const stateFolderName = '.pipeline-cache';

const MARKS = {
  '.gitignore': '*\n',
  // The first line is that of the Cache Directory Tagging Specification.
  'CACHEDIR.TAG':
    'Signature: 8a477f597d28d172789f06886806bc55\n# Made by pipe. Deleting this folder costs work, nothing else.\n',
};

/** Throws where there can be no such folder. Marks that are there stay as they are; without them it works as well. */
export function makeStateFolder(state: string): void {
  fs.mkdirSync(state, { recursive: true });
  markStateFolder(state);
}

/** Of a folder that others may have made by writing below it. Without one, or where it cannot be written, nothing happens. */
export function markStateFolder(state: string): void {
  try {
    if (!fs.existsSync(state)) return;
    for (const [name, text] of Object.entries(MARKS)) {
      const file = path.join(state, name);
      if (!fs.existsSync(file)) writeWhole(file, text);
    }
  } catch {
    // Only the marks are missing then.
  }
}

/** Why nothing can be written to the state folder, or to what is in its place; `null` where it can, or is not there yet. */
export function sealOf(state: string): string | null {
  try {
    fs.accessSync(state, fs.constants.W_OK | fs.constants.X_OK);
    return fs.statSync(state).isDirectory() ? null : `${state} is not a folder`;
  } catch (problem) {
    const { code = '', message } = problem as NodeJS.ErrnoException;
    return ['EROFS', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code) ? message : null;
  }
}

/** Never half of it, and not after a loss of power either: what is there is not looked at again. */
function writeWhole(file: string, text: string): void {
  const beside = `${file}-${process.pid}.tmp`;
  try {
    const descriptor = fs.openSync(beside, 'w');
    try {
      fs.writeFileSync(descriptor, text);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(beside, file);
  } catch (problem) {
    fs.rmSync(beside, { force: true });
    throw problem;
  }
}
