// Prints what is no event: diagnostics, tables, answers. Survives a reader that goes away.
import type { Diagnostic } from '../model/diagnostic.ts';
import { lookOf } from '../render/console.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import type { Look } from '../render/look.ts';

/** How text looks on standard output. */
export function outLook(names: readonly string[] = []): Look {
  return lookOf(process.stdout, process.env, names);
}

export function printDiagnostics(problems: readonly Diagnostic[]): void {
  const look = lookOf(process.stderr, process.env);
  process.stderr.write(`${diagnosticLines(problems, look).join('\n')}\n`);
}

export function printLines(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
