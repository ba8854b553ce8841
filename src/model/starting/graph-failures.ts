// What a stage-graph.json says of stages that fail or do not end: limits, retries, and which of them may.
import { timerMs } from '../validation/duration.ts';
import { mostAttempts } from '../validation/validate-retry.ts';
import type { Reading } from './reading.ts';

export function timeoutOf(said: unknown, name: string, reading: Reading): string | undefined {
  const text = typeof said === 'number' ? `${said}ms` : said;
  if (text === undefined) return undefined;
  if (typeof text === 'string' && timerMs(text) !== null) return text;
  reading.note(`${name}: the timeout ${JSON.stringify(said)} is not taken over`);
  return undefined;
}

/** Who counts retries does not count the first attempt. */
export function attemptsOf(retries: unknown, name: string, reading: Reading): number | undefined {
  if (retries === undefined || retries === null || retries === 0) return undefined;
  if (Number.isInteger(retries) && Number(retries) > 0 && Number(retries) < mostAttempts)
    return Number(retries) + 1;
  reading.note(`${name}: ${JSON.stringify(retries)} retries are not taken over`);
  return undefined;
}

/** A failure after which such a graph goes on is one that does not fail the run. */
export function optionalOf(said: unknown, name: string, reading: Reading): true | undefined {
  if (said === undefined || said === false) return undefined;
  if (said === true) return true;
  reading.note(`${name}: whether it may fail is not taken over, since ${JSON.stringify(said)} says neither`);
  return undefined;
}
