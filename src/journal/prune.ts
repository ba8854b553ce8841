// Keeps the history bounded: the newest runs stay.

import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { runIds } from './history.ts';

/** What a run may leave besides its own folder. Never `displaced`: that holds what people made. */
const LEFT_BY_RUNS = ['rejected', 'aside'];
const SIZE_FILE = 'size';

/** Of all runs together. */
export const manyBytes = 500_000_000;

/**
 * Removes runs, oldest first, until at most `keepRuns` and `keepBytes` are left; never `current`.
 * Sizes of finished runs are kept in their folders, so that each is measured once.
 * Never throws; answers what was removed, newest first, and how much the others but the current one hold.
 */
export function pruneRuns(options: {
  readonly state: string;
  readonly current: RunId;
  readonly keepRuns?: number;
  readonly keepBytes?: number;
}): { readonly removed: readonly RunId[]; readonly keptBytes: number } {
  const { state, current, keepRuns = 200, keepBytes = manyBytes } = options;
  const removed: RunId[] = [];
  let keptBytes = 0;
  let bytes = 0;
  for (const [i, runId] of runIds(state).entries()) {
    const sizeBytes = i < keepRuns || runId === current ? sizeOf(state, runId) : 0;
    bytes += sizeBytes;
    if (runId === current) continue;
    if (i < keepRuns && bytes <= keepBytes) {
      keptBytes += sizeBytes;
      continue;
    }
    // Once the limit is passed it stays so: nothing older than a removed run is kept.
    bytes = Number.POSITIVE_INFINITY;
    if (removeRun(state, runId)) removed.push(runId);
  }
  return { removed, keptBytes };
}

function removeRun(state: string, runId: RunId): boolean {
  try {
    for (const folder of foldersOf(state, runId)) fs.rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** What a run and all that it left takes. */
export function sizeOf(state: string, runId: RunId): number {
  const file = path.join(state, 'runs', runId, SIZE_FILE);
  try {
    const remembered = Number.parseInt(fs.readFileSync(file, 'latin1'), 10);
    if (Number.isSafeInteger(remembered)) return remembered;
  } catch {
    // Not measured yet.
  }
  const bytes = foldersOf(state, runId).reduce((sum, folder) => sum + bytesBelow(folder), 0);
  // Without a summary it may still be running.
  if (fs.existsSync(path.join(state, 'runs', runId, 'summary.json'))) {
    try {
      fs.writeFileSync(file, `${bytes}\n`);
    } catch {
      // Measured again next time.
    }
  }
  return bytes;
}

function foldersOf(state: string, runId: RunId): readonly string[] {
  return [...LEFT_BY_RUNS, 'runs'].map((part) => path.join(state, part, runId));
}

function bytesBelow(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) bytes += bytesBelow(file);
      else bytes += fs.lstatSync(file).size;
    }
  } catch {
    // Gone meanwhile, or not there.
  }
  return bytes;
}
