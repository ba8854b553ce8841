// Names of runs: sorted as text they are sorted by time.

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

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}
