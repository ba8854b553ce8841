// Hashes files with all processors, where there is so much to read that starting threads pays.
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { HashedFile } from './hash-file.ts';
import { Progress } from './hashing-behind.ts';
import type { Imprinted } from './imprint.ts';
import { SharedHashing } from './shared-hashing.ts';

/** A thread takes as long to start as some tens of megabytes to be hashed. */
const muchBytes = 96 << 20;
/** To open and close a file takes as long as to hash so many bytes. */
const fileCostBytes = 16 << 10;
const mostThreads = 8;
/** Of a thread that shows no sign of life. */
const patienceMs = 5000;
const threadFile = () => path.join(import.meta.dirname, 'hash-worker.cjs');

/** Whether to hash files of these sizes takes long. */
export function isMuch(sizes: readonly bigint[]): boolean {
  let cost = 0;
  for (const size of sizes) cost += Number(size) + fileCostBytes;
  return cost > muchBytes;
}

export interface FileToHash {
  readonly absolutePath: string;
  /** What it most likely still is. */
  readonly like?: Imprinted | undefined;
}

/**
 * One answer for each file: `null` where it could not be read. Waits, and nothing else happens in this thread
 * meanwhile: it hashes too.
 */
export function hashTogether(
  files: readonly FileToHash[],
  thread: string = threadFile(),
): readonly (HashedFile | null)[] {
  const work = sharedHashing(files);
  const threads = start(work, Math.min(threadCount(), files.length) - 1, thread);
  work.help();
  work.waitForOthers(patienceMs);
  for (const thread of threads) void thread.terminate();
  return files.map((_, i) => work.result(i));
}

/** As `hashTogether`, by other threads alone, so that signals and time limits are heard. Ends early on `signal`. */
export async function hashElsewhere(
  files: readonly FileToHash[],
  signal: AbortSignal,
  thread: string = threadFile(),
): Promise<readonly (HashedFile | null)[]> {
  const work = sharedHashing(files);
  const threads = start(work, Math.min(threadCount(), files.length), thread);
  const stop = () => {
    for (const thread of threads) void thread.terminate();
  };
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  await Promise.all(threads.map((thread) => new Promise((resolve) => thread.once('exit', resolve))));
  signal.removeEventListener('abort', stop);
  return files.map((_, i) => work.result(i));
}

/**
 * Hashes files that `copy` is about to write, by another thread, behind it. `copy` answers whether it has written all;
 * `null`: it has not. One answer for each file: `null` where it could not be read. Large ones get imprints.
 */
export function hashBehindCopying(
  files: readonly { readonly path: string; readonly sizeBytes: number }[],
  copy: (progress: Progress) => boolean,
  thread: string = threadFile(),
): readonly (HashedFile | null)[] | null {
  const progress = Progress.of(files.length);
  const sizesBytes = files.map((file) => file.sizeBytes);
  const work = SharedHashing.of(
    files.map((file) => file.path),
    { copying: { progress: progress.shared, sizesBytes } },
  );
  const threads = start(work, Math.min(1, threadCount() - 1), thread);
  try {
    if (!copy(progress)) return null;
    // What the other has not begun is all there by now.
    work.help();
    work.waitForOthers(patienceMs);
    return files.map((_, i) => work.result(i));
  } finally {
    for (const one of threads) void one.terminate();
  }
}

function sharedHashing(files: readonly FileToHash[]): SharedHashing {
  return SharedHashing.of(
    files.map(({ absolutePath }) => absolutePath),
    files.some(({ like }) => like !== undefined) ? { like: files.map(({ like }) => like) } : {},
  );
}

function threadCount(): number {
  return Math.min(mostThreads, availableParallelism());
}

/** As many as can be had. */
function start({ order }: SharedHashing, count: number, file: string): readonly Worker[] {
  const threads: Worker[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const thread = new Worker(file, { workerData: order });
      // One that cannot start leaves its files to the others.
      thread.on('error', () => {});
      threads.push(thread);
    }
  } catch {
    // No more threads for this process.
  }
  return threads;
}
