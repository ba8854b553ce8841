// Durations as people write them: `'10m'`, `'90s'`, or a number of milliseconds.
import { err, ok, type Result } from '../../base/result.ts';

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Whole milliseconds, at least 1; the error says what was expected. */
export function parseDuration(value: unknown): Result<number, string> {
  const ms = typeof value === 'string' ? msOf(value) : value;
  if (typeof ms !== 'number' || Number.isNaN(ms)) {
    return err("a duration such as '10m', '90s', '50ms', or a number of milliseconds");
  }
  const rounded = Math.round(ms);
  if (rounded < 1) return err('a duration of at least one millisecond');
  return Number.isSafeInteger(rounded) ? ok(rounded) : err('a shorter duration');
}

/** Timers of Node hold no longer time. */
const longestTimerMs = 2 ** 31 - 1;

/** A duration that a timer can wait for; `null`: it is none. */
export function timerMs(value: unknown): number | null {
  const parsed = parseDuration(value);
  return parsed.ok && parsed.value <= longestTimerMs ? parsed.value : null;
}

function msOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? Number.NaN : Number(count) * unitMs[unit]!;
}
