// What a stage promises of the content of its outputs, beyond that they are there.
import { createHash } from 'node:crypto';
import type { Digest, FilePath } from '../base/brand.ts';
import { globMatches, parseGlob } from './glob/glob.ts';
import type { FileEntry, Manifest } from './manifest.ts';

/** Can be decided by the content alone. */
export type ContentCheck =
  | { readonly kind: 'schema-file'; readonly schema: FilePath }
  /** `schema` is JSON, so that it can be compared and told as text. */
  | { readonly kind: 'schema'; readonly schema: string }
  | { readonly kind: 'non-empty' }
  | { readonly kind: 'min-lines'; readonly lines: number }
  | { readonly kind: 'matches'; readonly source: string; readonly flags: string };

export type OutputCheck =
  | ContentCheck
  /** It stands in the configuration; `keys` lead to it from its stage. */
  | { readonly kind: 'function'; readonly keys: readonly (string | number)[] };

export interface StageCheck {
  /** `null`: of every output. `pattern` is canonical, `source` as written. */
  readonly outputs: { readonly pattern: string; readonly source: string } | null;
  readonly check: OutputCheck;
  /** Such as `stages.merge.check[0]`. */
  readonly at: string;
}

/** Why one file does not pass. */
export interface CheckProblem {
  readonly path: string;
  /** From 1, where the check goes line by line. */
  readonly line: number | null;
  /** A JSON pointer into the file or the line; `''` is all of it. */
  readonly pointer: string | null;
  readonly message: string;
}

/** Of these outputs, those that the check is about. Links and empty folders have no content of their own. */
export function checkedFiles({ outputs }: StageCheck, made: Manifest): readonly FileEntry[] {
  const files = made.filter(({ kind }) => kind === 'file');
  if (outputs === null) return files;
  const glob = parseGlob(outputs.pattern);
  return glob.ok ? files.filter(({ path }) => globMatches(glob.value, path)) : [];
}

/** The schema files; they are looked at like inputs. Sorted. */
export function schemaFiles(checks: readonly StageCheck[]): readonly FilePath[] {
  const files = checks.flatMap(({ check }) => (check.kind === 'schema-file' ? [check.schema] : []));
  return [...new Set(files)].sort();
}

export function hasFunction(checks: readonly StageCheck[]): boolean {
  return checks.some(({ check }) => check.kind === 'function');
}

/** Equal ones come to the same answer over the same outputs. `files`: schemas and the code of functions, as they are. */
export function identityOfChecks(
  checks: readonly StageCheck[],
  files: Manifest,
  code: Digest | null,
): Digest {
  const said = checks.map(({ outputs, check }) => [outputs?.pattern ?? null, check]);
  const seen = files.map(({ path, digest }) => [path, digest]);
  return createHash('sha256')
    .update(JSON.stringify([2, said, seen, code]))
    .digest('hex') as Digest;
}
