// Where a proof lies: in the folder of the run that made it, or in that of a later one, which names it.
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { isRunId } from '../model/run-id.ts';

const proofName = 'glance';

/** Of a proof; what is shorter names one. */
const leastBytes = 64;

/** So many runs that point nowhere cost less to pass by than a pointer costs to write. */
const farAway = 16;

/** What is so large may be for several threads to look at. */
const sharedFromBytes = 1 << 20;

export interface FoundProof {
  readonly runId: string;
  /** Absolute. */
  readonly file: string;
  /** Of a large one, in shared memory. */
  readonly bytes: Buffer;
  /** Whether the next run had better be told where it is. */
  readonly isFar: boolean;
}

/** Which runs there are, the newest last, and the newest proof among them. `runs`: absolute. */
export function findProof(runs: string): {
  readonly runs: readonly RunId[];
  readonly proof: FoundProof | null;
} {
  const ids = fs.readdirSync(runs).filter(isRunId);
  ids.sort();
  for (let i = ids.length - 1; i >= 0; i--) {
    const bytes = read(runs, ids[i]!);
    if (bytes === null) continue;
    const isFar = i <= ids.length - farAway;
    const foundIn = (runId: string, proof: Buffer) => ({
      runId,
      file: path.join(runs, runId, proofName),
      bytes: proof,
      isFar,
    });
    // One line that names another run, or the proof itself.
    const named = bytes.length < leastBytes ? bytes.toString('latin1').trim() : null;
    if (named === null) return { runs: ids, proof: foundIn(ids[i]!, bytes) };
    const pointed = isRunId(named) ? read(runs, named) : null;
    const proof = pointed === null ? null : foundIn(named, pointed);
    return { runs: ids, proof };
  }
  return { runs: ids, proof: null };
}

function read(runs: string, runId: string): Buffer | null {
  // Not joined by Node, for which a run that keeps nothing is one more text to be taken apart.
  const file = `${runs}/${runId}/${proofName}`;
  // To ask whether it is there takes less time than an error.
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return null;
  return stat.size < sharedFromBytes ? fs.readFileSync(file) : readShared(file, stat.size);
}

/** Into memory that threads can have in common. It comes to its name as a whole, so that it does not grow. */
function readShared(file: string, sizeBytes: number): Buffer {
  const bytes = Buffer.from(new SharedArrayBuffer(sizeBytes));
  const fd = fs.openSync(file, 'r');
  try {
    for (let at = 0; at < sizeBytes; ) {
      const read = fs.readSync(fd, bytes, at, sizeBytes - at, null);
      if (read === 0) return bytes.subarray(0, at);
      at += read;
    }
    return bytes;
  } finally {
    fs.closeSync(fd);
  }
}

/** Whole or not at all. `folder`: of the run. Throws errors of the file system. */
export function writeProof(folder: string, pieces: readonly Uint8Array[]): void {
  const file = path.join(folder, proofName);
  const fd = fs.openSync(`${file}.tmp`, 'w');
  try {
    const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
    // A disk that is nearly full takes less than it is given, and says why only when it is asked again.
    const written = fs.writevSync(fd, pieces);
    if (written < length) fs.writeFileSync(fd, Buffer.concat(pieces).subarray(written));
  } finally {
    fs.closeSync(fd);
  }
  fs.renameSync(`${file}.tmp`, file);
}

/** So that the next run need not search. A half-written one points nowhere. */
export function pointTo(folder: string, runId: string): void {
  fs.writeFileSync(path.join(folder, proofName), `${runId}\n`);
}

/** What is found no more: a build that changes something makes it void, with all that name it. Never throws. */
export function dropProofs(runs: string): void {
  try {
    const ids = fs.readdirSync(runs).filter(isRunId).sort();
    for (const runId of ids.reverse()) {
      const file = path.join(runs, runId, proofName);
      const stat = fs.statSync(file, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      fs.unlinkSync(file);
      // Whoever wrote it had dropped those before it.
      if (stat.size >= leastBytes) return;
    }
  } catch {
    // Litter, at worst: a void proof proves nothing.
  }
}
