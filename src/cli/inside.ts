// Whether this command was started by a stage, a service or a hook of the very workspace that it is about.
import fs from 'node:fs';
import type { RunId } from '../base/brand.ts';
import { UsageError } from '../model/diagnostic.ts';
import { isRunId } from '../model/run-id.ts';

/** Throws `UsageError` when this process itself runs inside a stage, service or hook of the same root: it would wait for itself. */
export function refuseInsideStage(root: string): void {
  const inside = insideOf(root);
  if (inside === null) return;
  const { what, at } = inside;
  throw new UsageError([
    {
      code: 'PIPE038',
      message: `this command runs inside ${what} of the same workspace: it would wait for itself`,
      at,
      hint: 'make what it builds a stage of its own and require its files',
    },
  ]);
}

/** The run whose stage, service or hook this process itself belongs to; `null`: none of the same root. */
export function runAround(root: string): RunId | null {
  const { PIPE_RUN_ID: runId } = process.env;
  return runId !== undefined && isRunId(runId) && insideOf(root) !== null ? runId : null;
}

/** The stage, service or hook of the same root in which this process itself runs. */
function insideOf(root: string): { readonly what: string; readonly at: string } | null {
  const { PIPE_ROOT: outer, PIPE_STAGE: stage, PIPE_SERVICE: service, PIPE_HOOK: hook } = process.env;
  if (outer === undefined || (stage ?? service ?? hook) === undefined) return null;
  try {
    if (fs.realpathSync.native(outer) !== root) return null;
  } catch {
    return null;
  }
  if (stage !== undefined) return { what: `stage "${stage}"`, at: `stages.${stage}.run` };
  return service !== undefined
    ? { what: `service "${service}"`, at: `services.${service}` }
    : { what: `hook "${hook}" of the pipeline`, at: `hooks.${hook}` };
}
