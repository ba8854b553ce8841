// Runs what a stage has as text: shell lines in order, or one program without a shell.

import { basename } from 'node:path';
import type { Execution, ExecutionEnd } from '../engine/executor.ts';
import { describeCommand, longestTold } from '../model/command/command-line.ts';
import type { Failure } from '../model/failure.ts';
import type { Command } from '../model/stage.ts';
import type { CapturedOutput } from './captured-output.ts';
import type { ProgramEnd, Supervision } from './supervision.ts';

export type TextCommand = Extract<Command, { readonly kind: 'shell' | 'exec' }>;

/** How it is started. */
export type Manner = Pick<Execution, 'shell' | 'cwd' | 'env' | 'stdin' | 'timeoutMs' | 'nice' | 'tracer'>;

/** Shells that know `-e`: stop at the first command that fails. */
const strictShells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash']);

/** No argument of a program may be longer on Linux, in bytes and with the zero at its end. */
const longestArgument = 32 * 4096;

interface Start {
  readonly file: string;
  readonly args: readonly string[];
  /** As people know it. */
  readonly line: string;
}

/** The first line that fails ends it. The time limit is for each line. */
export async function runCommand(
  command: TextCommand,
  { shell, cwd, env, stdin, timeoutMs, nice, tracer }: Manner,
  supervision: Supervision,
  output: CapturedOutput,
): Promise<ExecutionEnd> {
  for (const { file, args, line } of starts(command, shell)) {
    const end = await supervision.run({ file, args, cwd, env, stdin, timeoutMs, nice, tracer });
    if (end.kind === 'cancelled') return end;
    const failure = failureOf(end, told(output.clean(line)));
    if (failure !== null) return { kind: 'failed', failure, tail: output.tail() };
  }
  return { kind: 'succeeded' };
}

function starts(command: TextCommand, shell: string): readonly Start[] {
  if (command.kind === 'exec') {
    const [file = '', ...args] = command.argv;
    return [{ file, args, line: describeCommand(command) }];
  }
  const options = strictShells.has(basename(shell)) ? ['-e', '-c'] : ['-c'];
  return command.lines.map((line) => ({
    file: shell,
    args: [...options, ...asArguments(line, shell)],
    line,
  }));
}

/**
 * A line with the names of thousands of files is no single argument: a shell that can is given it in pieces, and puts
 * them together. What it then starts may have all of them, each being an argument of its own.
 */
function asArguments(line: string, shell: string): readonly string[] {
  const isShort = line.length < longestArgument && Buffer.byteLength(line) < longestArgument;
  if (isShort || !strictShells.has(basename(shell))) return [line];
  // By whole characters, of which none has more than 4 bytes.
  const pieces = line.match(/.{1,32000}/gsu) ?? [];
  const whole = pieces.map((_, i) => `\${${i + 1}}`).join('');
  return [`eval "set --\n${whole}"`, shell, ...pieces];
}

/** Of each of a batch's items it is written down, and it shows on a screen. */
function told(line: string): string {
  return line.length <= longestTold
    ? line
    : `${line.slice(0, longestTold).replace(/[\uD800-\uDBFF]$/, '')} …`;
}

/** `null` for success. */
export function failureOf(end: Exclude<ProgramEnd, { kind: 'cancelled' }>, line: string): Failure | null {
  switch (end.kind) {
    case 'exited':
      return end.code === 0 ? null : { kind: 'exit', code: end.code, line };
    case 'signalled':
      return { kind: 'signal', signal: end.signal, line };
    case 'timed-out':
      return { kind: 'timeout', timeoutMs: end.timeoutMs, line };
    case 'not-started':
      return { kind: 'spawn', message: end.message, line };
  }
}
