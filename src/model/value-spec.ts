// The words that the language of a configuration is made of: durations and sizes, patterns that may match nothing,
// programs and modules. Plain data, as in spec.ts.

/** A duration: milliseconds, or text such as `'10m'`, `'90s'`, `'50ms'`, `'2h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** A size: bytes, or text such as `'10GB'`, `'500MB'` (powers of 1000) or `'1GiB'` (powers of 1024). */
export type Size = number | `${number}${'B' | 'KB' | 'MB' | 'GB' | 'TB' | 'KiB' | 'MiB' | 'GiB' | 'TiB'}`;

/** Patterns that may match nothing, or secrets that may be unset. Made by {@link optional}. */
export interface OptionalPattern {
  readonly kind: 'optional';
  readonly patterns: readonly string[];
}

/** A command without a shell. Made by {@link exec}. */
export interface ExecSpec {
  readonly kind: 'exec';
  readonly file: string;
  readonly args: readonly string[];
}

/** A TypeScript or JavaScript module whose default export is the stage. Made by {@link script}. */
export interface ScriptSpec {
  readonly kind: 'script';
  readonly module: string;
}

/** A program and its arguments, started without a shell. */
export function exec(file: string, ...args: readonly string[]): ExecSpec {
  return { kind: 'exec', file, args };
}

/** Patterns that may match nothing, or secrets that may be unset, without being an error. */
export function optional(...patterns: readonly string[]): OptionalPattern {
  return { kind: 'optional', patterns };
}

/** A module, relative to the root, whose default export is called with the `StageContext`. */
export function script(module: string): ScriptSpec {
  return { kind: 'script', module };
}
