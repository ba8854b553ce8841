// Commands as text: their placeholders, and how people are shown them.

import type { Command } from '../stage.ts';
import { type Context, shellContexts } from './shell-contexts.ts';
import { shellQuote } from './shell-line.ts';

export { impliedInputs } from './implied-inputs.ts';
export { shellQuote } from './shell-line.ts';

/** What stands for `{requires}`, `{item}`, `{params.x}`, a capture: one word, or a list of words. */
export type PlaceholderValues = Readonly<Record<string, readonly string[] | string>>;

/** What is told of a command, in characters: thousands of files would tell nobody what it was. */
export const longestTold = 1000;

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
      return { kind: 'shell', lines: command.lines.map((line) => fillPlaceholders(line, values)) };
    case 'exec':
      return { kind: 'exec', argv: command.argv.flatMap((word) => fillArgument(word, values)) };
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

/** The first of `names` that stands as a placeholder where the shell would not read a quoted word as one. */
export function misplacedPlaceholder(
  text: string,
  names: Iterable<string>,
): { readonly name: string; readonly context: Context } | null {
  const known = new Set(names);
  let contexts: readonly (Context | null)[] | null = null;
  for (const { 1: name, index } of text.matchAll(placeholder)) {
    if (!known.has(name!)) continue;
    contexts ??= shellContexts(text);
    const context = contexts[index] ?? null;
    if (context !== null) return { name: name!, context };
  }
  return null;
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
