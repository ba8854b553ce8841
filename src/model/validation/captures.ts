// The captures in the patterns of a stage with `forEach`: which there are, and that each is one of its items'.
import { didYouMean } from '../../base/did-you-mean.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { type Capture, type CapturePattern, readCapturePattern, widened } from '../items/capture-pattern.ts';

/** Names that mean something else in commands. */
const taken = ['item', 'key', 'requires', 'produces', 'params'];

interface WithCaptures {
  /** Of a glob. */
  readonly text: string;
  /** `null`: it has none. */
  readonly pattern: CapturePattern | null;
}

/** `any`: the pattern itself says which there are. */
export type KnownCaptures = readonly Capture[] | 'any';

/** Reads a canonical pattern whose captures are some of `known`. The error is a sentence for the person who wrote it. */
export function withCaptures(text: string, known: KnownCaptures): Result<WithCaptures, string> {
  if (!text.includes('{')) return ok({ text, pattern: null });
  const pattern = readCapturePattern(text);
  if (!pattern.ok) return pattern;
  const { texts, captures } = pattern.value;
  if (captures.length === 0) return ok({ text, pattern: null });
  const all = known === 'any' ? captures : known;
  const names = all.map(({ name }) => name);
  const unknown = captures.find(({ name }) => !names.includes(name));
  if (unknown !== undefined) return err(unknownCapture(unknown.name, names));
  // What it may stand for in one place, it may in all: with or without its dots.
  const across = new Set(all.filter((one) => one.across).map(({ name }) => name));
  const meant = { texts, captures: captures.map(({ name }) => ({ name, across: across.has(name) })) };
  const glob = widened(meant);
  return glob.ok ? ok({ text: glob.value, pattern: meant }) : glob;
}

function unknownCapture(name: string, known: readonly string[]): string {
  const all = known.map((one) => `{${one}}`).join(', ');
  if (taken.includes(name)) return `{${name}} is no capture: what may stand here is ${all}`;
  const meant = didYouMean(name, known);
  if (meant !== null) return `forEach captures no {${name}}; did you mean {${meant}}?`;
  return `forEach captures no {${name}}, but ${all}; for the name itself write \\{${name}\\}`;
}

/** The names that a pattern of items captures, or what is wrong with them. */
export function capturesOf(pattern: CapturePattern | null): Result<readonly string[], string> {
  if (pattern === null) {
    return err("it captures nothing, so there is nothing to tell its items apart: write 'data/{name}.json'");
  }
  const { texts, captures } = pattern;
  for (const [i, { name }] of captures.entries()) {
    if (taken.includes(name) || Object.hasOwn(Object.prototype, name))
      return err(`{${name}} means something else: give the capture another name`);
    if (i > 0 && texts[i] === '')
      return err(`nothing between {${captures[i - 1]!.name}} and {${name}} tells where one ends`);
  }
  return ok([...new Set(captures.map(({ name }) => name))]);
}
