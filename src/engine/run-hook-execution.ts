// Prepares what is executed for a hook of the pipeline.
import { stageEnvironment } from '../model/command/environment.ts';
import type { HookName } from '../model/hooks.ts';
import { valuesOf } from '../model/params/param.ts';
import type { Command, RunHooks } from '../model/stage.ts';
import { allOf, compiledModule } from './execution.ts';
import type { Execution } from './executor.ts';
import { secretValues } from './secrets.ts';
import { unclearWords } from './told-once.ts';
import type { World } from './world.ts';

/** `about`: variables that say how the run ended. */
export function runHookExecution(
  world: World,
  hooks: RunHooks,
  hook: HookName,
  asked: { readonly command: Command; readonly about: Readonly<Record<string, string>> },
): Execution {
  const { root, runId } = world.folders;
  const { command, about } = asked;
  const { env } = stageEnvironment({
    caller: allOf(world.caller),
    entries: hooks.env,
    secrets: hooks.secrets,
    extra: { PIPE_ROOT: root, PIPE_RUN_ID: runId, PIPE_HOOK: hook, ...about },
    binFolder: `${root}/node_modules/.bin`,
  });
  const ofNoStage = { stage: '', item: null, items: [], requires: [], produces: [], attempt: 1, scratch: '' };
  return {
    ...{ task: null, service: null, hook, command },
    ...{ cwd: root, env, shell: '/bin/sh', nice: 0, stdin: 'closed' },
    timeoutMs: hooks.timeoutMs,
    logPath: world.folders.hookLog(hook),
    secretValues: secretValues(world, hooks),
    module: compiledModule(world, command),
    context: { root, runId, params: valuesOf(hooks.params), ...ofNoStage },
    ...{ batch: null, check: null, tracer: null },
    onOutput: () => {},
    onProgress: () => {},
    onMetric: () => {},
    onRetryAfter: () => {},
    onUnclear: (message, doubt) =>
      world.events.emit({ kind: 'warning', ...unclearWords(`the hook ${hook}`, message, doubt) }),
    onProblem: () => {},
  };
}
