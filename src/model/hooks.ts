// What is done before and after a stage's command, and when the stage has failed.
import type { FilePath } from '../base/brand.ts';
import type { Command, Hooks, Stage } from './stage.ts';

export type HookName = keyof Hooks;

export const hookNames = ['before', 'after', 'onFailure'] as const satisfies readonly HookName[];

export const noHooks: Hooks = { before: null, after: null, onFailure: null };

/** Those that have a part in the result, as the command has. */
export function hooksOfResult({ before, after }: Hooks): readonly (readonly [HookName, Command])[] {
  return [
    ...(before === null ? [] : [['before', before] as const]),
    ...(after === null ? [] : [['after', after] as const]),
  ];
}

/** The modules whose code does the work of a stage; `null`: the configuration itself, for its functions. */
export function codeOf({ command, hooks }: Pick<Stage, 'command' | 'hooks'>): readonly (FilePath | null)[] {
  const all = [command, ...hooksOfResult(hooks).map(([, hook]) => hook)];
  const modules = all.flatMap((one) =>
    one.kind === 'script' ? [one.module] : one.kind === 'function' ? [null] : [],
  );
  return [...new Set(modules)];
}

/** Whether a function of the configuration does anything for it. */
export function hasFunctionHook({ hooks }: Pick<Stage, 'hooks'>): boolean {
  return hookNames.some((name) => hooks[name]?.kind === 'function');
}
