// The folder in which a watch and a build that asks it meet: theirs alone, for what is said there is believed.
import fs from 'node:fs';
import path from 'node:path';

/** The system takes 107 bytes for the path of a socket, some systems 103. */
const longestAddress = 100;
const rightsOfOthers = 0o077;

/** Makes it, where it is not there. False: it cannot be, or it is somebody else's. Never throws. */
export function makeAskingPlace(folder: string): boolean {
  try {
    const stat = statOf(folder);
    if (stat === null) fs.mkdirSync(folder, { mode: 0o700 });
    // Only where it must be: it is heard of, and whatever is on the way to what is watched is a reason to look. And never
    // through a link.
    else if (stat.isDirectory() && isOwn(stat) && !isOursAlone(folder)) fs.chmodSync(folder, 0o700);
    return isOursAlone(folder);
  } catch {
    return false;
  }
}

/** Never throws. */
export function isOursAlone(folder: string): boolean {
  const stat = statOf(folder);
  return stat?.isDirectory() === true && isOwn(stat) && (stat.mode & rightsOfOthers) === 0;
}

/** Never throws. */
export function isOwnSocket(place: string): boolean {
  const stat = statOf(place);
  return stat?.isSocket() === true && isOwn(stat);
}

function isOwn({ uid }: fs.Stats): boolean {
  return uid === process.getuid?.();
}

/** `null`: it is not there, or not to be looked at. */
function statOf(place: string): fs.Stats | null {
  try {
    return fs.lstatSync(place, { throwIfNoEntry: false }) ?? null;
  } catch {
    return null;
  }
}

/** By what a socket in the folder is reached, however deep that lies. To be let go of when it is no longer needed. */
export function addressOf(folder: string, name: string): { readonly address: string; release(): void } {
  const whole = path.join(folder, name);
  if (Buffer.byteLength(whole) <= longestAddress) return { address: whole, release() {} };
  const fd = fs.openSync(folder, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
  return { address: `/proc/self/fd/${fd}/${name}`, release: () => fs.closeSync(fd) };
}
