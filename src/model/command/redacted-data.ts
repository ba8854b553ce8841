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
  const isLong = (value: string) => value.trim().length >= least;
  return secretValues.every(isLong) ? secretValues : secretValues.filter(isLong);
}

/**
 * The same data, with `***` for secrets in all its texts. What a field is, its name tells; a name that is not known
 * here counts as free text. Only the data itself is looked at: arrays, objects and texts. Data without a secret is
 * given back as it is: there may be much of it.
 */
export function redactData<T>(data: T, secretValues: readonly string[]): T {
  if (secretValues.length === 0) return data;
  const inNames = longValues(secretValues);
  const inOwnWords = longValues(secretValues, shortestInOwnWords);
  const valuesFor = (field: string) =>
    ownWords.has(field) ? inOwnWords : names.has(field) ? inNames : secretValues;
  const told = (value: unknown, field: string): unknown => {
    if (typeof value === 'string') return redact(value, valuesFor(field));
    if (typeof value !== 'object' || value === null) return value;
    if (!Array.isArray(value)) return toldFields(value as Readonly<Record<string, unknown>>);
    const items = value.map((item) => told(item, field));
    return items.every((item, i) => item === value[i]) ? value : items;
  };
  const toldFields = (fields: Readonly<Record<string, unknown>>): unknown => {
    let changed: Record<string, unknown> | null = null;
    for (const key of Object.keys(fields)) {
      const text = told(fields[key], key);
      if (text === fields[key]) continue;
      changed ??= { ...fields };
      changed[key] = text;
    }
    return changed ?? fields;
  };
  return told(data, '') as T;
}
