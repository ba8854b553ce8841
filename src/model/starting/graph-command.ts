// What a stage of a stage-graph.json runs: a shell line, the words of one program, or a script by its runtime.
import type { Field, Json, Reading } from './reading.ts';

/** By endings, and by names of languages. */
const runners: Readonly<Record<string, string>> = {
  ...{ js: 'node', mjs: 'node', cjs: 'node', ts: 'node', mts: 'node', py: 'python3', sh: 'sh', rb: 'ruby' },
  ...{ javascript: 'node', nodejs: 'node', typescript: 'node', python: 'python3', shell: 'sh' },
};

/** As shell lines. `stage`: its name, and where it stands. */
export function linesOf(
  { args, runtime }: Json,
  { name, value }: Field,
  stage: { readonly name: string; readonly at: string },
  reading: Reading,
): readonly string[] {
  const { at } = stage;
  if (value !== undefined && name !== 'script') {
    const words = reading.texts(value, `${at}.${name}`);
    // A list is one program and its arguments.
    return Array.isArray(value) ? [words.map(word).join(' ')] : words;
  }
  if (typeof value === 'string') {
    const ending = /\.(\w+)$/.exec(value)?.[1] ?? '';
    const runner = typeof runtime === 'string' ? (runners[runtime] ?? runtime) : runners[ending];
    if (runner === 'node' && /^m?ts$/.test(ending))
      reading.note(
        `${stage.name}: node runs ${value} from version 22.18 on; before, have it export a function, for run: script('./${value}')`,
      );
    const words = [value, ...reading.texts(args, `${at}.args`)].map(word);
    return [[...(runner === undefined ? [] : [runner]), ...words].join(' ')];
  }
  reading.wrong(at, 'the stage does not say what to run', 'expected "command" or "script"');
  return [];
}

/** For a shell. */
function word(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
