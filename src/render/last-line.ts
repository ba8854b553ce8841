// The line in which a run is summed up.

import type { RunFinished } from '../model/events.ts';
import { metricsText } from '../model/metrics.ts';
import { formatDuration } from '../model/words/amounts.ts';
import { printable } from '../model/words/printable.ts';
import { wrapWords } from './fit.ts';
import type { Look } from './look.ts';

export function lastLines(finished: RunFinished, look: Look): readonly string[] {
  const text = summaryText(finished);
  const paint =
    finished.outcome === 'succeeded'
      ? look.style.good
      : finished.outcome === 'failed'
        ? look.style.bad
        : look.style.warn;
  const lines = look.columns === null ? [text] : wrapWords(text, look.columns);
  return lines.map((line) => look.style.bold(paint(line)));
}

/** `3 ran, 1 restored, 1 fresh in 2.0s, saved 45s` */
export function summaryText(run: RunFinished): string {
  const took = formatDuration(run.durationMs);
  if (run.outcome === 'succeeded' && run.executed + run.restored === 0) {
    const saved = savedText(run);
    return `nothing to do: ${run.fresh} fresh in ${took}${saved === '' ? '' : ` (saved ${saved})`}`;
  }
  const counts = [
    [run.failed, 'failed'],
    [run.cancelled, 'cancelled'],
    [run.waiting, 'waiting'],
    [run.skipped, 'skipped'],
    [run.executed, 'ran'],
    [run.restored, 'restored'],
    [run.fresh, 'fresh'],
  ] as const;
  const told = counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  const saved = savedText(run);
  const spent = run.metrics === undefined ? '' : `, used ${printable(metricsText(run.metrics))}`;
  return `${leadOf(run)}${told.length === 0 ? 'nothing ran' : told.join(', ')} in ${took}${saved === '' ? '' : `, saved ${saved}`}${spent}`;
}

function leadOf({ outcome, failedHook, gaveWay }: RunFinished): string {
  if (failedHook !== undefined) return `the pipeline's hook "${failedHook}" failed: `;
  if (outcome === 'cancelled') return gaveWay === true ? 'gave way to an edit: ' : 'interrupted: ';
  return outcome === 'waiting' ? 'stopped to wait: ' : '';
}

/** `45s and usd 0.42` */
function savedText({ savedMs, savedMetrics = {} }: RunFinished): string {
  const time = savedMs > 0 ? [formatDuration(savedMs)] : [];
  const metrics = printable(metricsText(savedMetrics));
  return [...time, ...(metrics === '' ? [] : [metrics])].join(' and ');
}
