// The scripts of a package.json as stages: with their files where wireit was told of them, else to be filled in.
import type { Draft, DraftStage } from './draft.ts';
import { isJson, type Json, type Reading, stageName } from './reading.ts';
import { type LostOrder, ScriptOrder } from './script-order.ts';

/** What npm runs by itself, what never ends, and what `pipe clean` does. */
const notStages =
  /^(?:pre|post)?(?:install|pack|publish|publishOnly|version|restart|stop|uninstall|prepare)$|^prepublishOnly$|^clean(?::|$)|^(?:start|dev|serve|watch)(?::|$)|:watch$/;

export function fromPackage(json: Json, reading: Reading): Draft {
  const scripts = isJson(json.scripts) ? json.scripts : {};
  const wireit = isJson(json.wireit) ? json.wireit : {};
  const lines = new Map(
    Object.entries(scripts).flatMap(([name, line]) =>
      typeof line === 'string' ? [[name, line] as const] : [],
    ),
  );
  const groups = new Map([...lines].flatMap(([name, line]) => groupOf(name, line, lines)));
  const stages = [...lines].flatMap(([name, line]) => {
    const known = toldOf(name, wireit);
    if (isJson(known)) return fromWireit(name, known, wireit, reading);
    if (groups.has(name) || line === 'wireit') return [];
    if (notStages.test(name)) {
      reading.note(`the script "${name}" is not taken over: npm or a person runs it`);
      return [];
    }
    reading.note(`${stageName(name)}: say what it requires and produces; until then it runs each time`);
    return [{ name: stageName(name), run: [line] }];
  });
  if (stages.length === 0)
    reading.wrong(
      'scripts',
      'there is no script that could be a stage',
      'without --from, pipe init writes a small pipeline to start from',
    );
  const names = new Set(stages.map(({ name }) => name));
  const known = (all: readonly string[]) => all.filter((one) => names.has(one));
  const order = new ScriptOrder({
    names: [...lines.keys()],
    groups: new Map([...groups].filter(([name]) => !names.has(stageName(name)))),
    stagesOf: (script) => known(membersOf(script, wireit).map(stageName)),
    after: new Map(stages.map(({ name, after = [] }) => [name, known(after)])),
  });
  for (const lost of order.lost) reading.note(lostNote(lost));
  for (const [name] of lines) {
    const next = `post${name}`;
    if (names.has(stageName(name)) && lines.has(next) && order.stagesIn(next).length > 0)
      noteWhatFollows(stageName(name), stageName(next), reading);
  }
  const pipelines = [...groups]
    .filter(([name]) => !names.has(stageName(name)))
    .map(([name]) => [stageName(name), order.stagesIn(name)] as const)
    .filter(([, members]) => members.length > 0);
  return {
    about: [`Written from ${reading.file}.`],
    ...(typeof json.name === 'string' && { name: json.name }),
    stages: stages.map((stage) => ({ ...stage, after: order.after(stage.name) })),
    pipelines: Object.fromEntries(pipelines),
    notes: reading.notes,
  };
}

/** `npm run a && npm run b` is no work of its own, but a name for both. */
function groupOf(name: string, line: string, lines: ReadonlyMap<string, string>) {
  const parts = line
    .split('&&')
    .map((part) => /^\s*(?:npm run|yarn|pnpm(?: run)?) ([\w:.-]+)\s*$/.exec(part)?.[1]);
  const isGroup = parts.every((part) => part !== undefined && part !== name && lines.has(part));
  return isGroup ? [[name, parts as string[]] as const] : [];
}

function lostNote({ script, stage, after }: LostOrder): string {
  const where = script === null ? 'in the dependencies of wireit' : `in the script "${script}"`;
  const why = stage === after ? 'it would wait for itself' : `elsewhere, ${after} comes after ${stage}`;
  return `${stage} does not come after ${after}, though it does ${where}: ${why}`;
}

/** Who asks npm for a script gets what comes after it as well; who asks for a stage does not. */
function noteWhatFollows(stage: string, next: string, reading: Reading): void {
  const both = `"pipe build ${next}" does both`;
  reading.note(`${stage}: npm runs ${next} after it, "pipe build ${stage}" does not: ${both}`);
}

function fromWireit(name: string, said: Json, wireit: Json, reading: Reading): readonly DraftStage[] {
  const at = `wireit.${name}`;
  const { command, files, output, dependencies, env, clean, service, cascade, packageLocks, ...others } =
    said;
  for (const field of [
    ...Object.keys(others),
    ...Object.entries({ service, cascade, packageLocks, clean }).flatMap(([field, value]) =>
      value === undefined ? [] : [field],
    ),
  ])
    reading.note(`${stageName(name)}: "${field}" of wireit is not taken over`);
  const own = dependenciesOf(said);
  for (const one of namesIn(dependencies))
    if (!own.includes(one as string))
      reading.note(`${stageName(name)}: it depends on ${JSON.stringify(one)}, which is in another package`);
  if (typeof command !== 'string') {
    reading.note(`${stageName(name)} has no command: it is a name for ${own.join(', ')}`);
    return [];
  }
  const set = Object.entries(isJson(env) ? env : {});
  for (const [variable, value] of set)
    if (typeof value !== 'string') reading.note(`${stageName(name)}: say env: { ${variable}: true }`);
  return [
    {
      name: stageName(name),
      requires: reading.texts(files, `${at}.files`),
      produces: outputsOf(stageName(name), reading.texts(output, `${at}.output`), reading),
      after: [...new Set(own.flatMap((one) => membersOf(one, wireit)))].map(stageName),
      run: [command],
      env: Object.fromEntries(set.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    },
  ];
}

/** What a stage does not produce, it need not say. */
function outputsOf(name: string, patterns: readonly string[], reading: Reading): readonly string[] {
  const left = patterns.filter((pattern) => pattern.startsWith('!'));
  for (const pattern of left) reading.note(`${name}: "${pattern}" among its outputs is not taken over`);
  return patterns.filter((pattern) => !left.includes(pattern));
}

/** A script may be called as something that every object has. */
function toldOf(script: string, wireit: Json): unknown {
  return Object.hasOwn(wireit, script) ? wireit[script] : undefined;
}

/** The scripts that a name for several stands for. */
function membersOf(name: string, wireit: Json, seen: readonly string[] = []): readonly string[] {
  const said = toldOf(name, wireit);
  if (seen.includes(name) || !isJson(said) || typeof said.command === 'string') return [name];
  return dependenciesOf(said).flatMap((one) => membersOf(one, wireit, [...seen, name]));
}

/** Those in the same package. */
function dependenciesOf({ dependencies }: Json): readonly string[] {
  return namesIn(dependencies).filter(
    (one): one is string => typeof one === 'string' && /^[\w:.-]+$/.test(one),
  );
}

function namesIn(dependencies: unknown): readonly unknown[] {
  return (Array.isArray(dependencies) ? dependencies : []).map((one: unknown) =>
    isJson(one) ? one.script : one,
  );
}
