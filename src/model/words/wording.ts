// The words for why a task is stale and how one failed: the same in every display.

import type { Failure } from '../failure.ts';
import type { StaleReason } from '../verdict.ts';
import { formatDuration, listSome, plural, someLines } from './amounts.ts';
import { inOneLine, missingFile, printable } from './printable.ts';

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

/** A failure in words: the first line says what happened, the others give details. */
export function explainFailure(failure: Failure): readonly [string, ...string[]] {
  switch (failure.kind) {
    case 'exit':
      return [`exit code ${failure.code}${exitCodeMeaning(failure.code)}`, ...foldersGone(failure)];
    case 'signal':
      return [`killed by ${failure.signal}${failure.signal === 'SIGKILL' ? ' (out of memory?)' : ''}`];
    case 'timeout':
      return [`timed out after ${formatDuration(failure.timeoutMs)}`];
    case 'spawn':
      return [`could not start: ${printable(failure.message)}`];
    case 'threw':
      // Some of it was not thrown but seen from outside, and is told as a sentence.
      return [
        `${/^the (function|module|script) /.test(failure.message) ? '' : 'threw '}${printable(failure.message.split('\n', 1)[0]!)}`,
        ...foldersGone(failure),
        ...stackLines(failure),
      ];
    case 'reported':
      return [`reported as failed: ${printable(inOneLine(failure.message))}`];
    case 'words-lost':
      return [`it ended well, but ${failure.message}`];
    case 'output-missing':
      return failure.patterns.length === 1
        ? [`it ended well, but ${printable(failure.patterns[0]!)} was not made`]
        : ['it ended well, but did not make', ...failure.patterns.map(printable)];
    case 'check-failed':
      return explainProblems(failure);
    case 'hook-failed':
      return [
        `${failure.of === 'pipeline' ? "the pipeline's" : 'its'} hook "${failure.hook}" failed: ${printable(failure.why)}`,
      ];
    case 'check-broken':
      return [
        `its check cannot be made: ${printable(inOneLine(failure.message))}`,
        `at ${printable(failure.at)}`,
      ];
    case 'output-blocked':
      return [`${printable(failure.path)} cannot be written: ${printable(failure.message)}`];
    case 'input-missing':
      return ['required files are missing', ...failure.patterns.map(missingFile)];
    case 'input-unreadable':
      return [`${printable(failure.path)} cannot be read: ${printable(failure.message)}`];
    case 'input-aliased':
      return [
        `${printable(failure.path)} leads to ${printable(failure.leadsTo)}, which stage "${failure.producer}" makes, and nothing orders the two`,
        `say after: ['${failure.producer}'], or require ${printable(failure.leadsTo)}`,
      ];
    case 'input-changing':
      return [
        failure.isOfOthers === true
          ? 'its batch failed each time, and inputs of other items were edited meanwhile'
          : 'its inputs were edited each time while it ran',
        ...someLines(failure.paths.map(printable)),
      ];
    case 'record-gone':
      return failure.why === null
        ? [`its record has gone from ${printable(failure.document)}, which was edited while it ran`]
        : [`${printable(failure.document)} was edited while it ran: ${printable(inOneLine(failure.why))}`];
    case 'input-overwritten':
      return [
        `what ${listSome(failure.stages, 3)} made was changed since, while this build ran`,
        ...someLines(failure.paths.map(printable)),
      ];
    case 'protected':
      return ['a protected output was edited', ...someLines(failure.paths.map(printable))];
    case 'secret-missing':
      return [
        `${plural(failure.names.length, 'secret is', 'secrets are')} not set: ${failure.names.join(', ')}`,
      ];
    case 'service-down':
      return [
        `service "${failure.service}" is down: ${printable(`${failure.checked}: ${inOneLine(failure.why)}`)}`,
        ...(failure.hint === null ? [] : [`hint: ${printable(failure.hint)}`]),
        ...(failure.log === null ? [] : [`what it printed is in ${printable(failure.log)}`]),
      ];
    case 'items-unclear':
      return [printable(failure.message), ...(failure.hint === null ? [] : [printable(failure.hint)])];
    case 'io':
      return [printable(failure.message)];
    case 'internal':
      return [`a bug in pipe: ${printable(failure.message.split('\n', 1)[0]!)}`, ...stackLines(failure)];
  }
}

function foldersGone({ foldersGone = [] }: { readonly foldersGone?: readonly string[] }): readonly string[] {
  return foldersGone.map((folder) => `${printable(folder)} was taken away while it ran`);
}

function explainProblems({
  problems,
  more,
  kept,
}: Extract<Failure, { readonly kind: 'check-failed' }>): readonly [string, ...string[]] {
  const files = [...new Set(problems.map(({ path }) => path))];
  const [first] = files;
  return [
    files.length === 1 && more === 0
      ? `it ended well, but ${printable(first!)} does not pass its check`
      : 'it ended well, but its outputs do not pass their checks',
    ...problems.map(({ path, line, pointer, message }) =>
      printable(
        `${path}${line === null ? '' : `:${line}`}${pointer === null || pointer === '' ? '' : `#${pointer}`}: ${inOneLine(message)}`,
      ),
    ),
    ...(more === 0 ? [] : [`and ${more} more`]),
    ...(kept === null ? [] : [`what it made is in ${printable(kept)}`]),
  ];
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

function plannedEnd({ end }: Extract<StaleReason, { readonly code: 'upstream-planned' }>): string {
  return end === undefined ? 'would run' : end === 'fails' ? 'would fail' : 'would be skipped';
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

function exitCodeMeaning(code: number): string {
  if (code === 126) return ' (not executable)';
  if (code === 127) return ' (command not found)';
  if (code === 137) return ' (killed; out of memory?)';
  return '';
}

/** The rest of the message, then where it was thrown; without the repetition of the message at a stack's head. */
function stackLines(failure: { readonly message: string; readonly stack: string | null }): string[] {
  const rest = failure.message.split('\n').slice(1);
  const frames = (failure.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [...rest, ...frames.slice(0, 8)].map((line) => printable(line.trimEnd()));
}
