// One look at a service.
import { type Answer, healthy, longestLookMs, unhealthy } from '../model/service.ts';
import type { Service } from '../model/stage.ts';
import { explainFailure } from '../model/words/wording.ts';
import type { Execution } from './executor.ts';
import { checkOf } from './service-execution.ts';
import type { World } from './world.ts';

/** `signal` ends it at once; then the answer means nothing. */
export function lookAt(world: World, service: Service, signal: AbortSignal): Promise<Answer> {
  const { check } = service;
  switch (check.kind) {
    case 'http':
    case 'tcp':
      return world.probe(check, { timeoutMs: longestLookMs, signal });
    case 'command':
      return execute(
        world,
        checkOf(world, service, check.command, () => {}),
        signal,
      );
    case 'function':
      return ask(world, service, signal);
  }
}

async function ask(world: World, service: Service, signal: AbortSignal): Promise<Answer> {
  let why: string | null = null;
  const execution = checkOf(world, service, { kind: 'function' }, (said) => {
    why = said;
  });
  const answer = await execute(world, execution, signal);
  return why === null ? answer : unhealthy(why);
}

async function execute(world: World, execution: Execution, signal: AbortSignal): Promise<Answer> {
  if (signal.aborted) return unhealthy('it was not looked at');
  const running = world.executor.start(execution);
  const stop = () => running.cancel('now');
  signal.addEventListener('abort', stop, { once: true });
  const end = await running.ended;
  signal.removeEventListener('abort', stop);
  if (end.kind === 'succeeded') return healthy;
  if (end.kind === 'cancelled') return unhealthy('it was not looked at');
  const said = end.tail.findLast((line) => line.trim() !== '');
  const [how] = explainFailure(end.failure);
  return unhealthy(said === undefined ? how : `${how}: ${said.trim()}`);
}
