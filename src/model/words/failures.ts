// The words for how a task failed: the same in every display.

import type { Failure } from '../failure.ts';
import { formatDuration, listSome, plural, someLines } from './amounts.ts';
import { inOneLine, missingFile, printable } from './printable.ts';

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
        ...(failure.asBefore === true ? [howItIsTouched] : []),
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
        'hint: set it in your environment, or in a file that --env-file names',
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

/** No edit that a person would think of. */
const howItIsTouched =
  'what they hold did not change, but ln, cp -l, touch and chmod count as edits: make copies, or symbolic links (ln -s)';
