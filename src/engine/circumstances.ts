// What decides how an attempt comes out besides what its result depends on: limits, secrets, services, checks, and what
// stands in the way of its outputs. Another one of these makes no other result, so it is in no fingerprint; but what failed
// under it may go well now.
import { createHmac, randomBytes } from 'node:crypto';
import type { FilePath } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { impliedInputs } from '../model/command/command-line.ts';
import type { Failure } from '../model/failure.ts';
import { checksOf } from '../model/fingerprint.ts';
import { canonicalPath } from '../model/paths.ts';
import type { FingerprintPart } from '../model/record.ts';
import type { Command, Service } from '../model/stage.ts';
import { foldersOf, type Made, obstructionOf } from './obstruction.ts';
import type { World } from './world.ts';

/** Of this process alone: what is told of a secret's value must not serve to find it. */
const salt = once(() => randomBytes(32));

/**
 * Equal texts: an attempt would meet the same that it failed `over`. For comparison within this process. `parts`: of the
 * definition.
 */
export function circumstancesOf(
  world: World,
  made: Made,
  parts: readonly FingerprintPart[],
  over: Failure,
): string {
  const { stage } = made.task;
  const { timeoutMs, retry, clean, protect, services, secrets } = stage;
  const asksFunction = retry?.when?.kind === 'predicate';
  return JSON.stringify([
    ...[checksOf(parts), timeoutMs, clean, protect],
    ...[retry, asksFunction && codeOf(world, null)],
    secrets.map((name) => sealed(world, name)),
    services.map((service) => circumstancesOfService(world, service)),
    obstructionOf(world, made),
    // Asked only of what failed so: each path that is asked for is watched from then on.
    over.kind === 'spawn' && stage.cwd !== '' && (world.files.look(stage.cwd as FilePath)?.kind ?? null),
    over.kind === 'io' && rightsOf(world, foldersOf(made)),
    over.kind === 'hook-failed' && over.of === 'pipeline' && circumstancesOfHook(world),
  ]);
}

/** Who may write there, and whether this process may: by its owner, and as far as the disk can be written. */
function rightsOf({ files, outputs }: World, folders: Iterable<string>): readonly string[] {
  const names = [...folders].map((folder) => folder.slice(0, -1));
  const stamps = files.stamp(
    names.map((name) => (name || '.') as FilePath),
    'output',
  );
  return names.map((name, i) => `${stamps[i]?.mode} ${outputs.mayWrite(name)}`);
}

/** Of what the pipeline does before anything is executed. */
function circumstancesOfHook(world: World) {
  const { hooks } = world;
  if (!hooks?.before) return null;
  const { before, secrets, env, params, timeoutMs } = hooks;
  const named = impliedInputs(before).map((file) =>
    canonicalPath(file, { root: world.folders.root, home: world.folders.root }),
  );
  const stamps = world.files.stamp(named, 'input').map((stamp) => stamp && String(stamp.ctimeNs));
  return [
    ...[before, params, timeoutMs, stamps, codeOfCommand(world, before)],
    ...[env, env.map(({ kind, name }) => kind === 'pass' && sealed(world, name))],
    secrets.map((name) => sealed(world, name)),
  ];
}

/** What is said to a person about it, and when it is left alone, is no part of it. */
function circumstancesOfService(world: World, { hint, breaker, ...service }: Service) {
  const { check, start, secrets, env } = service;
  const command = check.kind === 'command' ? check.command : null;
  return [
    service,
    secrets.map((name) => sealed(world, name)),
    env.map(({ kind, name }) => kind === 'pass' && sealed(world, name)),
    check.kind === 'function' && codeOf(world, null),
    ...[command, start].map((one) => one && codeOfCommand(world, one)),
  ];
}

function codeOfCommand(world: World, command: Command): string | null {
  if (command.kind === 'script') return codeOf(world, command.module);
  return command.kind === 'function' ? codeOf(world, null) : null;
}

function codeOf({ code }: World, module: Parameters<World['code']['identify']>[0]): string {
  const identity = code.identify(module);
  return 'problems' in identity ? JSON.stringify(identity.problems) : identity.digest;
}

function sealed({ caller }: World, name: string): string | null {
  const value = caller.get(name);
  return value === undefined ? null : createHmac('sha256', salt()).update(value).digest('hex');
}
