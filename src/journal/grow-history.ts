// How much the runs hold, roughly, without a look into each: so that most builds need not look for some to remove.
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { isRunId } from '../model/run-id.ts';
import { manyRuns, runIds } from './history.ts';
import { manyBytes, pruneRuns, sizeOf } from './prune.ts';

interface Known {
  /** The newest run that was measured. */
  readonly upTo: string;
  readonly bytes: number;
}

/**
 * For the holder of the lock. Measures the runs since the last time, and prunes only once they are too many or too much:
 * then, and where nothing is known, all are measured. `current`: is at work yet. Never throws.
 */
export function growHistory(options: {
  readonly state: string;
  readonly current: RunId;
  readonly keepBytes?: number;
}): void {
  const { state, current, keepBytes = manyBytes } = options;
  const file = path.join(state, 'history-size');
  const known = remembered(file);
  const ids = runIds(state);
  const others = ids.filter((runId) => runId !== current);
  const added = others.filter((runId) => known !== null && runId > known.upTo);
  let bytes = added.reduce((sum, runId) => sum + sizeOf(state, runId), known?.bytes ?? 0);
  if (known === null || ids.length > manyRuns || bytes > keepBytes)
    bytes = pruneRuns({ state, current, keepBytes }).keptBytes;
  const [upTo] = others;
  if (upTo === undefined || upTo === known?.upTo) return;
  try {
    fs.writeFileSync(file, `${upTo} ${bytes}\n`);
  } catch {
    // All are measured again next time.
  }
}

/** `null`: there is none, or half of one. */
function remembered(file: string): Known | null {
  try {
    const [, upTo = '', bytes] = /^(\S+) (\d{1,15})\n$/.exec(fs.readFileSync(file, 'latin1')) ?? [];
    return isRunId(upTo) ? { upTo, bytes: Number(bytes) } : null;
  } catch {
    return null;
  }
}
