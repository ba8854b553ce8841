// Digests, records and stamps to store.
import { createHash } from 'node:crypto';
import type { Digest, FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import type { ActionResult } from '../../src/engine/ports.ts';
import type { FileEntry } from '../../src/model/manifest.ts';
import type { TaskRecord } from '../../src/model/record.ts';
import { openState } from '../../src/store/open-state.ts';
import type { RememberedStamp } from '../../src/store/stamp-memory.ts';

export function digest(content: string): Digest {
  return createHash('sha256').update(content).digest('hex') as Digest;
}

export function entry(path: string, content = path, more: Partial<FileEntry> = {}): FileEntry {
  const sizeBytes = Buffer.byteLength(content);
  return {
    path: path as FilePath,
    kind: 'file',
    executable: false,
    digest: digest(content),
    sizeBytes,
    ...more,
  };
}

export function record(task: string, runId: string, inputs = 1): TaskRecord {
  return {
    task: task as TaskId,
    fingerprint: digest(`${task} ${runId}`),
    parts: [{ name: 'command', value: 'echo "ü"\n' }],
    inputs: Array.from({ length: inputs }, (_, i) => entry(`in/${i}.txt`, `${runId} ${i}`)),
    outputs: [entry(`out/${task}.txt`, `${task} ${runId}`)],
    runId: runId as RunId,
    finishedAtMs: 1_732_181_523_123,
    durationMs: 812,
    metrics: { usd: 0.02 },
  };
}

export function stamp(inode: number, content: string): RememberedStamp {
  const time = 1_732_181_523_123_456_789n + BigInt(inode);
  return {
    digest: digest(content),
    stamp: {
      kind: 'file',
      inode: BigInt(inode),
      sizeBytes: 2n ** 60n + 1n,
      mtimeNs: time,
      ctimeNs: time + BigInt(inode % 2),
      mode: 0o100644n,
    },
  };
}

export function action(name: string, outputs: readonly FileEntry[], durationMs = 100): ActionResult {
  const createdAtMs = 1_732_181_523_123;
  return { fingerprint: digest(name), outputs, durationMs, metrics: { usd: 1 }, log: null, createdAtMs };
}

/** Opens the state in `folder`; trouble is an error. */
export function open(folder: string, bootId = 'boot') {
  const onTrouble = (message: string): never => {
    throw new Error(message);
  };
  return openState({ folder, bootId, onTrouble });
}
