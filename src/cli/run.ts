// `pipe run`: runs exactly one stage now, with the terminal as its input and its output shown, to debug it.
import { selectEverything } from '../model/selection.ts';
import { runBuild } from './build.ts';
import { isOff } from './flags.ts';
import type { Flags } from './main.ts';
import { openWorkspace, selectStages } from './workspace.ts';

export async function run([stage = '']: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags);
  const selection = selectStages(workspace, { ...selectEverything, only: [stage], force: true });
  return runBuild(
    workspace,
    selection,
    { ...flags, verbose: true },
    {
      jobs: 1,
      keepGoing: false,
      dryRun: false,
      wait: !isOff(flags, 'wait'),
      stdin: 'inherit',
      command: process.argv.slice(2),
    },
  );
}
