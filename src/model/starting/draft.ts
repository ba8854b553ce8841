// A configuration that is still to be written: stages as plain data, and its text.

export interface DraftStage {
  readonly name: string;
  readonly description?: string | undefined;
  readonly requires?: readonly string[] | undefined;
  readonly produces?: readonly string[] | undefined;
  readonly after?: readonly string[] | undefined;
  /** Shell lines. */
  readonly run: readonly string[];
  /** `true`: the caller's value. */
  readonly env?: Readonly<Record<string, string | true>> | undefined;
  /** Ranges of versions by program. */
  readonly tools?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  readonly timeout?: string | undefined;
  /** Attempts in all. */
  readonly attempts?: number | undefined;
  readonly optional?: boolean | undefined;
  readonly hooks?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Paths of schemas by the outputs that they are for. */
  readonly schemas?: Readonly<Record<string, string>> | undefined;
}

export interface Draft {
  /** Sentences for the top of the file. */
  readonly about: readonly string[];
  readonly name?: string | undefined;
  readonly stages: readonly DraftStage[];
  readonly pipelines?: Readonly<Record<string, readonly string[]>> | undefined;
  /** What was not taken over, or is to be filled in: for the person, and in the file. */
  readonly notes: readonly string[];
}

const width = 100;

/** The text of a `pipeline.config.ts`. */
export function draftText({ about, name, stages, pipelines, notes }: Draft): string {
  const checks = stages.some(({ schemas }) => !isEmpty(schemas));
  return [
    ...about.map((line) => `// ${oneLine(line)}`),
    ...(notes.length > 0
      ? ['//', '// Still to be done:', ...notes.map((note) => `// - ${oneLine(note)}`)]
      : []),
    `import { definePipeline${checks ? ', jsonSchema' : ''} } from 'pipe-build';`,
    '',
    'export default definePipeline({',
    ...(name === undefined ? [] : [`  name: ${text(name)},`]),
    '  stages: {',
    ...stages.flatMap(stageLines),
    '  },',
    ...(isEmpty(pipelines) ? [] : objectLines('pipelines', pipelines!, list, '  ')),
    '});',
    '',
  ].join('\n');
}

function stageLines(stage: DraftStage): readonly string[] {
  const { requires = [], produces = [], after = [], env, tools, hooks, schemas } = stage;
  const at = '      ';
  return [
    `    ${key(stage.name)}: {`,
    ...(stage.description === undefined ? [] : [`${at}description: ${text(stage.description)},`]),
    ...(requires.length > 0 ? listLines('requires', requires, at) : []),
    ...(produces.length > 0 ? listLines('produces', produces, at) : []),
    ...(after.length > 0 ? listLines('after', after, at) : []),
    ...(stage.run.length === 1 ? [`${at}run: ${text(stage.run[0]!)},`] : listLines('run', stage.run, at)),
    ...(stage.cwd === undefined ? [] : [`${at}cwd: ${text(stage.cwd)},`]),
    ...(isEmpty(env) ? [] : objectLines('env', env!, (one) => (one === true ? 'true' : text(one)), at)),
    ...(isEmpty(tools) ? [] : objectLines('tools', tools!, text, at)),
    ...(stage.timeout === undefined ? [] : [`${at}timeout: ${text(stage.timeout)},`]),
    ...(stage.attempts === undefined ? [] : [`${at}retry: { attempts: ${stage.attempts} },`]),
    ...(stage.optional === true ? [`${at}optional: true,`] : []),
    ...(isEmpty(hooks) ? [] : objectLines('hooks', hooks!, oneOrList, at)),
    ...(isEmpty(schemas) ? [] : objectLines('check', schemas!, (path) => `jsonSchema(${text(path)})`, at)),
    '    },',
  ];
}

function isEmpty(record: object | undefined): boolean {
  return record === undefined || Object.keys(record).length === 0;
}

function listLines(field: string, items: readonly string[], at: string): readonly string[] {
  const line = `${at}${field}: ${list(items)},`;
  if (line.length <= width) return [line];
  return [`${at}${field}: [`, ...items.map((item) => `${at}  ${text(item)},`), `${at}],`];
}

function objectLines<T>(
  field: string,
  entries: Readonly<Record<string, T>>,
  told: (value: T) => string,
  at: string,
): readonly string[] {
  const lines = Object.entries(entries).map(([name, value]) => `${at}  ${key(name)}: ${told(value)},`);
  return [`${at}${field}: {`, ...lines, `${at}},`];
}

function list(items: readonly string[]): string {
  return `[${items.map(text).join(', ')}]`;
}

function oneOrList(items: readonly string[]): string {
  return items.length === 1 ? text(items[0]!) : list(items);
}

function key(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name);
}

/** What stands in a comment must not leave it. */
function oneLine(words: string): string {
  return words.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** A literal as a person would write it. */
function text(value: string): string {
  return /['\\\p{C}\p{Zl}\p{Zp}]/u.test(value) ? JSON.stringify(value) : `'${value}'`;
}
