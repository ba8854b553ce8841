// What `pipe describe` finds out about a stage beyond its declaration: files, tools, secrets, the last run, the verdict.

import { foresee } from '../engine/foresee.ts';
import type { World } from '../engine/world.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { TaskPlanned } from '../model/events.ts';
import { globMatches } from '../model/glob/glob.ts';
import type { PatternSet } from '../model/glob/pattern-set.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { modulesOf } from '../model/hooks.ts';
import { noSuchItem } from '../model/items/selected-items.ts';
import { type Metrics, sumOfMetrics } from '../model/metrics.ts';
import { type Memory, recordIn } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage, ToolRequirement } from '../model/stage.ts';
import { isManyTasks, taskOf } from '../model/task.ts';
import { type LastAttempt, lastAttempt } from './last-attempt.ts';
import type { AtWork } from './looking.ts';

export interface PatternFacts {
  /** As written. */
  readonly pattern: string;
  readonly negated: boolean;
  readonly optional: boolean;
  /** Present files that it matches and no later pattern excludes; 0 for an exclusion. */
  readonly files: number;
}

export interface ToolFacts extends ToolRequirement {
  /** `null` where it is missing or its version does not fit; `problem` says which. */
  readonly identity: string | null;
  readonly problem: string | null;
}

export interface StageFacts {
  readonly stage: Stage;
  readonly requires: readonly PatternFacts[];
  readonly produces: readonly PatternFacts[] | null;
  /** Files that the command names. */
  readonly implied: readonly { readonly path: string; readonly present: boolean }[];
  /** Passed variables and secrets that the caller has. */
  readonly present: ReadonlySet<string>;
  readonly tools: readonly ToolFacts[];
  readonly memory: Memory;
  /** Where it did not succeed. */
  readonly attempt: LastAttempt | null;
  /** Of a stage with items that one which needs most attention. */
  readonly plan: TaskPlanned;
  /** What would become of each item of the stage; `null`: it is not about all items of a stage. */
  readonly items: readonly TaskPlanned[] | null;
  /** Sums of what its present result took, or those of all its items. */
  readonly metrics: Metrics;
}

/** `selection`: the stage and all before it. */
export async function lookAtStage(asked: {
  readonly world: World;
  readonly graph: StageGraph;
  readonly selection: Selection;
  readonly stage: Stage;
  /** The state folder, absolute. */
  readonly state: string;
  readonly atWork: AtWork | null;
}): Promise<StageFacts> {
  const { world, graph, selection, stage, state, atWork } = asked;
  const { id } = taskOf(stage);
  const memory = world.records.memory(id);
  const { env, secrets } = stage;
  const named = [...stage.implied, ...modulesOf(stage)];
  const passed = [...env.map((entry) => entry.name), ...secrets];
  const plans = plansOf(stage, (await foresee(world, graph, selection)).plans);
  const tasks = plans.items ?? [plans.plan];
  const results = tasks.flatMap(({ task }) => recordIn(world.records.memory(task)) ?? []);
  return {
    stage,
    requires: patternFacts(world, stage.requires, 'input'),
    produces: stage.produces === null ? null : patternFacts(world, stage.produces, 'output'),
    implied: named.map((path) => ({ path, present: world.files.look(path) !== null })),
    present: new Set(passed.filter((name) => world.caller.get(name) !== undefined)),
    tools: stage.tools.map((requirement) => toolFacts(world, stage, requirement)),
    memory,
    attempt: lastAttempt(state, id, memory, atWork),
    ...plans,
    metrics: results.map(({ metrics }) => metrics).reduce(sumOfMetrics, {}),
  };
}

const actions = ['fail', 'wait', 'skip', 'run', 'restore', 'fresh'] as const;

function plansOf(stage: Stage, all: readonly TaskPlanned[]): Pick<StageFacts, 'plan' | 'items'> {
  const task = taskOf(stage);
  if (!isManyTasks(task)) {
    const plan = all.find((one) => one.task === task.id);
    // Any name may be typed that an item could have.
    if (plan === undefined) throw new UsageError([noSuchItem(stage, `"${task.item}"`, 'pipe describe')]);
    return { plan, items: null };
  }
  const plans = all.filter((plan) => plan.stage === stage.name);
  const worst = actions.flatMap((action) => plans.find((plan) => plan.action === action) ?? [])[0];
  const none = { kind: 'task-planned', task: task.id, stage: stage.name, item: null } as const;
  return {
    plan: worst ?? { ...none, action: 'fresh', reasons: [], command: '', estimateMs: null },
    items: plans,
  };
}

function patternFacts(world: World, set: PatternSet, role: 'input' | 'output'): readonly PatternFacts[] {
  const { files } = world.files.expand(set, role);
  return set.entries.map(({ source, negated, optional, glob }) => ({
    pattern: source,
    negated,
    optional,
    files: negated ? 0 : files.filter((file) => globMatches(glob, file.path)).length,
  }));
}

function toolFacts(world: World, stage: Stage, requirement: ToolRequirement): ToolFacts {
  const found = world.tools.identify(requirement, stage);
  return 'identity' in found
    ? { ...requirement, identity: found.identity, problem: null }
    : { ...requirement, identity: null, problem: found.problem.message };
}
