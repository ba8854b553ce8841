// Why a program could not be started, in words: the system's own are few and partly wrong.

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface NotStarted {
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export function whyNotStarted(error: unknown, { file, cwd, env }: NotStarted): string {
  // The system reports a missing folder as if the program were missing.
  if (!existsSync(cwd)) return `the working folder ${cwd} does not exist`;
  switch (codeOf(error)) {
    case 'ENOENT':
      if (!file.includes('/')) return `${file} is not on the stage's PATH`;
      return existsSync(file)
        ? `the interpreter that ${file} names does not exist`
        : `${file} does not exist`;
    case 'EACCES':
      // Also of a program that is nowhere, where PATH has a folder that may not be searched, as that of root after `su`.
      return file.includes('/') || isOnPath(file, env)
        ? `${file} is not executable`
        : `${file} is not on the stage's PATH`;
    case 'E2BIG':
      return `the arguments and the environment of ${file} are too long for the system`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function isOnPath(file: string, env: NotStarted['env']): boolean {
  return (env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, file)));
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
