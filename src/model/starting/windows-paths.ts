// Paths of a stage as they are written on Windows, `data\x.json`, with the slash that patterns and shells know.
import { isJson, type Json } from './reading.ts';

const ofFiles = ['inputs', 'requires', 'outputs', 'produces', 'artifacts', 'schema', 'schemas', 'script'];

/** The stage itself where it has none. Of its arguments those are paths that its files, or their folders, have, too. */
export function withForwardSlashes(stage: Json): Json {
  const files = new Set<string>();
  const changed = Object.fromEntries(
    ofFiles.flatMap((field) => (stage[field] === undefined ? [] : [[field, forward(stage[field], files)]])),
  );
  const all = [...files];
  const args = Array.isArray(stage.args)
    ? stage.args.map((arg: unknown) => {
        const path = typeof arg === 'string' ? slashed(arg) : '';
        return all.some((file) => file === path || file.startsWith(`${path}/`)) ? path : arg;
      })
    : stage.args;
  const whole = { ...stage, ...changed, ...(args === undefined ? {} : { args }) };
  return JSON.stringify(whole) === JSON.stringify(stage) ? stage : whole;
}

/** In texts, lists, and objects with `path` and `schema`, or by path. */
function forward(value: unknown, files: Set<string>): unknown {
  if (typeof value === 'string') {
    files.add(slashed(value));
    return slashed(value);
  }
  if (Array.isArray(value)) return value.map((one: unknown) => forward(one, files));
  if (!isJson(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [slashed(key), forward(one, files)]));
}

function slashed(text: string): string {
  return text.replaceAll('\\', '/');
}
