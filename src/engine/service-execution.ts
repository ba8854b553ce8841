// Prepares what is executed for a service: its start, or a check that is a command or a function.
import { stageEnvironment } from '../model/command/environment.ts';
import { valuesOf } from '../model/params/param.ts';
import type { Command, Service } from '../model/stage.ts';
import { allOf, compiledModule } from './execution.ts';
import type { Execution } from './executor.ts';
import { secretValues } from './secrets.ts';
import type { World } from './world.ts';

export function startOf(world: World, service: Service, command: Command): Execution {
  const logPath = world.folders.serviceLog(service.name);
  return { ...executionOf(world, service, 'start'), command, logPath };
}

/** `onAnswer`: a function says why it is down. */
export function checkOf(
  world: World,
  service: Service,
  command: Command,
  onAnswer: (why: string) => void,
): Execution {
  const module = compiledModule(world, command);
  const onProblem = ({ message }: { readonly message: string }) => onAnswer(message);
  return { ...executionOf(world, service, 'check'), command, module, onProblem };
}

function executionOf(world: World, service: Service, does: 'start' | 'check'): Omit<Execution, 'command'> {
  const { root, runId } = world.folders;
  const { env } = stageEnvironment({
    caller: allOf(world.caller),
    entries: service.env,
    secrets: service.secrets,
    extra: {
      PIPE_ROOT: root,
      PIPE_RUN_ID: runId,
      PIPE_SERVICE: service.name,
      ...(does === 'check' && { PIPE_SERVICE_CHECK: '1' }),
    },
    binFolder: `${root}/node_modules/.bin`,
  });
  const ofNoStage = { stage: '', item: null, items: [], requires: [], produces: [], attempt: 1, scratch: '' };
  return {
    task: null,
    service: { name: service.name, does },
    ...{ cwd: root, env, shell: '/bin/sh', nice: 0, stdin: 'closed' },
    // A look is ended by the one who looks, and at once: nobody waits for it to clean up.
    timeoutMs: null,
    logPath: null,
    secretValues: secretValues(world, service),
    module: null,
    context: { root, runId, params: valuesOf(service.params), ...ofNoStage },
    ...{ batch: null, check: null, hook: null, tracer: null },
    onOutput: () => {},
    onProgress: () => {},
    onMetric: () => {},
    onRetryAfter: () => {},
    onUnclear: () => {},
    onProblem: () => {},
  };
}
