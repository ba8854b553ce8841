// Flags that several commands share, and how their values are read.
import { type Command, InvalidArgumentError, Option } from './parser.ts';

/** Where the workspace is. */
export function withPlace(command: Command): Command {
  return command
    .option(
      '--config <path>',
      'the configuration (default: pipeline.config.ts here or in a folder above)',
      givenPath,
    )
    .option('--root <dir>', 'the root folder (default: the folder of the configuration)', givenPath);
}

/** Where a new one is begun. */
export function withNewPlace(command: Command): Command {
  return command
    .option(
      '--config <path>',
      'the file to write (default: pipeline.config.ts in the root folder)',
      givenPath,
    )
    .option(
      '--root <dir>',
      'the root folder, made where it is not there (default: that of --config, else the current folder)',
      givenPath,
    );
}

export function withEnvironment(command: Command): Command {
  return command.option('--env-file <path>', 'variables for the stages; repeatable', collect);
}

export function withParams(command: Command): Command {
  return command.option('-p, --param <name=value>', 'a parameter of the pipeline; repeatable', collect);
}

/** What a stage is run with. */
export function withEnvironmentAndParams(command: Command): Command {
  return withParams(withEnvironment(command));
}

export function withSelection(command: Command): Command {
  return command
    .option('--from <stage>', 'it and everything downstream; repeatable', collectNames)
    .option('--to <stage>', 'it and everything upstream; repeatable', collectNames)
    .option('--only <a,b>', 'exactly these stages', collectNames)
    .option('--skip <a,b>', 'leave these out', collectNames);
}

export function withBuildFlags(command: Command): Command {
  return withRunFlags(command)
    .option(
      '--audit',
      'run them even if fresh, and list files that they touch without declaring (Linux, strace)',
    )
    .option('--budget <metric=amount>', 'how much this run may use of a metric; repeatable', collectBudget)
    .option('--profile', 'say at the end where the time went')
    .option(
      '--resume <run>',
      'build what an earlier run was asked for, with its parameters: what is left of it',
    )
    .option('--since <run>', 'only what has changed since an earlier run, and what follows from it')
    .option('-n, --dry-run', 'show the plan and run nothing')
    .option('-k, --keep-going', 'after a failure, go on with what does not depend on it')
    .option('--continue-on-error', 'the same as --keep-going')
    .option('--no-wait', 'exit 3 at once if another build is at work here');
}

export function withRunFlags(command: Command): Command {
  return withEnvironmentAndParams(command)
    .option('--force', 'rerun the named targets, else all that is selected')
    .option('-j, --jobs <n>', 'tasks at once', positiveInteger)
    .addOption(freshnessOption())
    .option('--no-cache', 'neither read nor write the cache')
    .option('-q, --quiet', 'print only problems')
    .option('-v, --verbose', 'also print output, every reason and what is fresh')
    .addOption(
      new Option('--log-level <level>', 'how much to print').choices(['debug', 'info', 'warn', 'error']),
    )
    .option('--json', 'one JSON object a line on stdout, nothing else');
}

export function freshnessOption(): Option {
  return new Option('--freshness <rule>', 'how to tell what is fresh').choices(['hash', 'mtime']);
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

export function collectNames(value: string, before: readonly string[] = []): readonly string[] {
  const names = value.split(',').map((name) => name.trim());
  // An empty variable in a script must not select everything.
  if (names.some((name) => name === '')) throw new InvalidArgumentError('a name in it is empty');
  return [...before, ...names];
}

/** `usd=20`, over those that were given before. */
export function collectBudget(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const [, name, amount] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const value = Number(amount);
  if (name === undefined || !(value > 0 && Number.isFinite(value)))
    throw new InvalidArgumentError('write a metric and a number above 0, such as usd=20');
  return { ...before, [name.trim()]: value };
}

/** Of `--poll`, which may stand alone: then a target behind it seems to be its value. */
export function pollSeconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6))
    throw new InvalidArgumentError(
      'it must be a number of seconds above 0; targets stand in front of --poll',
    );
  return value;
}

/** What a script gives in quotes may be empty, where a variable is not set: that is no folder to go on with. */
function givenPath(text: string): string {
  if (text === '') throw new InvalidArgumentError('it is empty');
  return text;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('it must be a whole number, 1 or more');
  return value;
}
