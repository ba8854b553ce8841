// Makes the state folder, invisible to git and to backups.

import fs from 'node:fs';
import path from 'node:path';

const MARKS = {
  '.gitignore': '*\n',
  // The first line is that of the Cache Directory Tagging Specification.
  'CACHEDIR.TAG':
    'Signature: 8a477f597d28d172789f06886806bc55\n# Made by pipe. Deleting this folder costs work, nothing else.\n',
};

/** Throws what the file system says. Files that are there stay as they are. */
export function makeStateFolder(state: string): void {
  fs.mkdirSync(state, { recursive: true });
  mark(state);
}

/** Of a folder that others may have made by writing below it. Without one, or where it cannot be written, nothing happens. */
export function markStateFolder(state: string): void {
  try {
    if (fs.existsSync(state)) mark(state);
  } catch {
    // Only the marks are missing then.
  }
}

function mark(state: string): void {
  for (const [name, text] of Object.entries(MARKS)) {
    const file = path.join(state, name);
    if (!fs.existsSync(file)) fs.writeFileSync(file, text);
  }
}
