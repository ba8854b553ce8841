// A stage-graph.json as stages: a list, or a record, of stages with a command or a script, and what they read and write.
import type { Draft, DraftStage } from './draft.ts';
import { isJson, type Json, type Reading, stageName } from './reading.ts';

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
  const named = [name, id, title].find((one): one is string => typeof one === 'string');
  return {
    about: [
      `Written from stage-graph.json${typeof description === 'string' ? `: ${firstLine(description)}` : '.'}`,
    ],
    ...(named !== undefined && { name: named }),
    stages: drafts,
    pipelines: Object.fromEntries(
      entriesOf(pipelines).map(([key, said, at]) => [
        stageName(key),
        reading.texts(isJson(said) ? said.stages : said, `${at}.stages`).map(stageName),
      ]),
    ),
    notes: reading.notes,
  };
}

/** Of a list with ids, or of an object. */
function entriesOf(value: unknown): readonly (readonly [name: string, said: unknown, at: string])[] {
  if (Array.isArray(value))
    return value.map((one: unknown, i) => {
      const own = isJson(one) ? (one.id ?? one.name) : undefined;
      return [typeof own === 'string' ? own : `stage-${i + 1}`, one, `[${i}]`] as const;
    });
  return isJson(value) ? Object.entries(value).map(([key, one]) => [key, one, key] as const) : [];
}

function stageOf(key: string, said: unknown, place: string, reading: Reading): readonly DraftStage[] {
  const name = stageName(key);
  const at = `stages${place.startsWith('[') ? '' : '.'}${place}`;
  if (!isJson(said)) {
    reading.wrong(at, `expected an object, found ${said === null ? 'null' : typeof said}`);
    return [];
  }
  const { id, name: _name, title, description, command, cmd, run, script, args, runtime, ...rest } = said;
  const { inputs, requires, outputs, produces, artifacts, schema, schemas, hooks, pre, post, ...more } = rest;
  const { after, needs, dependsOn, dependencies, env, timeout, timeoutMs, optional, ...others } = more;
  for (const field of Object.keys(others)) reading.note(`${name}: "${field}" is not taken over`);
  const about = [description, title].find((one): one is string => typeof one === 'string');
  const lines = linesOf(command ?? cmd ?? run, script, { args, runtime }, at, reading);
  const made = (
    Array.isArray(outputs ?? produces ?? artifacts) ? (outputs ?? produces ?? artifacts) : []
  ) as unknown[];
  const files = made.map((one) => (isJson(one) ? one.path : one));
  const time = timeoutMs ?? timeout;
  return [
    {
      name,
      ...(about !== undefined && { description: firstLine(about) }),
      requires: reading.texts(pathsIn(inputs ?? requires), `${at}.inputs`),
      produces: reading.texts(files, `${at}.outputs`),
      after: reading.texts(after ?? needs ?? dependsOn ?? dependencies, `${at}.dependsOn`).map(stageName),
      run: lines,
      env: textsIn(env, `${name}: env`, reading),
      ...(typeof time === 'number' && { timeout: `${time}ms` }),
      ...(typeof time === 'string' && { timeout: time }),
      ...(optional === true && { optional }),
      hooks: hooksOf(isJson(hooks) ? hooks : { pre, post }, at, reading),
      schemas: { ...schemasOf(schema ?? schemas, files), ...schemasOfOutputs(made) },
    },
  ];
}

function linesOf(
  command: unknown,
  script: unknown,
  { args, runtime }: Json,
  at: string,
  reading: Reading,
): readonly string[] {
  if (command !== undefined) {
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

function textsIn(value: unknown, about: string, reading: Reading): Readonly<Record<string, string>> {
  const entries = Object.entries(isJson(value) ? value : {});
  return Object.fromEntries(
    entries.flatMap(([name, one]) => {
      if (typeof one === 'string' || typeof one === 'number') return [[name, String(one)]];
      reading.note(`${about} ${name} is not taken over`);
      return [];
    }),
  );
}

function hooksOf(said: Json, at: string, reading: Reading): Readonly<Record<string, readonly string[]>> {
  const found = {
    before: said.before ?? said.pre,
    after: said.after ?? said.post,
    onFailure: said.onFailure ?? said.failure,
  };
  return Object.fromEntries(
    Object.entries(found).flatMap(([hook, lines]) =>
      lines === undefined ? [] : [[hook, reading.texts(lines, `${at}.hooks`)]],
    ),
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
