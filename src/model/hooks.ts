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

type Work = Pick<Stage, 'command' | 'hooks'>;

function commandsOfResult({ command, hooks }: Work): readonly Command[] {
  return [command, ...hooksOfResult(hooks).map(([, hook]) => hook)];
}

/** The modules whose code does the work of a stage; `null`: the configuration itself, for its functions. */
export function codeOf(stage: Work): readonly (FilePath | null)[] {
  const modules = commandsOfResult(stage).flatMap((one) =>
    one.kind === 'script' ? [one.module] : one.kind === 'function' ? [null] : [],
  );
  return [...new Set(modules)];
}

/** The modules that the stage names for its work: inputs, as files are that its commands name. */
export function modulesOf(stage: Work): readonly FilePath[] {
  return codeOf(stage).filter((module) => module !== null);
}

/** With that which only a failure calls. */
export function allModulesOf(stage: Work): readonly FilePath[] {
  const { onFailure } = stage.hooks;
  const modules = modulesOf(stage);
  return onFailure?.kind === 'script' ? [...new Set([...modules, onFailure.module])] : modules;
}

/** Whether a function of the configuration does anything for it. */
export function hasFunctionHook({ hooks }: Pick<Stage, 'hooks'>): boolean {
  return hookNames.some((name) => hooks[name]?.kind === 'function');
}

/** What has to be known of the code behind the hooks of a pipeline: its modules, and whether functions are among them. */
export function codeOfRunHooks(hooks: Hooks | null): {
  readonly modules: readonly FilePath[];
  readonly hasFunction: boolean;
} {
  const all = hooks === null ? [] : hookNames.flatMap((name) => hooks[name] ?? []);
  return {
    modules: all.flatMap((one) => (one.kind === 'script' ? [one.module] : [])),
    hasFunction: all.some(({ kind }) => kind === 'function'),
  };
}
