// Takes secrets out of plain data before it becomes text: no escape, no fold and no cut can hide one then.
import { redact } from './redaction.ts';

/**
 * In the names of stages and files a shorter value is there by chance, as `test` and `data` are. Blanked out, it
 * would hide nothing and make names useless.
 */
export const shortestInNames = 8;

/** No word of pipe's own is a secret by chance of more than these. A text of somebody's that comes to stand there is safe. */
export const shortestInOwnWords = 16;

/** What is written under these is one of pipe's own words, or an id. */
const ownWords: ReadonlySet<string> = new Set([
  ...['v', 'kind', 'outcome', 'action', 'code', 'status', 'stream', 'state', 'freshness', 'watch'],
  ...['runId', 'unfinishedRun', 'startedAt', 'finishedAt', 'digest', 'fingerprint'],
]);

/** Under these stand names of stages, pipelines, variables and files, by which a program finds them again. */
const names: ReadonlySet<string> = new Set([
  ...['task', 'stage', 'stages', 'item', 'name', 'names', 'place', 'subject', 'from', 'to', 'after', 'needs'],
  ...[
    'neededBy',
    'upstream',
    'downstream',
    'blockedBy',
    'targets',
    'secrets',
    'passed',
    'pipelines',
    'hiddenEnv',
  ],
  ...[
    'path',
    'paths',
    'than',
    'log',
    'root',
    'config',
    'cwd',
    'module',
    'implied',
    'pattern',
    'patterns',
    'via',
  ],
  ...[
    'requires',
    'produces',
    'outputs',
    'reads',
    'writes',
    'deletes',
    'producers',
    'consumers',
    'removed',
    'kept',
  ],
]);

/** Values that are long enough to be looked for in names. */
export function longValues(secretValues: readonly string[], least = shortestInNames): readonly string[] {
  return secretValues.filter((value) => value.trim().length >= least);
}

/**
 * The same data, with `***` for secrets in all its texts. What a field is, its name tells; a name that is not known
 * here counts as free text. Only the data itself is looked at: arrays, objects and texts.
 */
export function redactData<T>(data: T, secretValues: readonly string[]): T {
  if (secretValues.length === 0) return data;
  const inNames = longValues(secretValues);
  const inOwnWords = longValues(secretValues, shortestInOwnWords);
  const valuesFor = (field: string) =>
    ownWords.has(field) ? inOwnWords : names.has(field) ? inNames : secretValues;
  const told = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') return redact(value, valuesFor(field));
    if (Array.isArray(value)) return value.map((item) => told(item, field));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, told(inner, key)]));
  };
  return told(data, '') as T;
}
