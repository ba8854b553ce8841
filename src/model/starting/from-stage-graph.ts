// A stage-graph.json as stages: a list, or a record, of stages with a command or a script, and what they read and write.

import type { Draft, DraftStage } from './draft.ts';
import { linesOf } from './graph-command.ts';
import { attemptsOf, optionalOf, timeoutOf } from './graph-failures.ts';
import { isJson, type Json, type Reading, stageName } from './reading.ts';
import { withForwardSlashes } from './windows-paths.ts';

export function fromStageGraph(json: Json, reading: Reading): Draft {
  const { stages, pipelines, name, id, title, description, version, $schema, ...others } = json;
  for (const field of Object.keys(others)) reading.note(`"${field}" of the graph is not taken over`);
  const listed = entriesOf(stages);
  if (listed.length === 0)
    reading.wrong('stages', 'there are no stages', 'expected an array of them, or an object by their names');
  const names = new Set(listed.map(([key]) => stageName(key)));
  const isUnknown = (one: string) =>
    names.size > 0 && !names.has(stageName(one)) ? `there is no stage ${JSON.stringify(one)}` : null;
  const drafts = listed.flatMap(([key, said, step]) =>
    stageOf(key, said, `stages${step}`, { reading, isUnknown }),
  );
  const groups = entriesOf(pipelines).map(([key, said, step]) => {
    const [members, at] = isJson(said) ? [said.stages, `${step}.stages`] : [said, step];
    return [stageName(key), reading.texts(members, `pipelines${at}`, isUnknown).map(stageName)] as const;
  });
  const named = [name, id, title].find((one): one is string => typeof one === 'string');
  return {
    about: [
      `Written from ${reading.file}${typeof description === 'string' ? `: ${firstLine(description)}` : '.'}`,
    ],
    ...(named !== undefined && { name: named }),
    stages: drafts,
    pipelines: Object.fromEntries(groups),
    notes: reading.notes,
  };
}

/** Of a list with ids, or of an object. `step`: where it is in that. */
function entriesOf(value: unknown): readonly (readonly [name: string, said: unknown, step: string])[] {
  if (Array.isArray(value))
    return value.map((one: unknown, i) => {
      const own = isJson(one) ? (one.id ?? one.name) : undefined;
      const name = typeof own === 'string' || typeof own === 'number' ? String(own) : `stage-${i + 1}`;
      return [name, one, `[${i}]`] as const;
    });
  return isJson(value) ? Object.entries(value).map(([key, one]) => [key, one, `.${key}`] as const) : [];
}

interface Graph {
  readonly reading: Reading;
  /** What is wrong with the name of a stage. */
  readonly isUnknown: (name: string) => string | null;
}

function stageOf(key: string, raw: unknown, at: string, graph: Graph): readonly DraftStage[] {
  const { reading, isUnknown } = graph;
  const name = stageName(key);
  if (!isJson(raw)) {
    reading.wrong(at, `expected an object, found ${raw === null ? 'null' : typeof raw}`);
    return [];
  }
  if (name !== key) reading.note(`${name}: it was called ${JSON.stringify(key)}`);
  const said = withForwardSlashes(raw);
  if (said !== raw) reading.note(`${name}: its paths were written with "\\"`);
  const field = (...names: string[]) => reading.fieldOf(said, names, name);
  const take = (...names: string[]) => field(...names).value;
  for (const other of Object.keys(said))
    if (!known.has(other)) reading.note(`${name}: "${other}" is not taken over`);
  const about = take('description', 'title');
  const run = linesOf(said, field('command', 'cmd', 'run', 'script'), { name, at }, reading);
  const inputs = field('inputs', 'requires');
  const made = field('outputs', 'produces', 'artifacts');
  const outputs = Array.isArray(made.value) ? (made.value as unknown[]) : [made.value];
  const requires = reading.texts(pathsIn(inputs.value), `${at}.${inputs.name}`);
  const produces = reading.texts(pathsIn(made.value), `${at}.${made.name}`);
  for (const one of produces.filter(isOutside))
    reading.note(`${name}: ${one} lies outside of the root, where no output may be`);
  const order = field('dependsOn', 'needs', 'after', 'dependencies');
  return [
    {
      name,
      ...(typeof about === 'string' && { description: firstLine(about) }),
      requires,
      produces,
      after: reading.texts(order.value, `${at}.${order.name}`, isUnknown).map(stageName),
      run,
      ...(said.cwd !== undefined && { cwd: reading.texts(said.cwd, `${at}.cwd`)[0] }),
      env: { ...textsIn(withoutTrue(said.env), `${name}: env`, reading), ...passedIn(said.env) },
      tools: textsIn(said.tools, `${name}: tools`, reading),
      timeout: timeoutOf(take('timeoutMs', 'timeout'), name, reading),
      attempts: attemptsOf(said.retries, name, reading),
      optional: optionalOf(take('optional', 'continueOnError'), name, reading),
      hooks: hooksOf(said, name, at, reading),
      schemas: { ...schemasOf(take('schema', 'schemas'), outputs.map(pathIn)), ...schemasOfOutputs(outputs) },
    },
  ];
}

/** What a stage may say. */
const known: ReadonlySet<string> = new Set([
  ...[
    'id',
    'name',
    'title',
    'description',
    'command',
    'cmd',
    'run',
    'script',
    'args',
    'cwd',
    'runtime',
    'inputs',
    'requires',
  ],
  ...[
    'outputs',
    'produces',
    'artifacts',
    'schema',
    'schemas',
    'hooks',
    'pre',
    'post',
    'onFailure',
    'after',
    'needs',
  ],
  ...[
    'dependsOn',
    'dependencies',
    'env',
    'tools',
    'timeout',
    'timeoutMs',
    'retries',
    'optional',
    'continueOnError',
  ],
]);

function isOutside(pattern: string): boolean {
  return /^(?:\/|~\/|[A-Za-z]:|(?:\.\/)*\.\.(?:\/|$))/.test(pattern);
}

function pathsIn(value: unknown): unknown {
  return Array.isArray(value) ? value.map(pathIn) : pathIn(value);
}

function pathIn(value: unknown): unknown {
  return isJson(value) ? value.path : value;
}

/** Variables that are passed on from the caller. */
function passedIn(env: unknown): Readonly<Record<string, true>> {
  // A list of names, or a record.
  const passed = Array.isArray(env)
    ? env.filter((name) => typeof name === 'string')
    : Object.entries(isJson(env) ? env : {}).flatMap(([name, value]) => (value === true ? [name] : []));
  return Object.fromEntries(passed.map((name) => [name, true]));
}

function withoutTrue(env: unknown): unknown {
  return isJson(env) ? Object.fromEntries(Object.entries(env).filter(([, value]) => value !== true)) : env;
}

function textsIn(value: unknown, about: string, reading: Reading): Readonly<Record<string, string>> {
  if (typeof value === 'string') reading.note(`${about} is not taken over: it is no object`);
  const entries = Object.entries(isJson(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, one]) => {
      if (typeof one === 'string' || typeof one === 'number') return [[name, String(one)]];
      reading.note(`${about} ${name} is not taken over`);
      return [];
    }),
  );
}

const hookNames = {
  before: ['before', 'pre'],
  after: ['after', 'post'],
  onFailure: ['onFailure', 'failure'],
} as const;

/** Of a field of its own, or beside the others; `after` of a stage itself is its order. */
function hooksOf(
  said: Json,
  name: string,
  at: string,
  reading: Reading,
): Readonly<Record<string, readonly string[]>> {
  const { pre, post, onFailure, hooks } = said;
  const beside = Object.fromEntries(
    Object.entries({ pre, post, onFailure }).filter(([, lines]) => lines !== undefined),
  );
  if (hooks !== undefined && !isJson(hooks))
    reading.note(`${name}: "hooks" is not taken over: it is no object`);
  const all: Json = { ...beside, ...(isJson(hooks) ? hooks : {}) };
  const names: readonly string[] = Object.values(hookNames).flatMap((words) => [...words]);
  for (const hook of Object.keys(all))
    if (!names.includes(hook)) reading.note(`${name}: the hook "${hook}" is not taken over`);
  return Object.fromEntries(
    Object.entries(hookNames).flatMap(([hook, words]) => {
      const lines = reading.fieldOf(all, words, name);
      const step = isJson(hooks) && lines.name in hooks ? `hooks.${lines.name}` : lines.name;
      return lines.value === undefined ? [] : [[hook, reading.texts(lines.value, `${at}.${step}`)]];
    }),
  );
}

/** One schema for all outputs, or by output. */
function schemasOf(said: unknown, files: readonly unknown[]): Readonly<Record<string, string>> {
  if (isJson(said)) return Object.fromEntries(Object.entries(said).filter(isText));
  return typeof said === 'string'
    ? Object.fromEntries(files.flatMap((file) => (typeof file === 'string' ? [[file, said]] : [])))
    : {};
}

function schemasOfOutputs(made: readonly unknown[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    made.flatMap((one) =>
      isJson(one) && typeof one.path === 'string' && typeof one.schema === 'string'
        ? [[one.path, one.schema]]
        : [],
    ),
  );
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.trim();
}
