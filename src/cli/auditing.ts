// All that `--audit` needs: a bundle of its own, since other builds do without.
import { findStrace } from '../audit/strace.ts';
import { createAudit } from '../audit/workspace-audit.ts';
import { ok, type Result } from '../base/result.ts';
import type { Audit } from '../engine/executor.ts';
import type { Code } from '../engine/ports.ts';
import type { RunFolders } from '../engine/run-folders.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { type AuditLines, auditBlock } from '../render/audit-block.ts';

export interface Auditing {
  readonly auditOf: (about: { readonly folders: RunFolders; readonly code: Code }) => Audit;
  readonly lines: AuditLines;
}

/** Why not, as an answer: what is thrown here would be of a class that the command does not know. */
export function openAuditing(options: {
  readonly platform: string;
  readonly searchPath: string;
}): Result<Auditing, Diagnostic> {
  const strace = findStrace(options);
  if (!strace.ok) return strace;
  return ok({
    auditOf: (about) => createAudit({ strace: strace.value, ...about }),
    lines: auditBlock,
  });
}
