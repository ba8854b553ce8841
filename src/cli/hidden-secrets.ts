// Keeps secrets out of what is printed, also where a configuration has copied one into a command or a variable.
import type { CallerEnv } from '../engine/ports.ts';
import { redact } from '../model/command/redaction.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Stage } from '../model/stage.ts';
import type { Hide } from './stage-json.ts';

/** Hides the caller's values of all that any of these stages declares as secret. */
export function hidingSecrets(stages: readonly Stage[], caller: CallerEnv): Hide {
  const names = new Set(stages.flatMap((stage) => stage.secrets));
  const values = [...names].map((name) => caller.get(name)).filter((value) => value !== undefined);
  return values.length === 0 ? (text) => text : (text) => redact(text, values);
}

let hideInProblems: Hide = (text) => text;

/** From here on also in what is told of a user's mistakes, whoever tells of them. */
export function hideFromProblems(stages: readonly Stage[], caller: CallerEnv): void {
  hideInProblems = hidingSecrets(stages, caller);
}

export function withoutSecrets(problem: Diagnostic): Diagnostic {
  const { message, at, hint } = problem;
  return {
    ...problem,
    message: hideInProblems(message),
    ...(at === undefined ? {} : { at: hideInProblems(at) }),
    ...(hint === undefined ? {} : { hint: hideInProblems(hint) }),
  };
}
