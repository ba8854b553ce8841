// The caller's environment: that of this process, and below it what `--env-file` names.

import fs from 'node:fs';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { NotUtf8, utf8Text } from '../base/utf8.ts';
import type { CallerEnv } from '../engine/ports.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

export interface ReadCallerEnv {
  readonly env: CallerEnv;
  /** The same, for whoever needs all of it. */
  readonly values: Readonly<Record<string, string>>;
  /** One for each file that cannot be read. */
  readonly problems: readonly Diagnostic[];
}

/** As Node's own `--env-file`: later files win over earlier ones, `own` wins over all files. `own` is `process.env`. */
export function readCallerEnv(own: NodeJS.ProcessEnv, envFiles: readonly string[]): ReadCallerEnv {
  const values = new Map<string, string>();
  const problems: Diagnostic[] = [];
  for (const file of envFiles) {
    const text = readOrProblem(file, problems);
    for (const [name, value] of Object.entries(parseEnv(text)))
      if (value !== undefined) values.set(name, value);
  }
  for (const [name, value] of Object.entries(own)) if (value !== undefined) values.set(name, value);

  const names = [...values.keys()].sort();
  return {
    env: { get: (name) => values.get(name), names: () => names },
    values: Object.fromEntries(names.map((name) => [name, values.get(name)!])),
    problems,
  };
}

function readOrProblem(file: string, problems: Diagnostic[]): string {
  try {
    return utf8Text(bytesOf(path.resolve(file)));
  } catch (error) {
    problems.push({
      code: 'PIPE035',
      message: `cannot read the environment file ${file}: ${whyUnreadable(error)}`,
      at: '--env-file',
      ...(error instanceof NotUtf8
        ? {}
        : { hint: 'paths are relative to the folder in which you call pipe' }),
    });
    return '';
  }
}

/** What a shell hands to one process alone, as `<(…)` or `/dev/stdin`: another would find something else there, or nothing. */
export function isOfOneProcess(file: string): boolean {
  return /^\/(?:dev|proc)\//.test(path.resolve(file));
}

/** Of what is no file but a pipe, such as what a shell makes of `<(…)`: it can be read but once. By path. */
const ofPipes = new Map<string, Buffer>();

/** Throws errors of the file system. */
function bytesOf(file: string): Buffer {
  const known = ofPipes.get(file);
  if (known !== undefined) return known;
  const descriptor = fs.openSync(file, 'r');
  try {
    const bytes = fs.readFileSync(descriptor);
    if (!fs.fstatSync(descriptor).isFile()) ofPipes.set(file, bytes);
    return bytes;
  } finally {
    fs.closeSync(descriptor);
  }
}

function whyUnreadable(error: unknown): string {
  if (error instanceof NotUtf8) return `it ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return 'it does not exist';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
      return 'you have no permission to';
    default:
      return error.message;
  }
}
