// The words for why a task is stale: the same in every display.

import type { StaleReason } from '../verdict.ts';
import { listSome } from './amounts.ts';
import { printable } from './printable.ts';

/** A clause that fits after "because": `data/full.json changed`. One line, whatever the paths hold. */
export function explainReason(reason: StaleReason): string {
  switch (reason.code) {
    case 'never-built':
      return 'it was never built';
    case 'unfinished':
      return 'its last attempt did not succeed';
    case 'overwritten':
      return `${printable(reason.path)} was made for ${printable(reason.params)} since`;
    case 'made-for-another':
      return `${printable(reason.path)} was made for ${printable(reason.by)}`;
    case 'forced':
      return 'it is forced';
    case 'audited':
      return 'it is to be audited';
    case 'always':
      return 'it declares no files and always runs';
    case 'input-changed':
      return `${printable(reason.path)} changed`;
    case 'input-added':
      return `${printable(reason.path)} was added`;
    case 'input-removed':
      return `${printable(reason.path)} was removed`;
    case 'output-changed':
      return `output ${printable(reason.path)} was changed`;
    case 'output-missing':
      return `output ${printable(reason.path)} is missing`;
    case 'output-extra':
      return `${printable(reason.path)} is not one of its outputs`;
    case 'definition-changed':
      return explainDefinition(reason);
    case 'input-newer':
      return `${printable(reason.path)} is ${reason.isAhead ? 'dated in the future, so ' : ''}newer than ${printable(reason.than)}`;
    case 'upstream-failed':
      return `${printable(reason.stage)} failed`;
    case 'upstream-planned':
      return `${printable(reason.stage)} ${plannedEnd(reason)}`;
  }
}

/**
 * All reasons in few words: reasons of one code become one clause, `3 inputs changed: a, b, c`, with at
 * most `limit` names in it. In the order in which the codes first appear.
 */
export function summariseReasons(reasons: readonly StaleReason[], limit = 3): readonly string[] {
  const groups = new Map<string, StaleReason[]>();
  for (const reason of reasons) {
    const key = keyOf(reason);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [reason]);
    else group.push(reason);
  }
  return [...groups.values()].map((group) =>
    group.length === 1 ? explainReason(group[0]!) : explainGroup(group, limit),
  );
}

function explainGroup(group: readonly StaleReason[], limit: number): string {
  const first = group[0]!;
  const names = listSome(group.map(nameIn), limit);
  const count = group.length;
  switch (first.code) {
    case 'input-changed':
      return `${count} inputs changed: ${names}`;
    case 'input-added':
      return `${count} files added: ${names}`;
    case 'input-removed':
      return `${count} files removed: ${names}`;
    case 'output-changed':
      return `${count} outputs were changed: ${names}`;
    case 'output-missing':
      return `${count} outputs are missing: ${names}`;
    case 'output-extra':
      return `${count} files are not among its outputs: ${names}`;
    case 'made-for-another':
      return `${count} outputs were made for others: ${names}`;
    case 'input-newer':
      return `${count} inputs are newer than its outputs: ${names}`;
    case 'upstream-failed':
      return `${names} failed`;
    case 'upstream-planned':
      return `${names} ${plannedEnd(first)}`;
    default:
      return explainReason(first);
  }
}

const plannedEnds = { fails: 'would fail', waits: 'would wait', skipped: 'would be skipped' } as const;

function plannedEnd({ end }: Extract<StaleReason, { readonly code: 'upstream-planned' }>): string {
  return end === undefined ? 'would run' : plannedEnds[end];
}

function keyOf(reason: StaleReason): string {
  // Each changed part of the definition is its own news.
  if (reason.code === 'definition-changed') return `${reason.code} ${reason.name}`;
  return reason.code === 'upstream-planned' ? `${reason.code} ${reason.end}` : reason.code;
}

function nameIn(reason: StaleReason): string {
  if ('stage' in reason) return printable(reason.stage);
  return 'path' in reason ? printable(reason.path) : reason.code;
}

function explainDefinition(reason: Extract<StaleReason, { readonly code: 'definition-changed' }>): string {
  const name = printable(reason.name);
  const { was, now } = reason;
  if (was === null && now !== null) return `${name} is newly declared`;
  if (was !== null && now === null) return `${name} is no longer declared`;
  // Of commands and patterns the old and the new text would take more room than they are worth here.
  const tellsValues = /^(?:env |tool |parameter |(?:version|cwd|shell|platform)$)/.test(reason.name);
  if (tellsValues && isShort(was) && isShort(now))
    return `${name} changed from ${printable(was)} to ${printable(now)}`;
  return /^(?:env|secret|tool) /.test(reason.name) ? `${name} changed` : `its ${name} changed`;
}

/** Can be read at a glance; a digest cannot. */
function isShort(value: string | null): value is string {
  return value !== null && value !== '' && value.length <= 32;
}
