// Which disks a process sees where. What is mounted over a folder is not told to whoever watches it.
import fs from 'node:fs';

export interface DiskView {
  /** Of two processes that see the same under the same paths. */
  readonly identity: string;
  /** What is mounted where, as the system tells it. */
  readonly mounts: string;
}

/** `root`: absolute. Throws where the system does not tell. */
export function viewOfDisks(root: string): DiskView {
  return { identity: identityOfView(root), mounts: fs.readFileSync('/proc/self/mountinfo', 'latin1') };
}

/** Throws where the system does not tell. */
export function identityOfView(root: string): string {
  const space = fs.readlinkSync('/proc/self/ns/mnt');
  return [space, ...['/', root].map((folder) => numbersOf(folder))].join(' ');
}

function numbersOf(folder: string): string {
  const { dev, ino } = fs.statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}
