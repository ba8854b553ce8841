// Numbers in words: durations, sizes, counts, how long ago.

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `812ms`, `3.4s`, `45s`, `2m 05s`, `1h 02m`, `3d 04h`: the two largest units that say something. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  if (whole < second) return `${whole}ms`;
  // Decided on the rounded text's terms, so that 9.96 s is not "10.0s" and 59.7 s not "60s".
  if (whole < 9950) return `${(whole / second).toFixed(1)}s`;
  const seconds = Math.round(whole / second);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`;
  const minutes = Math.round(whole / minute);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
  const hours = Math.round(whole / hour);
  return `${Math.floor(hours / 24)}d ${twoDigits(hours % 24)}h`;
}

/** A duration that ticks: whole seconds, so that a display is calm. */
export function formatElapsed(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / second)) * second;
  return whole < 10 * second ? `${whole / second}s` : formatDuration(whole);
}

const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `812 B`, `9.3 KB`, `45 MB`: powers of 1000, as the configuration's sizes. */
export function formatSize(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  // 999.5 would be written "1000".
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `1 stage`, `3 stages`; `many` where an `s` is not enough. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `just now`, `12s ago`, `5m ago`, `3h ago`, `2 days ago`; the date in UTC after a month. */
export function ago(thenMs: number, nowMs: number): string {
  const passed = nowMs - thenMs;
  if (passed < 5 * second) return 'just now';
  if (passed < minute) return `${Math.floor(passed / second)}s ago`;
  if (passed < hour) return `${Math.floor(passed / minute)}m ago`;
  if (passed < day) return `${Math.floor(passed / hour)}h ago`;
  if (passed < 30 * day) return `${plural(Math.floor(passed / day), 'day')} ago`;
  return new Date(thenMs).toISOString().slice(0, 10);
}

/** `a, b, c and 12 more`: at most `limit` names. */
export function listSome(names: readonly string[], limit: number): string {
  if (names.length <= limit) return names.join(', ');
  const shown = names.slice(0, limit);
  const rest = names.length - shown.length;
  return shown.length === 0 ? `${rest}` : `${shown.join(', ')} and ${rest} more`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

/** The same as lines of their own. */
export function someLines(lines: readonly string[], limit = 20): readonly string[] {
  if (lines.length <= limit) return lines;
  return [...lines.slice(0, limit), `and ${lines.length - limit} more`];
}
