// Audits the stages of a workspace: what is exempt, because it is not the stage's doing or nobody else's business.

import { dirname, relative } from 'node:path';
import type { Audit } from '../engine/executor.ts';
import type { Code } from '../engine/ports.ts';
import type { RunFolders } from '../engine/run-folders.ts';
import { codeOf } from '../model/hooks.ts';
import { StageAudit } from './stage-audit.ts';

export interface WorkspaceAuditOptions {
  /** Absolute path of the program. */
  readonly strace: string;
  readonly folders: RunFolders;
  readonly code: Code;
}

export function createAudit(options: WorkspaceAuditOptions): Audit {
  const { strace, folders, code } = options;
  const { root } = folders;
  const fromRoot = (absolute: string) => relative(root, absolute);

  return {
    begin({ id, stage }, inputs) {
      const [module] = codeOf(stage);
      const identity = module === undefined ? null : code.identify(module);
      return new StageAudit({
        ...{ strace, root, stage, inputs },
        ...(identity !== null && 'modules' in identity
          ? { code: identity.modules, begins: identity.compiledPath }
          : { code: [], begins: null }),
        exempt: [
          `${fromRoot(folders.scratch(id))}/`,
          // PIPE_OUTPUT lies beside the log.
          `${fromRoot(dirname(folders.logPath(id)))}/`,
          ...(identity === null ? [] : [`${fromRoot(folders.state)}/config/`]),
        ],
      });
    },
  };
}
