// Runs what a stage has as text: shell lines in order, or one program without a shell.

import { basename } from 'node:path';
import type { Execution, ExecutionEnd } from '../engine/executor.ts';
import { describeCommand } from '../model/command/command-line.ts';
import type { Failure } from '../model/failure.ts';
import type { Command } from '../model/stage.ts';
import type { CapturedOutput } from './captured-output.ts';
import type { ProgramEnd, Supervision } from './supervision.ts';

export type TextCommand = Extract<Command, { readonly kind: 'shell' | 'exec' }>;

/** Shells that know `-e`: stop at the first command that fails. */
const strictShells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'mksh', 'ash']);

interface Start {
  readonly file: string;
  readonly args: readonly string[];
  /** As people know it. */
  readonly line: string;
}

/** The first line that fails ends it. The time limit is for each line. */
export async function runCommand(
  command: TextCommand,
  execution: Execution,
  supervision: Supervision,
  output: CapturedOutput,
): Promise<ExecutionEnd> {
  for (const { file, args, line } of starts(command, execution.shell)) {
    const { cwd, env, stdin, timeoutMs, nice, tracer } = execution;
    const end = await supervision.run({ file, args, cwd, env, stdin, timeoutMs, nice, tracer });
    if (end.kind === 'cancelled') return end;
    const failure = failureOf(end, output.clean(line));
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
  return command.lines.map((line) => ({ file: shell, args: [...options, line], line }));
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
