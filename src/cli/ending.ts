// How every command ends: its answer, or what went wrong, as an exit code.
import { UsageError } from '../model/diagnostic.ts';
import { version } from './version.ts';

export function endWith(answer: Promise<number>): void {
  answer.catch(exitCodeOf).then((code) => {
    process.exitCode = code;
  });
}

/** Everything that goes wrong ends here, with the exit code that the contract names. */
async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof UsageError) {
    const { printDiagnostics } = await import('./print.ts');
    printDiagnostics(error.diagnostics);
    return 2;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const where = `pipe ${version} (Node ${process.version}, ${process.platform})`;
  process.stderr.write(`pipe: this is a bug in ${where}\n${text}\n`);
  return 70;
}
