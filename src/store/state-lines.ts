// The lines of the state file and their compact form in JSON.

import type { Digest, FilePath, RunId, TaskId } from '../base/brand.ts';
import type { FileEntry, Manifest } from '../model/manifest.ts';
import type { Acceptance, FingerprintPart, Overwriting, TaskRecord, Unnameable } from '../model/record.ts';
import type { StampRow } from './stamp-memory.ts';

export type StateLine =
  | { readonly kind: 'commit'; readonly record: TaskRecord }
  | {
      readonly kind: 'begin';
      readonly task: TaskId;
      readonly runId: RunId;
      readonly produces: readonly string[];
    }
  | {
      readonly kind: 'failed';
      readonly task: TaskId;
      readonly runId: RunId;
      /** Nothing of its own had begun. */
      readonly overwritten?: Overwriting | undefined;
    }
  | { readonly kind: 'forget'; readonly task: TaskId }
  /** Contents that `pipe` once wrote to a path, oldest first. */
  | { readonly kind: 'produced'; readonly paths: readonly (readonly [string, ...Digest[]])[] }
  | { readonly kind: 'stamps'; readonly rows: readonly StampRow[] }
  | { readonly kind: 'drop'; readonly paths: readonly string[] }
  | { readonly kind: 'tool'; readonly key: string; readonly value: string }
  /** From here on the stamps are of another boot. */
  | { readonly kind: 'boot'; readonly boot: string };

/** What one record says as the one before did: the items of a stage have most of their parts in common. */
export class SharedParts {
  private readonly parts = new Map<string, FingerprintPart>();
  private lastRun: RunId | null = null;

  part(name: string, value: string): FingerprintPart {
    const known = this.parts.get(name);
    if (known?.value === value) return known;
    const part = { name, value };
    this.parts.set(name, part);
    return part;
  }

  run(id: string): RunId {
    if (id !== this.lastRun) this.lastRun = id as RunId;
    return this.lastRun;
  }
}

/** Path, digest, size, kind and executable bit in one number, link text. */
type EntryRow = readonly [string, string, number, number, string?];

type RecordRow = readonly [
  'c',
  task: string,
  fingerprint: string,
  runId: string,
  finishedAtMs: number,
  durationMs: number,
  parts: readonly string[],
  inputs: readonly EntryRow[],
  outputs: readonly EntryRow[],
  metrics: Readonly<Record<string, number>>,
  accepted?: Acceptance | null,
  handMade?: readonly string[] | null,
  unnameable?: Unnameable | null,
  executedIn?: string,
];

const KINDS = ['file', 'link', 'folder'] as const;

export function encodeLine(line: StateLine): string {
  switch (line.kind) {
    case 'commit':
      return JSON.stringify(rowOfRecord(line.record));
    case 'begin':
      return JSON.stringify(['b', line.task, line.runId, ...line.produces]);
    case 'failed':
      return JSON.stringify(['x', line.task, line.runId, ...overwritingRow(line.overwritten)]);
    case 'forget':
      return JSON.stringify(['f', line.task]);
    case 'produced':
      return JSON.stringify(['p', line.paths]);
    case 'stamps':
      return JSON.stringify(['s', line.rows]);
    case 'drop':
      return JSON.stringify(['d', line.paths]);
    case 'tool':
      return JSON.stringify(['t', line.key, line.value]);
    case 'boot':
      return JSON.stringify(['o', line.boot]);
  }
}

/** `null` for a line this version does not know. Its checksum was right, so its shape is not doubted further. */
export function decodeLine(content: unknown, shared: SharedParts = new SharedParts()): StateLine | null {
  if (!Array.isArray(content)) return null;
  switch (content[0]) {
    case 'c':
      return { kind: 'commit', record: recordOfRow(content as unknown as RecordRow, shared) };
    case 'b':
      return { kind: 'begin', task: content[1], runId: content[2], produces: content.slice(3) };
    case 'x':
      return { kind: 'failed', task: content[1], runId: content[2], ...overwritingOf(content.slice(3)) };
    case 'f':
      return { kind: 'forget', task: content[1] };
    case 'p':
      return { kind: 'produced', paths: content[1] };
    case 's':
      return { kind: 'stamps', rows: content[1] };
    case 'd':
      return { kind: 'drop', paths: content[1] };
    case 't':
      return { kind: 'tool', key: content[1], value: content[2] };
    case 'o':
      return { kind: 'boot', boot: content[1] };
    default:
      return null;
  }
}

function overwritingRow(overwriting: Overwriting | undefined): readonly string[] {
  return overwriting === undefined ? [] : [overwriting.path, overwriting.params];
}

function overwritingOf([path, params]: readonly string[]): { readonly overwritten?: Overwriting } {
  return path === undefined || params === undefined ? {} : { overwritten: { path, params } };
}

function rowOfRecord(record: TaskRecord): RecordRow {
  const { task, fingerprint, runId, finishedAtMs, durationMs, parts, inputs, outputs, metrics } = record;
  const { accepted, handMade, unnameable, executedIn } = record;
  const names: string[] = [];
  for (const part of parts) names.push(part.name, part.value);
  const row = [
    'c',
    task,
    fingerprint,
    runId,
    finishedAtMs,
    durationMs,
    names,
    inputs.map(rowOfEntry),
    outputs.map(rowOfEntry),
    metrics,
  ] as const;
  if (executedIn !== undefined)
    return [...row, accepted ?? null, handMade ?? null, unnameable ?? null, executedIn];
  if (unnameable !== undefined) return [...row, accepted ?? null, handMade ?? null, unnameable];
  if (handMade !== undefined) return [...row, accepted ?? null, handMade];
  return accepted === undefined ? row : [...row, accepted];
}

function recordOfRow(row: RecordRow, shared: SharedParts): TaskRecord {
  const [, task, fingerprint, runId, finishedAtMs, durationMs, names, inputs, outputs, metrics] = row;
  const [, , , , , , , , , , accepted, handMade, unnameable, executedIn] = row;
  const parts: FingerprintPart[] = [];
  for (let i = 0; i + 1 < names.length; i += 2) parts.push(shared.part(names[i]!, names[i + 1]!));
  const record: TaskRecord = {
    task: task as TaskId,
    fingerprint: fingerprint as Digest,
    parts,
    inputs: manifestOfRows(inputs),
    outputs: manifestOfRows(outputs),
    runId: shared.run(runId),
    finishedAtMs,
    durationMs,
    metrics,
  };
  // Each only where it is: most records have none.
  const more = { ...(accepted && { accepted }), ...(handMade && { handMade }) };
  const from = executedIn === undefined ? {} : { executedIn: shared.run(executedIn) };
  return { ...record, ...more, ...(unnameable && { unnameable }), ...from };
}

function rowOfEntry(entry: FileEntry): EntryRow {
  const flags = KINDS.indexOf(entry.kind) * 2 + (entry.executable ? 1 : 0);
  return entry.target === undefined
    ? [entry.path, entry.digest, entry.sizeBytes, flags]
    : [entry.path, entry.digest, entry.sizeBytes, flags, entry.target];
}

function manifestOfRows(rows: readonly EntryRow[]): Manifest {
  return rows.map(([path, digest, sizeBytes, flags, target]) => {
    const entry: FileEntry = {
      path: path as FilePath,
      kind: KINDS[flags >> 1]!,
      executable: (flags & 1) === 1,
      digest: digest as Digest,
      sizeBytes,
    };
    return target === undefined ? entry : { ...entry, target };
  });
}
