// Commands as text: their placeholders, and how people are shown them.

import type { Command } from '../stage.ts';
import { shellQuote } from './shell-line.ts';

export { impliedInputs } from './implied-inputs.ts';
export { shellQuote } from './shell-line.ts';

/** What stands for `{requires}`, `{item}`, `{params.x}`, a capture: one word, or a list of words. */
export type PlaceholderValues = Readonly<Record<string, readonly string[] | string>>;

// `${NAME}` is the shell's. `{name...}` is a capture as `forEach` writes it, which is `{name}`.
const placeholder = /(?<!\$)\{([A-Za-z_][\w.-]*?)(?:\.{3})?\}/g;

/**
 * A shell line with the known placeholders replaced: each value quoted as one word, lists as words
 * with spaces between. All other brace text stays as it is.
 */
export function fillPlaceholders(text: string, values: PlaceholderValues): string {
  return replaceKnown(text, values, shellQuote);
}

/** The same of a text that no shell reads: values as they are. */
export function fillText(text: string, values: PlaceholderValues): string {
  return replaceKnown(text, values, (one) => one);
}

/** The names in placeholders, known or not. */
export function placeholderNames(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, name]) => name!);
}

/** The command with its placeholders replaced; in `exec`, an argument that is only a list becomes that many arguments. */
export function fillCommand(command: Command, values: PlaceholderValues): Command {
  switch (command.kind) {
    case 'shell':
      return { ...command, lines: command.lines.map((line) => fillPlaceholders(line, values)) };
    case 'exec':
      return { ...command, argv: command.argv.flatMap((word) => fillArgument(word, values)) };
    default:
      return command;
  }
}

function fillArgument(word: string, values: PlaceholderValues): readonly string[] {
  const name = /^\{(.+)\}$/.exec(word)?.[1];
  const value = name !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;
  if (typeof value === 'object') return value;
  return [replaceKnown(word, values, (one) => one)];
}

function replaceKnown(text: string, values: PlaceholderValues, quote: (word: string) => string): string {
  return text.replace(placeholder, (whole, name: string) => {
    if (!Object.hasOwn(values, name)) return whole;
    const value = values[name]!;
    return typeof value === 'string' ? quote(value) : value.map(quote).join(' ');
  });
}

/** The first of `names` that stands as a placeholder inside single or double quotes of a shell line. */
export function placeholderInsideQuotes(text: string, names: Iterable<string>): string | null {
  const known = new Set(names);
  const inside = quotedRanges(text);
  for (const match of text.matchAll(placeholder)) {
    const name = match[1]!;
    if (known.has(name) && inside.some(([from, to]) => from < match.index && match.index < to)) return name;
  }
  return null;
}

/** Where quotes open and close. An open end counts as quoted. */
function quotedRanges(text: string): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let quote: string | null = null;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!;
    if (char === '\\' && quote !== "'") at += 1;
    else if (quote === null && (char === "'" || char === '"')) {
      quote = char;
      from = at;
    } else if (char === quote) {
      ranges.push([from, at]);
      quote = null;
    }
  }
  if (quote !== null) ranges.push([from, text.length]);
  return ranges;
}

/** The command in one line, for people. */
export function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'shell':
      return command.lines.map(firstLine).join(' && ');
    case 'exec':
      return firstLine(command.argv.map(shellQuote).join(' '));
    case 'script':
      return `script ${command.module}`;
    case 'function':
      return 'function in the configuration';
  }
}

function firstLine(text: string): string {
  const trimmed = text.trim();
  const end = trimmed.indexOf('\n');
  return end === -1 ? trimmed : `${trimmed.slice(0, end).trimEnd()} …`;
}
