// Every command with its flags. The parser is told only of the one that was asked for: to declare all takes too long.
import { UsageError } from '../model/diagnostic.ts';
import {
  collectNames,
  freshnessOption,
  pollSeconds,
  positiveInteger,
  withBuildFlags,
  withEnvironmentAndParams,
  withNewPlace,
  withParams,
  withPlace,
  withRunFlags,
  withSelection,
} from './flag-groups.ts';
import type { Flags } from './flags.ts';
import { Command, CommanderError, Option } from './parser.ts';
import { helpOutput } from './print.ts';
import { usageProblem } from './usage-problem.ts';
import { version } from './version.ts';

/** Gives back the exit code. */
type Action = (positional: readonly string[], flags: Flags) => Promise<number>;

type Declare = (
  usage: string,
  description: string,
  load: () => Promise<Action>,
  /** The flags that say where. Default: of a workspace that is there. */
  withWhere?: (command: Command) => Command,
) => Command;

const commands: Readonly<Record<string, (declare: Declare) => Command>> = {
  build: (declare) =>
    withBuildFlags(
      withSelection(
        declare(
          'build [targets...]',
          'bring targets (stages, named pipelines, output paths; default all) up to date',
          async () => (await import('./build.ts')).build,
        ),
      ),
    ),
  watch: (declare) =>
    withRunFlags(
      withSelection(
        declare(
          'watch [targets...]',
          'bring targets up to date, and again whenever something changes',
          async () => (await import('./watch.ts')).watch,
        ),
      ),
    )
      .addOption(
        new Option('--on-change <what>', 'what becomes of a task whose inputs are edited while it runs')
          .choices(['restart', 'wait'])
          .default('restart'),
      )
      .option('--exec <command>', 'run this, and begin it anew after each run that went well: a server')
      .option(
        '--poll [seconds]',
        'look again and again, where nothing tells of changes (network folders)',
        pollSeconds,
      ),
  status: (declare) =>
    withEnvironmentAndParams(
      withSelection(
        declare(
          'status [targets...]',
          'what would run and why, without touching anything',
          async () => (await import('./status.ts')).status,
        )
          .option('--json', 'one JSON object')
          .option('--check', 'exit 1 if anything is stale')
          .option('-v, --verbose', 'also commands, every reason and every fresh stage'),
      ),
    ).addOption(freshnessOption()),
  why: (declare) =>
    withEnvironmentAndParams(
      declare(
        'why <stage-or-file>',
        'the full chain of causes for one stage or file',
        async () => (await import('./why.ts')).why,
      ).option('--json', 'one JSON object'),
    ),
  graph: (declare) =>
    withEnvironmentAndParams(
      withSelection(
        declare(
          'graph [targets...]',
          'the graph of stages as DOT, Mermaid or JSON',
          async () => (await import('./graph.ts')).graph,
        )
          .addOption(
            new Option('--format <format>', 'what to print')
              .choices(['dot', 'mermaid', 'json'])
              .default('dot'),
          )
          .option('--files', 'show the files between the stages')
          .option('--status', 'colour by freshness')
          .option('--json', 'the same as --format json'),
      ),
    ),
  list: (declare) =>
    withParams(
      declare(
        'list',
        'stages, named pipelines and parameters',
        async () => (await import('./list.ts')).list,
      ).option('--json', 'one JSON object'),
    ),
  describe: (declare) =>
    withEnvironmentAndParams(
      declare(
        'describe <stage>',
        'everything about one stage',
        async () => (await import('./describe.ts')).describe,
      ).option('--json', 'one JSON object'),
    ),
  run: (declare) =>
    withEnvironmentAndParams(
      declare(
        'run <stage>',
        'run exactly that stage now, with your terminal as its input, to debug it',
        async () => (await import('./run.ts')).run,
      )
        .option('--no-cache', 'neither read nor write the cache')
        .option('--json', 'one JSON object a line')
        .option('--no-wait', 'exit 3 at once if another build is at work here'),
    ),
  clean: (declare) =>
    withParams(
      declare(
        'clean [stages...]',
        'delete recorded outputs (only what pipe itself made)',
        async () => (await import('./clean.ts')).clean,
      ),
    )
      .option('--from <stage>', 'reset to before this stage: it and everything downstream', collectNames)
      .option('--orphans', 'what removed stages left')
      .option('-n, --dry-run', 'say what would be deleted')
      .option('--json', 'one JSON object'),
  accept: (declare) =>
    withEnvironmentAndParams(
      declare(
        'accept <path-or-stage...>',
        'take present outputs as the result of their stage',
        async () => (await import('./accept.ts')).accept,
      )
        .requiredOption('--reason <text>', 'why; it is kept with the record')
        .option('--json', 'one JSON object'),
    ),
  init: (declare) =>
    declare(
      'init',
      'write a configuration to start from',
      async () => (await import('./init.ts')).init,
      withNewPlace,
    ).option('--from <file>', 'take over what a package.json or a stage-graph.json says'),
  runs: (declare) =>
    declare('runs', 'past runs', async () => (await import('./history.ts')).runs)
      .option('--limit <n>', 'how many', positiveInteger, 20)
      .option('--json', 'one JSON object'),
  show: (declare) =>
    declare(
      'show [run]',
      "one run's report (default: the last)",
      async () => (await import('./history.ts')).show,
    ).option('--json', 'one JSON object'),
  logs: (declare) =>
    declare(
      'logs [run] [stage]',
      "a run's logs (default: the last run)",
      async () => (await import('./logs.ts')).logs,
    ).option('-f, --follow', 'go on printing while the run writes'),
  cache: (declare) =>
    declare(
      'cache <action>',
      'the local cache: stats, gc, verify or clear',
      async () => (await import('./cache.ts')).cache,
    ).option('--json', 'one JSON object'),
  doctor: (declare) =>
    withEnvironmentAndParams(
      declare(
        'doctor',
        'check Node, tools, environment, services, file system and configuration',
        async () => (await import('./doctor.ts')).doctor,
      ).option('--json', 'one JSON object'),
    ),
};

/** `help build` as `build --help`; of a command that there is not, nothing behind it counts. */
function readAs(words: readonly string[]): readonly string[] {
  const [first = '', second = ''] = words;
  const isName = (word: string) => word !== '' && !word.startsWith('-');
  if (first === 'help') return isName(second) ? readAs([second, '--help']) : ['--help'];
  return isName(first) && !Object.hasOwn(commands, first) ? [first] : words;
}

/** The exit code of what was asked for. Rejects with `UsageError` for a command line that cannot be. */
export async function perform(typed: readonly string[]): Promise<number> {
  const words = readAs(typed);
  let action: (() => Promise<number>) | null = null;
  const program = new Command('pipe')
    .description('Make-like incremental builds for file pipelines, with a file cache.')
    .version(version, '-V, --version')
    .showSuggestionAfterError(true)
    // What it has to say about mistakes is told as a diagnostic.
    .configureOutput({ ...helpOutput, outputError: () => {} })
    .exitOverride((error) => refuse(error, program))
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nExit codes: 0 success, 1 a stage failed, 2 usage or configuration error,\n3 stopped to wait, 130 interrupted, 70 a bug in pipe.',
    );
  const declare: Declare = (usage, description, load, withWhere = withPlace) => {
    const added = program.command(usage).description(description);
    added.exitOverride((error) => refuse(error, added));
    added.action((...args: unknown[]) => {
      const self = args.at(-1) as Command;
      action = async () => (await load())(self.args, self.optsWithGlobals());
    });
    return withWhere(added);
  };
  const [asked = ''] = words;
  const wanted = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
  for (const name of wanted) commands[name]!(declare);
  try {
    // Without a command: what there is, as an answer and not as an error.
    program.parse([...(words.length === 0 ? ['--help'] : words)], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    throw error;
  }
  return action === null ? 0 : (action as () => Promise<number>)();
}

/** Help and version end here too; a mistake becomes a diagnostic. */
function refuse(error: CommanderError, command: Command): never {
  if (error.exitCode === 0 || error.code.startsWith('commander.help')) throw error;
  const isKnownLater = (flag: string) =>
    command.commands.some((one) =>
      one.options.some((option) => option.long === flag || option.short === flag),
    );
  const name = command.parent === null ? 'pipe' : `pipe ${command.name()}`;
  throw new UsageError([usageProblem(error, { name, isKnownLater })]);
}
