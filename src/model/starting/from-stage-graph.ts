// A stage-graph.json as stages: a list, or a record, of stages with a command or a script, and what they read and write.

import type { Draft, DraftStage } from './draft.ts';
import { attemptsOf, optionalOf, timeoutOf } from './graph-failures.ts';
import { isJson, type Json, type Reading, stageName } from './reading.ts';
import { withForwardSlashes } from './windows-paths.ts';

const runners: Readonly<Record<string, string>> = {
  ...{ js: 'node', mjs: 'node', cjs: 'node', ts: 'node', py: 'python3', sh: 'sh', rb: 'ruby' },
};

export function fromStageGraph(json: Json, reading: Reading): Draft {
  const { stages, pipelines, name, id, title, description, version, $schema, ...others } = json;
  for (const field of Object.keys(others)) reading.note(`"${field}" of the graph is not taken over`);
  const listed = entriesOf(stages);
  if (listed.length === 0)
    reading.wrong('stages', 'there are no stages', 'expected an array of them, or an object by their names');
  const drafts = listed.flatMap(([key, said, at]) => stageOf(key, said, at, reading));
  const names = new Set(drafts.map((draft) => draft.name));
  const unknown = (one: string, at: string) => {
    if (names.size > 0 && !names.has(one)) reading.wrong(at, `there is no stage "${one}"`);
  };
  for (const draft of drafts)
    for (const one of draft.after ?? []) unknown(one, `stages.${draft.name}.dependsOn`);
  const groups = entriesOf(pipelines).map(([key, said, at]) => {
    const members = reading.texts(isJson(said) ? said.stages : said, `pipelines.${at}`).map(stageName);
    for (const one of members) unknown(one, `pipelines.${key}`);
    return [stageName(key), members] as const;
  });
  const named = [name, id, title].find((one): one is string => typeof one === 'string');
  return {
    about: [
      `Written from stage-graph.json${typeof description === 'string' ? `: ${firstLine(description)}` : '.'}`,
    ],
    ...(named !== undefined && { name: named }),
    stages: drafts,
    pipelines: Object.fromEntries(groups),
    notes: reading.notes,
  };
}

/** Of a list with ids, or of an object. */
function entriesOf(value: unknown): readonly (readonly [name: string, said: unknown, at: string])[] {
  if (Array.isArray(value))
    return value.map((one: unknown, i) => {
      const own = isJson(one) ? (one.id ?? one.name) : undefined;
      const name = typeof own === 'string' || typeof own === 'number' ? String(own) : `stage-${i + 1}`;
      return [name, one, `[${i}]`] as const;
    });
  return isJson(value) ? Object.entries(value).map(([key, one]) => [key, one, key] as const) : [];
}

function stageOf(key: string, raw: unknown, place: string, reading: Reading): readonly DraftStage[] {
  const name = stageName(key);
  const at = `stages${place.startsWith('[') ? '' : '.'}${place}`;
  if (!isJson(raw)) {
    reading.wrong(at, `expected an object, found ${raw === null ? 'null' : typeof raw}`);
    return [];
  }
  if (name !== key) reading.note(`${name}: it was called ${JSON.stringify(key)}`);
  const said = withForwardSlashes(raw);
  if (said !== raw) reading.note(`${name}: its paths were written with "\\"`);
  const take = (...names: string[]) => reading.oneOf(said, names, name);
  for (const field of Object.keys(said))
    if (!known.has(field)) reading.note(`${name}: "${field}" is not taken over`);
  const about = take('description', 'title');
  const command = take('command', 'cmd', 'run', 'script');
  const made = take('outputs', 'produces', 'artifacts');
  const outputs = made === undefined ? [] : Array.isArray(made) ? (made as unknown[]) : [made];
  const files = outputs.map((one) => (isJson(one) ? one.path : one));
  const { env, runtime, args } = said;
  return [
    {
      name,
      ...(typeof about === 'string' && { description: firstLine(about) }),
      requires: reading.texts(pathsIn(take('inputs', 'requires')), `${at}.inputs`),
      produces: reading.texts(files, `${at}.outputs`),
      after: reading
        .texts(take('dependsOn', 'needs', 'after', 'dependencies'), `${at}.dependsOn`)
        .map(stageName),
      run: linesOf(command, command === said.script ? command : undefined, { args, runtime }, at, reading),
      env: { ...textsIn(withoutTrue(env), `${name}: env`, reading), ...passedIn(env) },
      tools: textsIn(said.tools, `${name}: tools`, reading),
      timeout: timeoutOf(take('timeoutMs', 'timeout'), name, reading),
      attempts: attemptsOf(said.retries, name, reading),
      optional: optionalOf(take('optional', 'continueOnError'), name, reading),
      hooks: hooksOf(said, name, at, reading),
      schemas: { ...schemasOf(take('schema', 'schemas'), files), ...schemasOfOutputs(outputs) },
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

function linesOf(
  command: unknown,
  script: unknown,
  { args, runtime }: Json,
  at: string,
  reading: Reading,
): readonly string[] {
  if (command !== undefined && script === undefined) {
    const words = reading.texts(command, `${at}.command`);
    // A list is one program and its arguments.
    return Array.isArray(command) ? [words.map(word).join(' ')] : words;
  }
  if (typeof script === 'string') {
    const runner = typeof runtime === 'string' ? runtime : runners[/\.(\w+)$/.exec(script)?.[1] ?? ''];
    const words = [script, ...reading.texts(args, `${at}.args`)].map(word);
    return [
      [...(runner === undefined ? [] : [runner === 'python' ? 'python3' : runner]), ...words].join(' '),
    ];
  }
  reading.wrong(at, 'the stage does not say what to run', 'expected "command" or "script"');
  return [];
}

/** For a shell. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function pathsIn(value: unknown): unknown {
  return Array.isArray(value) ? value.map((one: unknown) => (isJson(one) ? one.path : one)) : value;
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
      const lines = reading.oneOf(all, words, name);
      return lines === undefined ? [] : [[hook, reading.texts(lines, `${at}.hooks`)]];
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
