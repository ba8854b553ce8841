// `pipe run`: runs exactly one stage now, with the terminal as its input and its output shown, to debug it.

import { UsageError } from '../model/diagnostic.ts';
import { selectEverything } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { plural } from '../model/words/amounts.ts';
import { askedFor } from './asked-for.ts';
import { runBuild } from './build.ts';
import { type Flags, isOff } from './flags.ts';
import { openWorkspace, selectStages, stagesNamed } from './workspace.ts';

export async function run([stage = '']: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags, { params: 'asked' });
  const names = [...stagesNamed(workspace, [stage], 'pipe run')];
  if (names.length !== 1) throw severalStages(stage, names);
  const selection = selectStages(workspace, {
    ...selectEverything,
    only: [stage],
    force: true,
  });
  // Whatever became of what comes before it.
  const stages = selection.stages.map((one): Stage => ({ ...one, when: 'success' }));
  return runBuild(
    workspace,
    { ...selection, stages },
    { ...flags, verbose: true },
    {
      jobs: 1,
      keepGoing: false,
      budget: {},
      dryRun: false,
      wait: !isOff(flags, 'wait'),
      stdin: 'inherit',
      ...askedFor(workspace, flags),
      selected: { only: [stage] },
    },
  );
}

function severalStages(pipeline: string, names: readonly string[]): UsageError {
  const message = `"${pipeline}" is a named pipeline of ${plural(names.length, 'stage')}, and pipe run runs one`;
  const hint = `name one of its stages, or build all of them with pipe build ${pipeline}`;
  return new UsageError([{ code: 'PIPE034', message, at: 'pipe run', hint }]);
}
