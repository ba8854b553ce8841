// How every command ends: its answer, or what went wrong, as an exit code.
import path from 'node:path';
import { isRefusal } from '../engine/refusal.ts';
import { readCallerEnv } from '../exec/caller-env.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import { hideWhatSoundsSecret } from './hidden-secrets.ts';
import { handleSignals } from './signals.ts';
import { drained, isAnswerLost, isLeaving, standardError } from './standard-streams.ts';
import { version } from './version.ts';

/**
 * Ends the process when the answer is there: a configuration may have left timers or sockets behind that would
 * keep it alive for ever.
 */
export function endWith(answer: Promise<number>): void {
  let late: number | null = null;
  // What a configuration started and left alone fails when nobody waits for it any more.
  const onLate = (error: unknown) => {
    // One is told of and ends all; a second may come of telling, and telling of that would have no end.
    if (late !== null) return;
    late = 70;
    const told = exitCodeOf(lateErrorOf(error)).catch(() => 70);
    void told.then((code) => {
      late = code;
      // A build that is at work ends its programs first.
      if (process.listenerCount('SIGTERM') > 0) process.emit('SIGTERM');
      else void leave(code);
    });
  };
  process.on('uncaughtException', onLate);
  process.on('unhandledRejection', onLate);
  // With nothing left to wait for, Node would end as if all were well.
  process.once('beforeExit', () => {
    process.exitCode = 70;
    onLate(new Error('nothing is left to wait for, and there is no answer'));
  });
  answer.catch(exitCodeOf).then((code) => leave(late ?? code));
}

/** Once what was printed is with its readers. After an interruption that must not take long, and another one ends it. */
async function leave(code: number): Promise<void> {
  process.exitCode = code;
  if (isLeaving()) handleSignals(() => process.exit());
  await drained();
  if (code === 0 && isAnswerLost()) process.exitCode = 1;
  process.exit();
}

/** Everything that goes wrong ends here, with the exit code that the contract names. */
async function exitCodeOf(error: unknown): Promise<number> {
  hideWhatSoundsSecret(readCallerEnv(process.env, []).env);
  if (error instanceof UsageError) {
    const { printDiagnostics } = await import('./print.ts');
    printDiagnostics(error.diagnostics);
    return 2;
  }
  if (isOfGoneFolder(error)) return exitCodeOf(new UsageError([goneFolder]));
  if (isRefusal(error)) {
    standardError().write(`pipe: the file system refused: ${error.message}\n`);
    return 1;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const where = `pipe ${version} (Node ${process.version}, ${process.platform})`;
  standardError().write(`pipe: this is a bug in ${where}\n${text}\n`);
  return 70;
}

/** Node was asked where it is. */
function isOfGoneFolder(error: unknown): boolean {
  return isRefusal(error) && error.code === 'ENOENT' && error.syscall === 'uv_cwd';
}

const goneFolder: Diagnostic = {
  code: 'PIPE001',
  message: 'the current folder is gone: it was deleted, or another one has its name by now',
  hint: 'go to a folder that is there, be it the same one anew: cd "$PWD"',
};

/** The user's, if it comes from a compiled configuration or from a package that it imports. */
function lateErrorOf(error: unknown): unknown {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const isTheirs = stack.includes(path.join('.pipeline-cache', 'config')) || !stack.includes(__dirname);
  if (!isTheirs) return error;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new UsageError([
    {
      code: 'PIPE003',
      message: `the configuration throws ${message}, after it was loaded`,
      hint: 'await what it starts, or start it in a stage',
    },
  ]);
}
