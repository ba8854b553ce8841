// What `pipe doctor` asks of the configuration and of what its stages need: tools, secrets, shells, files.
import fs from 'node:fs';
import path from 'node:path';
import type { CallerEnv } from '../engine/ports.ts';
import { refusals } from '../engine/refusals.ts';
import { lookAt } from '../engine/service-look.ts';
import type { World } from '../engine/world.ts';
import { describeCommand } from '../model/command/command-line.ts';
import type { Diagnostic, DiagnosticCode } from '../model/diagnostic.ts';
import { expectedOf, type ParamDeclaration } from '../model/params/param.ts';
import { type Settled, settled } from '../model/params/settled.ts';
import type { Selection } from '../model/selection.ts';
import { type Answer, describeCheck, longestLookMs } from '../model/service.ts';
import type { Pipeline, Service, Stage } from '../model/stage.ts';
import { plural } from '../model/words/amounts.ts';
import { type Check, checkOf } from './check-report.ts';
import type { Workspace } from './workspace.ts';

/** Reported of the stages together; with any other code the configuration itself is wrong. */
const aboutGraph: ReadonlySet<DiagnosticCode> = new Set(['PIPE014', 'PIPE015', 'PIPE018']);
const aboutFiles: ReadonlySet<DiagnosticCode> = new Set(['PIPE033', 'PIPE050', 'PIPE052']);

/** Each look has its own limit. */
const neverEnded = new AbortController().signal;

export function brokenChecks(problems: readonly Diagnostic[]): readonly Check[] {
  const ofGraph = problems.filter((problem) => aboutGraph.has(problem.code));
  const others = problems.filter((problem) => !aboutGraph.has(problem.code));
  const config = checkOf('configuration', others, 'it loads and is valid');
  return ofGraph.length === 0 ? [config] : [config, checkOf('graph', ofGraph, '')];
}

export function soundChecks({ pipeline, configPath }: Workspace): readonly Check[] {
  const { stages, pipelines } = pipeline;
  const named = pipelines.size === 0 ? '' : ` and ${plural(pipelines.size, 'named pipeline')}`;
  return [
    checkOf('configuration', [], `${configPath}: ${plural(stages.length, 'stage')}${named}`),
    checkOf('graph', [], 'no circle, one stage for each output'),
  ];
}

/** All that a build of everything would need before it starts. */
export async function stageChecks(
  world: World,
  workspace: Workspace,
  selection: Selection,
): Promise<readonly Check[]> {
  const open = workspace.pipeline.params.filter(({ value }) => value === null);
  const parts = settled(
    workspace.pipeline.stages,
    open.map(({ name }) => name),
  );
  const stages = parts.map(({ stage }) => stage);
  const problems = await refusals(world, workspace.graph, selection, { about: parts });
  const tools = problems.filter((problem) => problem.code === 'PIPE037');
  const files = problems.filter((problem) => aboutFiles.has(problem.code));
  const schemas = problems.filter((problem) => problem.code === 'PIPE058');
  const told = new Set([...tools, ...files, ...schemas]);
  const code = problems.filter((problem) => !told.has(problem));
  return [
    ...(code.length === 0 ? [] : [checkOf('code', code, '')]),
    ...(stages.some((stage) => stage.tools.length > 0)
      ? [checkOf('tools', tools, identitiesOf(world, stages).join(', '))]
      : []),
    ...secretChecks(stages, world.caller),
    ...passedChecks(stages, world.caller),
    ...shellChecks({ stages }, (stage) => canStart(stage, workspace.root)),
    ...(code.length > 0
      ? []
      : await serviceChecks(stages, (one) =>
          lookAt(world, one, { timeoutMs: longestLookMs(one), signal: neverEnded }),
        )),
    checkOf('files', files, fineFiles(parts)),
    ...(schemas.length === 0 ? [] : [checkOf('schemas', schemas, '')]),
    ...openChecks(open, parts),
  ];
}

function fineFiles(parts: readonly Settled[]): string {
  const isAll = parts.every(({ unsettled }) => unsettled.length === 0);
  return isAll
    ? 'every required file is there or will be made'
    : 'those that were looked for are there or will be made';
}

/** What hangs on a parameter that nobody has given is left out of all others, and told here. */
export function openChecks(open: readonly ParamDeclaration[], parts: readonly Settled[]): readonly Check[] {
  if (open.length === 0) return [];
  const name = 'parameters';
  const missing = `${open.map((param) => param.name).join(', ')} must be given to build`;
  const left = parts.filter(({ unsettled }) => unsettled.length > 0);
  if (left.length === 0) return [{ name, status: 'ok', detail: missing }];
  const told = left.map(({ stage, unsettled }) => `${unsettled.join(', ')} of ${stage.name}`);
  const given = open.map((param) => `-p ${param.name}=…`).join(' ');
  const values = open.map(
    (param) => `${param.name} is ${param.choices?.join(' or ') ?? expectedOf(param.type)}`,
  );
  return [
    {
      name,
      status: 'warn',
      detail: `${missing}; without not looked at: ${told.join('; ')}`,
      hint: `pipe doctor ${given} looks at it too: ${values.join(', ')}`,
    },
  ];
}

/** A missing secret fails only the stages that name it, so it is a warning. */
export function secretChecks(stages: readonly Stage[], caller: Pick<CallerEnv, 'get'>): readonly Check[] {
  const users = usersOf(stages, (stage) =>
    stage.secrets.filter((name) => !stage.optionalSecrets.includes(name) || caller.get(name)),
  );
  const spared = usersOf(stages, (stage) => stage.optionalSecrets.filter((name) => !caller.get(name)));
  const missing = [...users].filter(([name]) => !caller.get(name));
  if (missing.length === 0) {
    const set = users.size === 0 ? [] : [`${[...users.keys()].join(', ')} set`];
    const told = [...spared].map(([name, stages]) => `${name} is not set (optional in ${stages.join(', ')})`);
    const detail = [...set, ...told].join('; ');
    return detail === '' ? [] : [{ name: 'secrets', status: 'ok', detail }];
  }
  return missing.map(([name, stages]) => ({
    name: 'secrets',
    status: 'warn',
    detail: `${name} is not set, and ${stages.join(', ')} cannot run without it`,
    hint: `set ${name}, or put it in a file and give that with --env-file`,
  }));
}

/** A passed variable may be unset: that is a value like any other, and good to know. */
export function passedChecks(stages: readonly Stage[], caller: Pick<CallerEnv, 'get'>): readonly Check[] {
  const users = usersOf(stages, (stage) =>
    stage.env.filter((entry) => entry.kind === 'pass').map((entry) => entry.name),
  );
  if (users.size === 0) return [];
  const unset = [...users].filter(([name]) => caller.get(name) === undefined);
  const told = unset.map(([name, stages]) => `${name} is not set (passed to ${stages.join(', ')})`);
  const detail = unset.length === 0 ? `${[...users.keys()].join(', ')} set` : told.join('; ');
  return [{ name: 'environment', status: 'ok', detail }];
}

/**
 * One line for each service that a stage needs, all looked at at once, and none started. One that is down fails only the
 * stages that need it, and only where they execute, so it is a warning.
 */
export async function serviceChecks(
  stages: readonly Stage[],
  look: (service: Service) => Promise<Answer>,
): Promise<readonly Check[]> {
  const services = new Map(stages.flatMap((stage) => stage.services).map((one) => [one.name, one]));
  const users = usersOf(stages, (stage) => stage.services.map(({ name }) => name));
  return Promise.all(
    [...users].map(async ([name, users]): Promise<Check> => {
      const service = services.get(name)!;
      const told = { name: 'service', checked: `${name}: ${describeCheck(service.check)}` };
      const answer = await look(service);
      if (answer.isHealthy) return { name: told.name, status: 'ok', detail: `${told.checked}: healthy` };
      const down = `${told.checked}: ${answer.why}`;
      if (service.start !== null) {
        const command = describeCommand(service.start);
        return { name: told.name, status: 'ok', detail: `${down}; a build starts it: ${command}` };
      }
      const detail = `${down}, and ${users.join(', ')} cannot run without it`;
      return {
        name: told.name,
        status: 'warn',
        detail,
        ...(service.hint !== null && { hint: service.hint }),
      };
    }),
  );
}

export function shellChecks(
  { stages }: Pick<Pipeline, 'stages'>,
  canStart: (stage: Stage) => boolean,
): readonly Check[] {
  const ofShell = stages.filter((stage) => stage.command.kind === 'shell');
  if (ofShell.length === 0) return [];
  const lacking = ofShell.filter((stage) => !canStart(stage));
  const users = usersOf(lacking, (stage) => [stage.shell]);
  if (users.size === 0) {
    const shells = [...new Set(ofShell.map((stage) => stage.shell))].sort();
    return [{ name: 'shell', status: 'ok', detail: shells.join(', ') }];
  }
  return [...users].map(([shell, stages]) => ({
    name: 'shell',
    status: 'fail',
    detail: `${shell} of ${stages.join(', ')} is not there or cannot be executed`,
    hint: 'install it, or name another one in the field shell',
  }));
}

/** Each name with the stages that want it; names sorted. */
function usersOf(
  stages: readonly Stage[],
  namesIn: (stage: Stage) => readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const stage of stages) {
    for (const name of namesIn(stage)) users.set(name, [...(users.get(name) ?? []), stage.name]);
  }
  return new Map([...users].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function identitiesOf(world: World, stages: readonly Stage[]): readonly string[] {
  const found = stages.flatMap((stage) =>
    stage.tools.map((requirement) => world.tools.identify(requirement, stage)),
  );
  return [...new Set(found.flatMap((tool) => ('identity' in tool ? [tool.identity] : [])))].sort();
}

function canStart({ shell, cwd }: Stage, root: string): boolean {
  const folder = path.join(root, cwd);
  const candidates = shell.includes('/')
    ? [path.resolve(folder, shell)]
    : [`${root}/node_modules/.bin`, ...(process.env.PATH ?? '').split(':')].map((one) =>
        path.resolve(folder, one, shell),
      );
  return candidates.some(isProgram);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
