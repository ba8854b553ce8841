// Prepares one execution: the command with its placeholders replaced, the environment, the context.
import type { TaskId } from '../base/brand.ts';
import { fillCommand, longestTold } from '../model/command/command-line.ts';
import { stageEnvironment } from '../model/command/environment.ts';
import type { Failure } from '../model/failure.ts';
import type { HookName } from '../model/hooks.ts';
import { asOperand, pathFrom, wordsOf } from '../model/items/item-stage.ts';
import type { Manifest } from '../model/manifest.ts';
import { recordId } from '../model/params/combination.ts';
import { paramWords, valuesOf } from '../model/params/param.ts';
import type { Command, Stage } from '../model/stage.ts';
import type { Task } from '../model/task.ts';
import type { Execution, Tracer } from './executor.ts';
import { requiredAmong } from './input-files.ts';
import type { CallerEnv } from './ports.ts';
import { secretValues, shownCommand } from './secrets.ts';
import type { World } from './world.ts';

export interface Prepared {
  readonly execution: Execution;
  /** In one line, for people. */
  readonly command: () => string;
  /** Variables of the caller that the stage does not see. */
  readonly hiddenEnv: () => readonly string[];
  /** The execution of a hook, with these variables besides; `null`: the stage has none. */
  readonly hookOf: (hook: HookName, about: Readonly<Record<string, string>>) => Execution | null;
  /** The last that it asked for before another attempt. */
  readonly retryAfterMs: () => number | null;
}

export interface ExecutionWatcher {
  onOutput(stream: 'stdout' | 'stderr', text: string): void;
  onProgress(done: number, total: number): void;
  onMetric(values: Readonly<Record<string, number>>): void;
  onUnclear(message: string, doubt?: 'perhaps'): void;
}

/** Of required secrets that the caller does not have. An empty value counts as absent. */
export function missingSecrets(world: World, { secrets, optionalSecrets }: Stage): Failure | null {
  const names = secrets.filter(
    (name) => (world.caller.get(name) ?? '') === '' && !optionalSecrets.includes(name),
  );
  return names.length === 0 ? null : { kind: 'secret-missing', names };
}

export function executionOf(
  world: World,
  task: Task,
  options: {
    readonly attempt: number;
    readonly inputs: Manifest;
    readonly failedBefore: readonly string[];
    readonly stdin: 'closed' | 'inherit';
    readonly tracer: Tracer | null;
    readonly watcher: ExecutionWatcher;
  },
): Prepared {
  const { stage } = task;
  const { folders } = world;
  // What serves many items has one folder for all.
  const whose = stage.batchSize === null ? task.id : (stage.name as TaskId);
  const scratch = folders.scratch(recordId(whose, stage));
  const requires = requiredAmong(stage, options.inputs).map(({ path }) => path);
  const produces = stage.produces === null ? [] : included(stage.produces);
  const environment = stageEnvironment({
    caller: allOf(world.caller),
    entries: stage.env,
    secrets: stage.secrets,
    extra: {
      PIPE_ROOT: folders.root,
      PIPE_STAGE: stage.name,
      PIPE_ITEM: task.item ?? '',
      PIPE_RUN_ID: folders.runId,
      PIPE_ATTEMPT: String(options.attempt),
      PIPE_SCRATCH: scratch,
      // Of what has to be fresh for others as well, it would be an input.
      ...(stage.when === 'failure' && {
        PIPE_FAILED: options.failedBefore.join(' '),
      }),
    },
    binFolder: `${folders.root}/node_modules/.bin`,
  });
  const { item } = stage;
  const fromCwd = (file: string) => pathFrom(stage.cwd, file);
  const values = {
    // Most stages work in the root, from where each path is as it stands.
    requires: requires.map(stage.cwd === '' ? asOperand : fromCwd),
    produces: produces.map(fromCwd),
    ...(item !== null && wordsOf(item, stage.cwd)),
    ...paramWords(stage.params),
  };
  const command = fillCommand(stage.command, values);
  let retryAfterMs: number | null = null;
  const execution: Execution = {
    task,
    service: null,
    command,
    cwd: stage.cwd === '' ? folders.root : `${folders.root}/${stage.cwd}`,
    env: environment.env,
    shell: stage.shell,
    timeoutMs: stage.timeoutMs,
    nice: stage.nice,
    stdin: options.stdin,
    logPath: folders.logPath(task.id),
    secretValues: secretValues(world, stage),
    module: compiledModule(world, stage.command),
    context: {
      root: folders.root,
      stage: stage.name,
      item: item && { key: item.name, captures: item.captures, value: item.value },
      items: [],
      requires,
      produces,
      params: valuesOf(stage.params),
      runId: folders.runId,
      attempt: options.attempt,
      scratch,
    },
    batch: null,
    check: null,
    hook: null,
    tracer: options.tracer,
    onOutput: (stream, text) => options.watcher.onOutput(stream, text),
    onProgress: (done, total) => options.watcher.onProgress(done, total),
    onMetric: (values) => options.watcher.onMetric(values),
    onRetryAfter: (delayMs) => {
      retryAfterMs = delayMs;
    },
    onUnclear: (...what) => options.watcher.onUnclear(...what),
    onProblem: () => {},
  };
  return {
    execution,
    command() {
      const whole = shownCommand(world, stage, { requires: values.requires, produces: values.produces });
      return whole.length > longestTold ? shownCommand(world, stage) : whole;
    },
    hiddenEnv: environment.hidden,
    hookOf(hook, about) {
      const its = stage.hooks[hook];
      if (its === null) return null;
      const params = hook === 'onFailure' ? stage.paramsOnFailure : stage.params;
      return {
        ...execution,
        hook,
        command: fillCommand(its, { ...values, ...paramWords(params) }),
        context: { ...execution.context, params: valuesOf(params) },
        module: compiledModule(world, its),
        env: { ...environment.env, PIPE_HOOK: hook, ...about },
      };
    },
    retryAfterMs: () => retryAfterMs,
  };
}

/** It stays the same for a whole run, and each stage asks. */
const known = new WeakMap<CallerEnv, Readonly<Record<string, string>>>();

export function allOf(caller: CallerEnv): Readonly<Record<string, string>> {
  const all =
    known.get(caller) ?? Object.fromEntries(caller.names().map((name) => [name, caller.get(name) ?? '']));
  known.set(caller, all);
  return all;
}

export function compiledModule(world: World, command: Command): string | null {
  if (command.kind !== 'script' && command.kind !== 'function') return null;
  const code = world.code.identify(command.kind === 'script' ? command.module : null);
  return 'compiledPath' in code ? code.compiledPath : null;
}

/** A literal pattern as the path it means, others as their text. */
function included(set: NonNullable<Stage['produces']>): readonly string[] {
  return set.entries.filter((entry) => !entry.negated).map((entry) => entry.glob.literal ?? entry.glob.text);
}
