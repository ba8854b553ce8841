// Decides whether a task is fresh, and says why not: by comparison with what was recorded, or as make does.
import type { FilePath } from '../base/brand.ts';
import { diffManifests, type Manifest, sameManifest } from './manifest.ts';
import type { FingerprintPart, Memory, TaskRecord } from './record.ts';
import type { StaleReason, Verdict } from './verdict.ts';

/** The present state of a task, as far as it has been looked at. */
export interface Present {
  readonly parts: readonly FingerprintPart[];
  readonly inputs: Manifest;
  readonly outputs: Manifest;
}

/** Fresh = complete record ∧ equal parts and inputs ∧ exactly the recorded outputs, each with its recorded content. */
export function judgeByHash(memory: Memory, now: Present): Verdict {
  switch (memory.kind) {
    case 'none':
      return { kind: 'stale', reasons: [{ code: 'never-built' }] };
    case 'unfinished': {
      const since = memory.last === null ? [] : differences(memory.last, now).filter(isAboutInputs);
      return { kind: 'stale', reasons: [whyUnfinished(memory), ...since] };
    }
    case 'done':
      return verdictOf(differences(memory.record, now));
  }
}

/** A file with its time of last change in nanoseconds. */
export interface TimedFile {
  readonly path: FilePath;
  readonly mtimeNs: bigint;
}

/** Every output exists, and the newest input is not newer than the oldest output; the recorded definition, if any, is the present one. */
export function judgeByTimes(
  memory: Memory,
  now: {
    readonly parts: readonly FingerprintPart[];
    readonly inputs: readonly TimedFile[];
    readonly outputs: readonly TimedFile[];
    /** `produces` patterns without a file. */
    readonly unmatched: readonly string[];
    /** Outputs that pipe has made for another task, as far as nothing is on record of this one. */
    readonly ofOthers: readonly { readonly path: FilePath; readonly by: string }[];
    /** Since the epoch, as that of files. */
    readonly timeNs: bigint;
  },
): Verdict {
  if (memory.kind === 'unfinished') return { kind: 'stale', reasons: [whyUnfinished(memory)] };
  const reasons: StaleReason[] = now.unmatched.map((path) => ({ code: 'output-missing', path }));
  for (const { path, by } of now.ofOthers) reasons.push({ code: 'made-for-another', path, by });
  if (memory.kind === 'done') reasons.push(...definitionChanges(memory.record.parts, now.parts));
  const oldest = now.outputs.reduce<TimedFile | null>(
    (a, b) => (a === null || b.mtimeNs < a.mtimeNs ? b : a),
    null,
  );
  if (oldest !== null) {
    for (const input of now.inputs) {
      if (input.mtimeNs <= oldest.mtimeNs) continue;
      const isAhead = input.mtimeNs > now.timeNs;
      reasons.push({
        ...{ code: 'input-newer', path: input.path, than: oldest.path },
        ...(isAhead && { isAhead }),
      });
    }
  }
  return verdictOf(reasons);
}

/** Adds what the user asked for on top of what the files say. */
export function withReason(verdict: Verdict, reason: StaleReason): Verdict {
  return { kind: 'stale', reasons: verdict.kind === 'stale' ? [reason, ...verdict.reasons] : [reason] };
}

function whyUnfinished({ overwritten }: Extract<Memory, { readonly kind: 'unfinished' }>): StaleReason {
  return overwritten === undefined ? { code: 'unfinished' } : { code: 'overwritten', ...overwritten };
}

function verdictOf(reasons: readonly StaleReason[]): Verdict {
  const [first, ...rest] = reasons;
  return first === undefined ? { kind: 'fresh' } : { kind: 'stale', reasons: [first, ...rest] };
}

function differences(record: TaskRecord, now: Present): readonly StaleReason[] {
  const reasons: StaleReason[] = [];
  // Parts and inputs are all that a fingerprint is made of; comparing them says the same and spares the hash.
  reasons.push(...definitionChanges(record.parts, now.parts));
  if (!sameManifest(record.inputs, now.inputs)) {
    const inputs = diffManifests(record.inputs, now.inputs);
    for (const path of inputs.changed) reasons.push({ code: 'input-changed', path });
    for (const path of inputs.added) reasons.push({ code: 'input-added', path });
    for (const path of inputs.removed) reasons.push({ code: 'input-removed', path });
    // The modules behind the code are inputs and say it better.
    const code = reasons.findIndex(
      (reason) => reason.code === 'definition-changed' && reason.name === 'code',
    );
    if (code >= 0) reasons.splice(code, 1);
  }
  if (!sameManifest(record.outputs, now.outputs)) {
    const outputs = diffManifests(record.outputs, now.outputs);
    for (const path of outputs.removed) reasons.push({ code: 'output-missing', path });
    for (const path of outputs.changed) reasons.push({ code: 'output-changed', path });
    for (const path of outputs.added) reasons.push({ code: 'output-extra', path });
  }
  return reasons;
}

function definitionChanges(
  last: readonly FingerprintPart[],
  now: readonly FingerprintPart[],
): readonly StaleReason[] {
  if (sameParts(last, now)) return [];
  const was = new Map(last.map((part) => [part.name, part.value]));
  const is = new Map(now.map((part) => [part.name, part.value]));
  const names = [...new Set([...is.keys(), ...was.keys()])];
  return names
    .filter((name) => was.get(name) !== is.get(name))
    .map((name) => ({
      code: 'definition-changed',
      name,
      was: was.get(name) ?? null,
      now: is.get(name) ?? null,
    }));
}

function sameParts(a: readonly FingerprintPart[], b: readonly FingerprintPart[]): boolean {
  return (
    a.length === b.length && a.every((part, i) => part.name === b[i]!.name && part.value === b[i]!.value)
  );
}

function isAboutInputs(reason: StaleReason): boolean {
  return reason.code.startsWith('input-') || reason.code === 'definition-changed';
}
