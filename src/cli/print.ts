// Prints what is no event: diagnostics, tables, answers; none of it with a secret. Survives a reader that goes away.
import type { Diagnostic } from '../model/diagnostic.ts';
import { lookOf } from '../render/console-mode.ts';
import { diagnosticLines } from '../render/diagnostics.ts';
import type { Look } from '../render/look.ts';
import { createWriter } from '../render/writer.ts';
import { toldData } from './hidden-secrets.ts';
import { standardError, standardOutput, standardOutputForJson } from './standard-streams.ts';

/** How text looks on standard output. */
export function outLook(names: readonly string[] = []): Look {
  return lookOf(standardOutput(), process.env, names);
}

export function printDiagnostics(problems: readonly Diagnostic[]): void {
  const look = lookOf(standardError(), process.env);
  createWriter(standardError()).lines(diagnosticLines(toldData(problems), look));
}

export function printLines(lines: readonly string[]): void {
  createWriter(standardOutput()).lines(lines);
}

export function printJson(value: unknown): void {
  createWriter(standardOutputForJson()).lines([JSON.stringify(toldData(value), null, 2)]);
}

/** Where help goes; the parser's own way there would load what nothing else needs. */
export const helpOutput = {
  writeOut: (text: string) => createWriter(standardOutput()).write(text),
  getOutHelpWidth: () => standardOutput().columns ?? 80,
  getOutHasColors: () => false,
};
