// Problems that the user can mend, as text: what, where, what to do.

import type { Diagnostic } from '../model/diagnostic.ts';
import { plural } from '../model/words/amounts.ts';
import { capturedLines } from './captured.ts';
import { wrapWords } from './fit.ts';
import type { Style } from './style.ts';

/** All of them in the order given, and how many where there is more than one. */
export function diagnosticLines(
  diagnostics: readonly Diagnostic[],
  options: { readonly columns: number | null; readonly style: Style },
): readonly string[] {
  const lines = diagnostics.flatMap((diagnostic) => oneDiagnostic(diagnostic, options));
  return diagnostics.length > 1 ? [...lines, '', plural(diagnostics.length, 'problem')] : lines;
}

function oneDiagnostic(
  diagnostic: Diagnostic,
  options: { readonly columns: number | null; readonly style: Style },
): readonly string[] {
  const { style } = options;
  const [first = '', ...more] = block(`${diagnostic.code} ${diagnostic.message}`, '', options.columns);
  const head = `${style.bold(style.bad(first.slice(0, diagnostic.code.length)))}${first.slice(diagnostic.code.length)}`;
  return [
    head,
    ...more,
    ...(diagnostic.at === undefined
      ? []
      : block(`at ${diagnostic.at}`, '  ', options.columns).map(style.dim)),
    ...(diagnostic.hint === undefined ? [] : block(`hint: ${diagnostic.hint}`, '  ', options.columns)),
  ];
}

/** Continuation lines, the text's own and wrapped ones, stand under the first word. */
function block(text: string, indent: string, columns: number | null): readonly string[] {
  const own = capturedLines(text, false);
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(20, columns - indent.length - 2);
  return own.flatMap((line, i) =>
    // Lines below the first may be code, whose blanks count.
    i === 0
      ? wrapWords(line, room).map((part, j) => `${indent}${j === 0 ? '' : '  '}${part}`)
      : [line.trim() === '' ? '' : `${indent}  ${line}`],
  );
}
