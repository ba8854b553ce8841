// Audits the stages of a workspace: what is exempt, because it is not the stage's doing or nobody else's business.

import { dirname, relative } from 'node:path';
import type { Audit } from '../engine/executor.ts';
import type { Code, RunFolders } from '../engine/ports.ts';
import type { Command } from '../model/stage.ts';
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
      const identity = isFunction(stage.command)
        ? code.identify(stage.command.kind === 'script' ? stage.command.module : null)
        : null;
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

function isFunction(command: Command): command is Extract<Command, { kind: 'script' | 'function' }> {
  return command.kind === 'script' || command.kind === 'function';
}
