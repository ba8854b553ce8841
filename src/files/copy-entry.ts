// Copies a file, a link, or a folder with all that is in it, so that it is on the disk when this returns.
import fs from 'node:fs';

type Place = string | Buffer;

/**
 * `to` is free. With mode and times of files, and modes of folders; a link says the same, byte for byte. Not by Node's `cpSync`,
 * which looks behind a link since Node 24. Throws what the system says, ENOTSUP for what has no content, such as a pipe.
 */
export function copyEntry(from: Place, to: Place): void {
  const stat = fs.lstatSync(from);
  if (stat.isSymbolicLink()) {
    fs.symlinkSync(fs.readlinkSync(from, 'buffer'), to);
  } else if (stat.isDirectory()) {
    fs.mkdirSync(to);
    for (const name of fs.readdirSync(from, 'buffer')) copyEntry(inside(from, name), inside(to, name));
    sync(to);
    // Last, as it may close the folder to its owner.
    fs.chmodSync(to, stat.mode & 0o7777);
  } else if (stat.isFile()) {
    fs.copyFileSync(from, to);
    fs.utimesSync(to, stat.atime, stat.mtime);
    sync(to);
  } else {
    throw Object.assign(new Error(`ENOTSUP: ${from} has no content to copy`), { code: 'ENOTSUP' });
  }
}

/**
 * Of all that is in it what changes when somebody edits it: taken twice, it tells whether anybody has meanwhile. Another
 * name for the whole changes nothing of it.
 */
export function stateOf(place: Place, path = ''): readonly string[] {
  const stat = fs.lstatSync(place, { bigint: true });
  const { ino, mode, mtimeNs, ctimeNs, size } = stat;
  if (!stat.isDirectory()) return [[path, ino, mode, mtimeNs, ctimeNs, size].join(' ')];
  const names = fs.readdirSync(place, 'buffer').sort(Buffer.compare);
  const within = names.flatMap((name) => stateOf(inside(place, name), `${path}/${name.toString('latin1')}`));
  return [[path, ino, mode, mtimeNs].join(' '), ...within];
}

export function sync(fileOrFolder: Place): void {
  const descriptor = fs.openSync(fileOrFolder, 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Names need not be UTF-8. */
export function inside(folder: Place, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(folder), Buffer.from('/'), name]);
}
