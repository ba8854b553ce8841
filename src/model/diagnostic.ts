// A problem that the user can mend: a stable code, what is wrong, where, and what to do.

/** Every code with its title. `docs/errors.md` has a section for each; codes are never reused. */
export const diagnosticTitles = {
  PIPE001: 'no configuration found',
  PIPE002: 'the configuration does not compile',
  PIPE003: 'the configuration throws',
  PIPE004: 'the configuration does not settle',
  PIPE005: 'the configuration exits the process',
  PIPE006: 'the configuration exports no pipeline',
  PIPE007: 'there is a configuration already',
  PIPE008: 'nothing can be taken over',
  PIPE009: 'nothing compiles here',
  PIPE010: 'unknown field',
  PIPE011: 'wrong type or value',
  PIPE012: 'missing field',
  PIPE013: 'bad pattern',
  PIPE014: 'two stages may produce the same file',
  PIPE015: 'a stage may produce its own input',
  PIPE016: 'a stage may produce the configuration or a file of pipe',
  PIPE017: 'an output outside the root',
  PIPE018: 'stages wait for each other in a circle',
  PIPE019: 'unknown stage',
  PIPE020: 'bad name',
  PIPE021: 'bad duration or size',
  PIPE022: 'bad tool requirement',
  PIPE023: 'a folder outside the root',
  PIPE024: 'placeholder inside quotes',
  PIPE025: 'unknown module or script',
  PIPE026: 'unknown pool',
  PIPE027: 'bad items of a stage',
  PIPE028: 'bad parameter in the configuration',
  PIPE029: 'a file where another output needs a folder',
  PIPE030: 'unknown target',
  PIPE031: 'contradictory selection',
  PIPE032: 'empty selection',
  PIPE033: 'files of earlier stages are missing',
  PIPE034: 'bad option or argument',
  PIPE035: 'environment file',
  PIPE036: 'unknown service',
  PIPE037: 'tool missing or too old',
  PIPE038: 'a build inside a build',
  PIPE039: 'unknown run or log',
  PIPE040: 'nothing to accept',
  PIPE042: 'unknown command',
  PIPE043: 'no audit here',
  PIPE044: 'a secret in a name or path',
  PIPE050: 'required file missing',
  PIPE051: 'an input that another stage makes, by another name',
  PIPE052: 'the items of a stage are not clear',
  PIPE053: 'a parameter is missing',
  PIPE054: 'unknown parameter',
  PIPE055: 'bad value of a parameter',
  PIPE056: 'a stage that would never run',
  PIPE057: 'an input that only a failure makes',
  PIPE058: 'a schema that is none',
  PIPE066: 'a batch without items',
  PIPE067: 'one item where a batch has many',
  PIPE068: 'a hook around one item of a batch',
} as const;

export type DiagnosticCode = keyof typeof diagnosticTitles;

export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where in the configuration or on the command line: `stages.merge.produces[0]`, `--jobs`. */
  readonly at?: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** It is over no text that somebody could correct: the next time it may be well. */
export function isUncompiled({ code }: Diagnostic): boolean {
  return code === 'PIPE009';
}

/** How a diagnostic ends what was asked: thrown by commands, caught in `cli/main`, exit code 2. */
export class UsageError extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((one) => `${one.code} ${one.message}`).join('\n'));
    this.name = 'UsageError';
    this.diagnostics = diagnostics;
  }
}
