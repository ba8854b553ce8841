// One look at a service.
import { type Answer, healthy, late, unhealthy } from '../model/service.ts';
import type { Service } from '../model/stage.ts';
import { explainFailure } from '../model/words/failures.ts';
import type { Execution } from './executor.ts';
import { checkOf } from './service-execution.ts';
import type { World } from './world.ts';

export interface LookLimits {
  /** Then it is ended, and there is no answer. */
  readonly timeoutMs: number;
  /** Ends it at once; then the answer means nothing. */
  readonly signal: AbortSignal;
}

export function lookAt(world: World, service: Service, limits: LookLimits): Promise<Answer> {
  const { check } = service;
  switch (check.kind) {
    case 'http':
    case 'tcp':
      return world.probe(check, limits);
    case 'command':
      return execute(
        world,
        checkOf(world, service, check.command, () => {}),
        limits,
      );
    case 'function':
      return ask(world, service, limits);
  }
}

async function ask(world: World, service: Service, limits: LookLimits): Promise<Answer> {
  let why: string | null = null;
  const execution = checkOf(world, service, { kind: 'function' }, (said) => {
    why = said;
  });
  const answer = await execute(world, execution, limits);
  return why === null ? answer : unhealthy(why);
}

async function execute(
  world: World,
  execution: Execution,
  { timeoutMs, signal }: LookLimits,
): Promise<Answer> {
  if (signal.aborted) return unhealthy('it was not looked at');
  const running = world.executor.start(execution);
  const stop = () => running.cancel('now');
  signal.addEventListener('abort', stop, { once: true });
  let isLate = false;
  const callOff = world.alarm(timeoutMs, () => {
    isLate = true;
    stop();
  });
  const end = await running.ended;
  callOff();
  signal.removeEventListener('abort', stop);
  if (end.kind === 'succeeded') return healthy;
  if (isLate) return late(timeoutMs);
  if (end.kind === 'cancelled') return unhealthy('it was not looked at');
  const said = end.tail.findLast((line) => line.trim() !== '');
  const [how] = explainFailure(end.failure);
  return unhealthy(said === undefined ? how : `${how}: ${said.trim()}`);
}
