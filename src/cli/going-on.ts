// The command lines that go on with what this one was about: the same configuration, parameters and selection.
import path from 'node:path';
import type { TaskId } from '../base/brand.ts';
import type { Unspent } from '../engine/build-options.ts';
import type { Typing } from '../engine/world.ts';
import { isOfOneProcess } from '../exec/caller-env.ts';
import { shellQuote } from '../model/command/shell-line.ts';
import type { Pipeline } from '../model/stage.ts';
import { stageOfTask } from '../model/task.ts';
import type { GoOnFlags } from '../render/look.ts';
import { budgetOf, type Flags, goesOn, isOff, isSet, texts } from './flags.ts';
import type { Workspace } from './workspace.ts';

/** For a task that failed or was stopped: what is typed behind `pipe build <task>` and `pipe accept <path>`. */
export function flagsToGoOn(
  { root, pipeline }: Pick<Workspace, 'root'> & { readonly pipeline: Pick<Pipeline, 'params'> },
  flags: Flags,
): GoOnFlags {
  const workspace = sameWorkspace(pipeline.params, flags);
  return {
    build: [...given('from', flags), ...given('skip', flags), ...workspace, ...ruleOf(flags)].join(''),
    accept: workspace.join(''),
    path: typedFrom(root),
  };
}

/** For hints that the engine gives. */
export function typingOf({ root, pipeline }: Pick<Workspace, 'root' | 'pipeline'>, flags: Flags): Typing {
  return {
    path: typedFrom(root),
    flags: sameWorkspace(pipeline.params, flags).join(''),
    place: samePlace(flags).join(''),
  };
}

/** Where the person is; what begins with a dash is no flag. */
export function typedFrom(root: string): (fromRoot: string) => string {
  return (fromRoot) => {
    const typed = path.relative(process.cwd(), path.resolve(root, fromRoot));
    return typed.startsWith('-') ? `./${typed}` : typed;
  };
}

/** A command line with more of them would be no help. */
const mostNamed = 20;

/**
 * For all that a budget has left, with a larger one. What was forced or to be audited is named one by one: what it had
 * built already would be paid for again, and what it had not may be fresh. Where that is too much, the run itself knows
 * what was forced; what was to be audited is named by stages, of which some items are audited again.
 */
export function budgetToGoOn(
  { params }: Pick<Pipeline, 'params'>,
  targets: readonly string[],
  flags: Flags,
): (rest: Unspent) => string {
  const selected = ['from', 'to', 'only', 'skip', 'since'].flatMap((name) => given(name, flags));
  return ({ metric, limit, left, forcedIn }) => {
    const budgets = Object.entries({ ...budgetOf(flags), [metric]: limit });
    const budget = budgets.map(([name, value]) => ` --budget ${pair(name, value)}`);
    const manner = [...mannerOf(flags), ...budget];
    if (forcedIn !== null && left.length > mostNamed)
      return ['pipe build --resume ', forcedIn, ...sameSurroundings(flags), ...manner].join('');
    const isAudit = isSet(flags, 'audit');
    const even = [...(forcedIn === null ? [] : [' --force']), ...(isAudit ? [' --audit'] : [])];
    const named = (even.length === 0 ? targets : shortened(left, targets)).map(
      (target) => ` ${shellQuote(target)}`,
    );
    const workspace = sameWorkspace(params, flags);
    return ['pipe build', ...even, ...named, ...selected, ...workspace, ...manner].join('');
  };
}

function shortened(left: readonly string[], targets: readonly string[]): readonly string[] {
  const stages = [...new Set(left.map((task) => stageOfTask(task as TaskId)))];
  return left.length <= mostNamed ? left : stages.length <= mostNamed ? stages : targets;
}

/** How it is built: what else would become of the same targets would not be what this run was to do. */
function mannerOf(flags: Flags): readonly string[] {
  return [
    ...(goesOn(flags) ? [' -k'] : []),
    ...texts(flags, 'jobs').map((jobs) => ` -j ${jobs}`),
    ...ruleOf(flags),
  ];
}

function ruleOf(flags: Flags): readonly string[] {
  return [...given('freshness', flags), ...(isOff(flags, 'cache') ? [' --no-cache'] : [])];
}

function sameWorkspace(params: Pipeline['params'], flags: Flags): readonly string[] {
  return [
    ...params.flatMap(({ name, value, isGiven }) =>
      isGiven && value !== null ? [` -p ${pair(name, value)}`] : [],
    ),
    ...sameSurroundings(flags),
  ];
}

function sameSurroundings(flags: Flags): readonly string[] {
  const typed = (file: string) => (isOfOneProcess(file) ? '<(…)' : shellQuote(file));
  return [...samePlace(flags), ...texts(flags, 'envFile').map((file) => ` --env-file ${typed(file)}`)];
}

/** What is typed behind any command, to find the same workspace. */
export function samePlace(flags: Flags): readonly string[] {
  return ['config', 'root'].flatMap((name) => given(name, flags));
}

function given(name: string, flags: Flags): readonly string[] {
  return texts(flags, name).map((value) => ` --${name} ${shellQuote(value)}`);
}

/** What stands before `=` needs no quotes for it. */
function pair(name: string, value: string | number | boolean): string {
  return `${shellQuote(name)}=${shellQuote(String(value))}`;
}
