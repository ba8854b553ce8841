// Runs the hooks of a stage around its command.
import type { HookName } from '../model/hooks.ts';
import type { Command } from '../model/stage.ts';
import { explainFailure } from '../model/words/failures.ts';
import { type CancelledEnd, type FailedEnd, failed } from './attempt-end.ts';
import type { Executing } from './executing.ts';
import type { Prepared } from './execution.ts';
import { isRefusal } from './refusal.ts';

const outcomeBefore = {
  before: {},
  after: { PIPE_OUTCOME: 'succeeded' },
  onFailure: { PIPE_OUTCOME: 'failed' },
} as const;

/** `null`: it ended well, or the stage has none. Called off by `executing`. */
export async function runHook(
  hook: HookName,
  prepared: Prepared,
  executing: Executing,
  about: Readonly<Record<string, string>> = outcomeBefore[hook],
): Promise<CancelledEnd | FailedEnd | null> {
  const execution = prepared.hookOf(hook, about);
  if (execution === null) return null;
  // What nobody has looked at beforehand: a module that only a failure calls.
  if (isCode(execution.command) && execution.module === null)
    return failed({ kind: 'hook-failed', hook, why: 'its code cannot be compiled', line: '' }, [], prepared);
  const end = await executing.alone(execution);
  if (end.kind === 'succeeded') return null;
  if (end.kind === 'cancelled') return end;
  const { failure, tail } = end;
  const [why] = explainFailure(failure);
  const line = 'line' in failure ? failure.line : '';
  return failed({ kind: 'hook-failed', hook, why, line }, tail, prepared);
}

/** After all attempts: nothing that it does hides why the stage failed. Answers what is wrong with it, if anything. */
export async function runFailureHook(
  { failure }: FailedEnd,
  prepared: Prepared,
  executing: Executing,
): Promise<string | null> {
  const [why] = explainFailure(failure);
  try {
    const end = await runHook('onFailure', prepared, executing, {
      ...{ PIPE_OUTCOME: 'failed', PIPE_FAILURE: why },
      ...(failure.kind === 'exit' && { PIPE_EXIT_CODE: String(failure.code) }),
    });
    return end?.kind === 'failed' ? explainFailure(end.failure)[0] : null;
  } catch (problem) {
    // Its log cannot be opened, for instance.
    if (isRefusal(problem)) return `its hook "onFailure" cannot be run: ${problem.message}`;
    throw problem;
  }
}

function isCode({ kind }: Command): boolean {
  return kind === 'script' || kind === 'function';
}
