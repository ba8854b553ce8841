// The port behind which the content of outputs is checked.
import type { Result } from '../base/result.ts';
import type { CheckProblem, ContentCheck } from '../model/checks.ts';
import type { FileEntry } from '../model/manifest.ts';

/**
 * At most as many problems of one file as are worth reading; the error: why nothing can be said of it. Rejects where the
 * file cannot be read.
 */
export type FileCheck = (file: FileEntry) => Promise<Result<readonly CheckProblem[], string>>;

export interface Checker {
  /** Reads what the check is made of; the error says why there can be none. */
  prepare(check: ContentCheck): Promise<Result<FileCheck, string>>;
}
