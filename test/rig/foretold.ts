// A build that is asked beforehand what it will do: `status` and `--dry-run` must agree with it, and touch nothing.
import { expect } from 'vitest';
import type { PipeEvent, TaskPlanned } from '../../src/model/events.ts';
import { stageOfTask } from '../../src/model/task.ts';
import type { Built, Rig } from './rig.ts';
import { withoutTouching } from './untouched.ts';

type Plan = Omit<TaskPlanned, 'kind'>;

/** Builds after both have told what would happen; whatever was told for certain must come true, for the reasons told. */
export async function buildAsForetold(rig: Rig, args: readonly string[] = []): Promise<Built> {
  let forewarnings: readonly string[] = [];
  const plans = await withoutTouching(rig, async () => {
    const planned = await rig.build(['--dry-run', ...args]);
    forewarnings = planned.warnings;
    const ofDryRun = planned.events.filter(isPlan).map(essence);
    if (args.some((arg) => ofBuildAlone.has(arg))) return ofDryRun;
    const status = await rig.pipe(['status', '--json', ...args]);
    const ofStatus = (JSON.parse(status.stdout) as { tasks: Plan[] }).tasks.map(essence);
    expect(ofStatus).toEqual(ofDryRun);
    return ofStatus;
  });
  const built = await rig.build(args);
  for (const told of forewarnings) {
    // Where it is kept shows when it is.
    const [what, isMoving] = [
      told.split(': ')[0]!,
      told.endsWith(' would be kept in .pipeline-cache/displaced'),
    ];
    expect(built.warnings).toContainEqual(isMoving ? expect.stringContaining(what) : told);
  }
  for (const plan of plans) {
    // What stages before it will make decides; it may also turn out fresh.
    if (plan.action !== 'skip' && plan.reasons.some(({ code }) => code === 'upstream-planned')) continue;
    // An item that nothing made is told of with its stage.
    const end =
      built.end(plan.task) ?? (plan.action === 'skip' ? built.end(stageOfTask(plan.task)) : undefined);
    const outcome = end?.outcome;
    // The first failure stops the run, so that what was to follow is skipped.
    if (outcome === 'skipped' && built.code === 1) continue;
    expect({ task: plan.task, outcome }).toEqual({
      task: plan.task,
      outcome: outcomeOf[plan.action],
    });
    if (plan.action === 'run' || plan.action === 'restore' || plan.action === 'fresh')
      expect(built.end(plan.task)?.reasons).toEqual(plan.reasons);
  }
  return built;
}

/** Flags that `status` does not have. */
const ofBuildAlone = new Set(['--force', '--no-cache', '--keep-going']);

const outcomeOf = {
  ...{ run: 'executed', restore: 'restored', fresh: 'fresh' },
  ...{ skip: 'skipped', wait: 'waiting', fail: 'failed' },
} as const;

function isPlan(event: PipeEvent): event is PipeEvent & TaskPlanned {
  return event.kind === 'task-planned';
}

function essence({ task, action, reasons }: Plan) {
  return { task, action, reasons };
}
