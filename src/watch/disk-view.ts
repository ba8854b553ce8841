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

/** Absolute, without links: all that is mounted somewhere, a single file too. `mounts`: as in a `DiskView`. */
export function mountPoints(mounts: string): readonly string[] {
  return mounts.split('\n').flatMap((line) => {
    const place = line.split(' ')[4];
    if (place === undefined) return [];
    // Blanks and the like are written as three digits of base 8, and all else in bytes.
    const bytes = place.replace(/\\([0-7]{3})/g, (_, digits) =>
      String.fromCharCode(Number.parseInt(digits, 8)),
    );
    return [Buffer.from(bytes, 'latin1').toString('utf8')];
  });
}
