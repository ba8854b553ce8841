// The command line: does what was asked and turns the answer into an exit code.
import { UsageError } from '../model/diagnostic.ts';
import { version } from './version.ts';

/** `pipe build` without flags is what is typed most, and needs no parser: to load one takes a tenth of its time. */
async function perform(words: readonly string[]): Promise<number> {
  const [command, ...targets] = words;
  if (command === 'build' && targets.every((word) => !word.startsWith('-'))) {
    return (await import('./build.ts')).build(targets, {});
  }
  return (await import('./commands.ts')).perform(words);
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

perform(process.argv.slice(2))
  .catch(exitCodeOf)
  .then((code) => {
    process.exitCode = code;
  });
