// Why a program could not be started, in words: the system's own are few and partly wrong.

import { existsSync } from 'node:fs';

export function whyNotStarted(
  error: unknown,
  { file, cwd }: { readonly file: string; readonly cwd: string },
): string {
  // The system reports a missing folder as if the program were missing.
  if (!existsSync(cwd)) return `the working folder ${cwd} does not exist`;
  switch (codeOf(error)) {
    case 'ENOENT':
      if (!file.includes('/')) return `${file} is not on the stage's PATH`;
      return existsSync(file)
        ? `the interpreter that ${file} names does not exist`
        : `${file} does not exist`;
    case 'EACCES':
      return `${file} is not executable`;
    case 'E2BIG':
      return `the arguments and the environment of ${file} are too long for the system`;
    default:
      return error instanceof Error ? error.message : String(error);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
