// Which file a command itself names: `x.mjs` of `node x.mjs`. It is an input though nobody declares it.

import type { Command } from '../stage.ts';
import { simpleCommands, type Word } from './shell-line.ts';

interface Interpreter {
  /** Options whose value is the next word. */
  readonly valued: readonly string[];
  /** Options after which no file follows: the program is in the command line, or is a module's name. */
  readonly inline: readonly string[];
  /** Words that come before the file. */
  readonly verbs?: readonly string[];
  /** Whether options may be joined, as `-ne` of perl: then `inline` letters count anywhere in them. */
  readonly clusters?: boolean;
  /** A name without an extension may be a folder or a shortened module name. */
  readonly needsExtension: boolean;
}

const shell: Interpreter = {
  valued: ['-o', '+o', '-O', '+O', '--rcfile', '--init-file'],
  inline: ['-c', '-s'],
  clusters: true,
  needsExtension: false,
};
const node: Interpreter = {
  valued: [
    '-r',
    '--require',
    '--import',
    '--loader',
    '--experimental-loader',
    '-C',
    '--conditions',
    '--env-file',
  ],
  inline: ['-e', '--eval', '-p', '--print', '-pe', '--run', '--test'],
  needsExtension: true,
};
const tsx: Interpreter = { ...node, valued: [...node.valued, '--tsconfig', '-P', '--project'] };
const python: Interpreter = {
  valued: ['-W', '-X', '--check-hash-based-pycs'],
  inline: ['-c', '-m'],
  clusters: true,
  needsExtension: true,
};
const scripting: Interpreter = {
  valued: ['-I', '-r'],
  inline: ['-e', '-E'],
  clusters: true,
  needsExtension: false,
};

const interpreters: Readonly<Record<string, Interpreter>> = {
  node,
  nodejs: node,
  tsx,
  'ts-node': tsx,
  bun: { ...node, verbs: ['run'] },
  deno: {
    valued: ['-c', '--config', '--import-map', '--lock', '--cert', '--location', '--seed'],
    inline: ['eval', 'task', 'test', 'fmt', 'lint', '-'],
    verbs: ['run'],
    needsExtension: true,
  },
  python,
  pypy: python,
  ruby: scripting,
  perl: scripting,
  Rscript: { valued: [], inline: ['-e'], needsExtension: false },
  php: { valued: ['-c', '-d'], inline: ['-r', '-S'], needsExtension: true },
  lua: { valued: ['-l'], inline: ['-e'], needsExtension: false },
  julia: { valued: ['-L', '--load'], inline: ['-e', '-E', '--eval'], needsExtension: true },
  sh: shell,
  bash: shell,
  dash: shell,
  zsh: shell,
  ksh: shell,
  source: { valued: [], inline: [], needsExtension: false },
  '.': { valued: [], inline: [], needsExtension: false },
};

/** Programs that run the command which follows them. */
const wrappers = new Set(['env', 'exec', 'command', 'nohup', 'time', 'npx']);

/**
 * The script files that a command names, as written (relative to the stage's working folder), in
 * order, each once. Shell lines count where they are simple commands, also joined by `&&`.
 */
export function impliedInputs(command: Command): readonly string[] {
  if (command.kind === 'exec') return present([scriptOf(command.argv)]);
  if (command.kind !== 'shell') return [];
  return present(command.lines.flatMap(scriptsOfLine));
}

function present(files: readonly (string | null)[]): readonly string[] {
  return [...new Set(files.filter((file) => file !== null))];
}

function scriptsOfLine(line: string): readonly (string | null)[] {
  const found: (string | null)[] = [];
  for (const words of simpleCommands(line) ?? []) {
    // From here on names are relative to a folder that is not the stage's.
    if (words[0] === 'cd' || words[0] === 'pushd') break;
    found.push(scriptOf(words));
  }
  return found;
}

function scriptOf(words: readonly Word[]): string | null {
  let start = 0;
  while (start < words.length && isPrefix(words[start]!)) start += 1;
  const program = words[start];
  if (typeof program !== 'string') return null;
  const interpreter = interpreterNamed(nameOf(program));
  if (interpreter !== undefined) return scriptArgument(words.slice(start + 1), interpreter);
  if (!program.includes('/') || program.includes('{')) return null;
  // An absolute program is a tool of the machine, unless it is plainly a script.
  return program.startsWith('/') && !hasExtension(program) ? null : program;
}

/** `NAME=value` in front of a command, or a program that only starts another. */
function isPrefix(word: Word): boolean {
  return word !== null && (wrappers.has(nameOf(word)) || /^[A-Za-z_]\w*=/.test(word));
}

function nameOf(program: string): string {
  return program.slice(program.lastIndexOf('/') + 1);
}

function interpreterNamed(name: string): Interpreter | undefined {
  const plain = name.replace(/(?<=[a-z])[\d.]+$/, '');
  return Object.hasOwn(interpreters, plain) ? interpreters[plain] : undefined;
}

function scriptArgument(words: readonly Word[], interpreter: Interpreter): string | null {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    if (word === null || isInline(word, interpreter)) return null;
    if (interpreter.valued.includes(word)) at += 1;
    else if (interpreter.verbs?.includes(word) || word.startsWith('-') || word.startsWith('+')) continue;
    else return looksLikeScript(word, interpreter) ? word : null;
  }
  return null;
}

function isInline(word: string, interpreter: Interpreter): boolean {
  if (
    interpreter.inline.some((one) => word === one || (one.startsWith('--') && word.startsWith(`${one}=`)))
  ) {
    return true;
  }
  if (interpreter.clusters !== true || !/^-[A-Za-z0-9]+$/.test(word)) return false;
  return interpreter.inline.some((one) => one.length === 2 && word.slice(1).includes(one[1]!));
}

function looksLikeScript(word: string, interpreter: Interpreter): boolean {
  // A placeholder, an address (deno), a folder, or standard input.
  if (word.includes('{') || /^\w+:/.test(word) || word.endsWith('/') || word.startsWith('/dev/'))
    return false;
  return hasExtension(word) || (!interpreter.needsExtension && word.includes('/'));
}

function hasExtension(path: string): boolean {
  return /[^/]\.[A-Za-z]\w*$/.test(path);
}
