// What two series of times say of each other: pairs, taken in turn, so that what slows one slows the other as well.

import { median, medianInterval } from './timing.mjs';

/**
 * @typedef {object} Comparison
 * @property {string} measure
 * @property {number} beforeMs median
 * @property {number} afterMs median
 * @property {number} ratio median of the ratios of the pairs
 * @property {readonly [number, number] | null} interval in which that lies with 95 % confidence; `null`: too few pairs
 */

/** @returns {Comparison} */
export function compared(measure, before, after) {
  const ratios = before.map((ms, i) => after[i] / ms);
  return {
    measure,
    beforeMs: median(before),
    afterMs: median(after),
    ratio: median(ratios),
    interval: medianInterval(ratios),
  };
}

/** Slower than allowed, and not by chance. Where there are too few pairs to tell chance apart, the ratio alone counts. */
export function isTooSlow({ ratio, interval }, margin) {
  return ratio > margin && (interval === null || interval[0] > 1);
}

export function comparisonRow({ measure, beforeMs, afterMs, ratio, interval }) {
  const ms = (value) => value.toFixed(value < 99.95 ? 1 : 0);
  const spread = interval === null ? '–' : interval.map((value) => value.toFixed(2)).join('–');
  return [measure, ms(beforeMs), ms(afterMs), ratio.toFixed(2), spread];
}
