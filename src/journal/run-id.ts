// Names of runs: sorted as text they are sorted by when they began.

import type { RunId } from '../base/brand.ts';

/**
 * Such as `20261121-094512-3f9a`: UTC, so that no change of the clock for summer turns the order
 * around, then two digits that count 1/256 of the second, then two at random.
 */
export function makeRunId(nowMs: number, random: number = Math.floor(Math.random() * 256)): RunId {
  const [date, time] = new Date(nowMs).toISOString().slice(0, 19).replace(/[-:]/g, '').split('T');
  const fraction = Math.floor((((nowMs % 1000) + 1000) % 1000) * 0.256);
  return `${date}-${time}-${hexByte(fraction)}${hexByte(random)}` as RunId;
}

/**
 * Names sort as runs begin, whatever becomes of the clock: where it was set back since the newest run, the next name follows
 * on that one. `random`: 0 ≤ n < 1; runs that begin at once must not have one name.
 */
export function runIdAfter(newest: RunId | undefined, nowMs: number, random = Math.random()): RunId {
  const id = makeRunId(nowMs);
  if (newest === undefined || id > newest) return id;
  const laterMs = timeOf(newest) + 1000 / 256 + 999 * random;
  // A folder that somebody has named so may stand for no time at all.
  return laterMs < lastMs ? makeRunId(laterMs) : id;
}

/** After that a name is longer. */
const lastMs = Date.UTC(10_000, 0);

function timeOf(runId: RunId): number {
  const [, year, month, day, hours, minutes, seconds, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-(..)/.exec(runId) ?? [];
  const wholeMs = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return wholeMs + (Number.parseInt(fraction, 16) * 1000) / 256;
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
