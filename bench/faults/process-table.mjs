// Who is at work inside a folder, and how to end them all: by the working folder that Linux tells of each process.

import fs from 'node:fs';

/**
 * Processes whose working folder is `folder` or below it, zombies not counted. Sorted by number.
 * @param {string} folder absolute, without symbolic links
 * @returns {number[]}
 */
export function atWorkIn(folder) {
  const numbers = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers
    .map(Number)
    .filter((pid) => pid !== process.pid && isInside(workingFolderOf(pid), folder))
    .sort((a, b) => a - b);
}

/** Ends them at once, and those that they started meanwhile. */
export function killAllIn(folder, spared = []) {
  for (;;) {
    const pids = atWorkIn(folder).filter((pid) => !spared.includes(pid));
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
}

/** A process and what it started, as far as the chain of parents still tells. */
export function familyOf(pid) {
  const children = fs
    .readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid)
    .map(Number);
  return [pid, ...children.flatMap(familyOf)];
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in between.
  }
}

function workingFolderOf(pid) {
  try {
    // A zombie has none.
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function parentOf(pid) {
  try {
    // The name before it may hold spaces and brackets.
    return Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    return 0;
  }
}

function isInside(file, folder) {
  return file === folder || file.startsWith(`${folder}/`);
}
