// What a stage of a stage-graph.json runs: a shell line, the words of one program, or a script by its runtime.
import type { Field, Json, Reading } from './reading.ts';

const runners: Readonly<Record<string, string>> = {
  ...{ js: 'node', mjs: 'node', cjs: 'node', ts: 'node', py: 'python3', sh: 'sh', rb: 'ruby' },
};

/** As shell lines. */
export function linesOf(
  { args, runtime }: Json,
  { name, value }: Field,
  at: string,
  reading: Reading,
): readonly string[] {
  if (value !== undefined && name !== 'script') {
    const words = reading.texts(value, `${at}.${name}`);
    // A list is one program and its arguments.
    return Array.isArray(value) ? [words.map(word).join(' ')] : words;
  }
  if (typeof value === 'string') {
    const runner = typeof runtime === 'string' ? runtime : runners[/\.(\w+)$/.exec(value)?.[1] ?? ''];
    const words = [value, ...reading.texts(args, `${at}.args`)].map(word);
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
