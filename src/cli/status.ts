// `pipe status`: what would run and why, without touching anything.
import { filesNotMade } from '../engine/files-asked-for.ts';
import { foresee, isFreshIn } from '../engine/foresee.ts';
import { forewarnings } from '../engine/forewarnings.ts';
import { refusals } from '../engine/refusals.ts';
import { UsageError } from '../model/diagnostic.ts';
import { warningLines } from '../render/display.ts';
import { goneLines } from '../render/gone-lines.ts';
import { planLines } from '../render/plan-lines.ts';
import { type Flags, freshnessOf, isSet, selectionOf } from './flags.ts';
import { flagsToGoOn } from './going-on.ts';
import { atWorkJson, atWorkLines, looking, runAtWork } from './looking.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace, selectStages } from './workspace.ts';

export async function status(targets: readonly string[], flags: Flags): Promise<number> {
  const workspace = await openWorkspace(flags, { freshness: freshnessOf(flags), writes: false });
  const selection = selectStages(workspace, selectionOf(targets, flags));
  const atWork = runAtWork(workspace);
  const { graph } = workspace;
  const { problems, plans, gone, warnings } = await looking(workspace, selection, flags, async (world) => {
    // What a build would refuse has no plan: `pipe build --dry-run` says the same.
    const problems = await refusals(world, graph, selection);
    const foreseen = await foresee(world, graph, selection);
    const before = forewarnings(world, graph, selection, true);
    const after = filesNotMade(world, graph, selection, isFreshIn(foreseen.plans));
    return { problems, ...foreseen, warnings: [...before, ...after] };
  });
  if (problems.length > 0) throw new UsageError(problems);
  const stale = plans.filter((plan) => plan.action !== 'fresh');
  if (isSet(flags, 'json')) {
    printJson({
      v: 1,
      pipeline: workspace.told.name,
      ...atWorkJson(atWork),
      stale: stale.length,
      tasks: plans.map(({ kind: _kind, ...plan }) => plan),
      warnings: warnings.map(({ kind: _kind, ...warning }) => warning),
      gone: gone.map(({ kind: _, dryRun: __, ...what }) => what),
    });
  } else {
    const names = plans.map((plan) => plan.task);
    const look = { ...outLook(names), goOnFlags: flagsToGoOn(workspace, flags) };
    const verbose = isSet(flags, 'verbose');
    const lines = planLines(plans, look, { verbose, commands: verbose, gone });
    printLines([
      ...atWorkLines(atWork, look),
      ...warnings.flatMap((one) => warningLines(one, look)),
      ...gone.flatMap((one) => goneLines(one, look)),
      ...lines,
    ]);
  }
  return isSet(flags, 'check') && stale.length + gone.length > 0 ? 1 : 0;
}
