// What a build would do, without touching anything: behind `--dry-run`, `status`, `why` and `graph --status`.
import type { FilePath, TaskId } from '../base/brand.ts';
import type { TaskPlanned } from '../model/events.ts';
import type { Failure } from '../model/failure.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { ItemsGone } from '../model/item-events.ts';
import { streams } from '../model/items/streams.ts';
import { measuredMs, recordIn } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { isManyTasks, stageOfTask, type Task } from '../model/task.ts';
import type { StaleReason } from '../model/verdict.ts';
import { callFor } from '../model/when.ts';
import { Assessor } from './assess.ts';
import { type Assessment, isFailure } from './assessment.ts';
import { Blockers } from './blockers.ts';
import { BuildTasks } from './build-tasks.ts';
import { type Forced, forcedIn } from './forced.ts';
import { formerOutputs, leavingWith, worldWithout } from './former.ts';
import { halfMadeInputs } from './killed.ts';
import { formerlyMade } from './make-room.ts';
import { endsBefore, hasToWait, isInTheWay, waits } from './planned-ends.ts';
import { servedBy } from './preflight.ts';
import { shownCommand } from './secrets.ts';
import { optionalIf, planOf } from './task-plan.ts';
import { type CleaningOfGone, toldOfGone } from './told-of-gone.ts';
import type { World } from './world.ts';

export interface PreviewOptions {
  /** The names of what the build would select, where that is more than is asked about. */
  readonly built?: ReadonlySet<string>;
  /** Told of items that are gone, before the plans of their stage. */
  readonly onGone?: (gone: ItemsGone) => void;
  /** By stage, where a check cannot be made. */
  readonly brokenChecks?: ReadonlyMap<string, Failure>;
}

/** In topological order. Stages that would run count as having made their files. */
export function preview(
  now: World,
  graph: StageGraph,
  selection: Selection,
  options: PreviewOptions = {},
): readonly TaskPlanned[] {
  return new Preview(now, graph, selection, options).plans();
}

class Preview {
  private readonly world: World;
  private readonly graph: StageGraph;
  private readonly selection: Selection;
  private readonly tasks: BuildTasks;
  private readonly forced: Forced;
  private readonly assessor: Assessor;
  private readonly onGone: (gone: ItemsGone) => void;
  private readonly brokenChecks: ReadonlyMap<string, Failure>;
  /** What goes before anything looks at it; it grows. */
  private readonly gone: Map<FilePath, string>;
  /** Names of tasks, and of stages whose items are not known yet. */
  private readonly planned = new Map<string, Task>();
  /** Those among them that would fail or wait, or be skipped for what would. */
  private readonly bad = new Map<string, TaskPlanned>();
  private readonly blockers: Blockers;

  constructor(now: World, graph: StageGraph, selection: Selection, options: PreviewOptions) {
    const { built = selection.names, onGone = () => {} } = options;
    this.gone = new Map(leavingWith(formerOutputs(now, graph), built));
    for (const { task, files } of halfMadeInputs(now, graph, { names: built }))
      for (const { path } of files) this.gone.set(path, stageOfTask(task));
    this.world = worldWithout(now, this.gone);
    this.graph = graph;
    this.selection = selection;
    this.tasks = new BuildTasks(this.world, graph, selection);
    this.forced = forcedIn(this.world, selection);
    this.assessor = new Assessor(this.world, this.forced);
    this.blockers = new Blockers(graph, this.tasks, {
      isInTheWay: ({ id, stage }, kind) => isInTheWay(this.bad.get(id), stage, kind),
      waiting: () => [...this.bad.values()].filter(waits).map(({ task }) => task),
      hasToWait: (id) => hasToWait(this.bad.get(id), [...this.bad.values()]),
    });
    this.onGone = onGone;
    this.brokenChecks = options.brokenChecks ?? new Map();
  }

  plans(): readonly TaskPlanned[] {
    for (const { stage, gone } of this.tasks.plansOfFormer()) this.leave(stage, gone);
    const plans: TaskPlanned[] = [];
    for (const task of this.tasks.all) {
      if (task.stage.when === 'failure') plans.push(this.planForFailures(task, plans));
      else if (isManyTasks(task)) plans.push(...this.plansOfItems(task));
      else plans.push(this.planFor(task));
    }
    return plans;
  }

  /** It runs where something before it is known to fail. */
  private planForFailures(task: Task, plans: readonly TaskPlanned[]): TaskPlanned {
    const { id, stage, item } = task;
    const command = shownCommand(this.world, stage);
    const told = { kind: 'task-planned', task: id, stage: stage.name, item, command } as const;
    const call = callFor('failure', endsBefore(this.graph, stage, plans));
    if (call.kind !== 'called')
      return { ...told, action: 'fresh', reasons: [], estimateMs: null, unneeded: true };
    const reasons = call.failed.map((one) => ({ code: 'upstream-failed', stage: one }) as const);
    const found = isManyTasks(task) && !this.comingItems(stage).areMore ? this.tasks.itemsOf(stage) : null;
    if (found?.kind === 'unclear')
      return { ...told, action: 'fail', reasons, estimateMs: null, failure: found.failure };
    const last = recordIn(this.world.records.memory(id));
    const estimateMs = last === null ? null : measuredMs(last);
    return { ...told, action: 'run', reasons, estimateMs, ...(isManyTasks(task) && { furtherItems: true }) };
  }

  private planFor(task: Task): TaskPlanned {
    const { world, assessor, graph, selection } = this;
    const upstream = this.upstreamOf(task);
    const isServed = servedBy(graph, selection, task.stage);
    const assessed = assessor.assess(task, (entry) => upstream.length > 0 && isServed(entry));
    const plan = this.behind(
      this.blockers.of(task),
      planOf(world, task, assessed, {
        upstream,
        isForced: this.forced.has(task),
        brokenCheck: this.brokenChecks.get(task.stage.name) ?? null,
      }),
    );
    if (plan.action !== 'fresh') this.planned.set(task.id, task);
    const { action } = plan;
    if (action === 'fail' || action === 'wait' || action === 'skip') this.bad.set(task.id, plan);
    if (!isFailure(assessed) && (plan.action === 'run' || plan.action === 'restore'))
      this.leaveFormer(assessed);
    return plan;
  }

  /** Skipped for what stands in its way, if anything does. What would fail as well is told of. */
  private behind(blocker: TaskId | null, plan: TaskPlanned): TaskPlanned {
    if (blocker === null || (plan.action !== 'run' && plan.action !== 'restore')) return plan;
    const { estimateMetrics: _metrics, batch: _batch, ...told } = plan;
    const blockedBy = this.bad.get(blocker)?.blockedBy ?? [stageOfTask(blocker)];
    return { ...told, action: 'skip', blockedBy };
  }

  /** What it made before and makes no more goes with its attempt. */
  private leaveFormer(assessed: Assessment): void {
    const { stage } = assessed.task;
    const isOfAnother = (path: FilePath) => this.tasks.hasOtherOwner(stage, path);
    for (const { path } of formerlyMade(this.world, assessed, isOfAnother)) this.gone.set(path, stage.name);
  }

  /** What it may read of, and would run. */
  private upstreamOf(task: Task): readonly StaleReason[] {
    const { graph, tasks, planned } = this;
    const before = graph.edgesInto(task.stage.name).filter((edge) => edge.kind === 'file');
    const names = [...before.map((edge) => edge.from), ...tasks.makersOf(task).map(({ id }) => id)];
    return [...new Set<string>(names)]
      .filter((name) => planned.has(name))
      .map((stage) => {
        const bad = this.bad.get(stage);
        const end = bad && endsAs[bad.action];
        return { code: 'upstream-planned', stage, ...(end && { end }) };
      });
  }

  /** Of those that there are, and of those that stages before would make; where nobody can say which, of the stage as well. */
  private plansOfItems(task: Task): readonly TaskPlanned[] {
    const { stage } = task;
    const found = this.tasks.itemsOf(stage);
    const command = shownCommand(this.world, stage);
    const named = { kind: 'task-planned', task: task.id, stage: stage.name, item: null } as const;
    const told = { ...named, command, estimateMs: null };
    const reasons = this.upstreamOf(task);
    const coming = this.comingItems(stage);
    if (found.kind === 'unclear' && !coming.areMore) {
      const ends = { action: 'fail', reasons, failure: found.failure } as const;
      const plan = { ...told, ...optionalIf(stage), ...ends };
      this.planned.set(task.id, task);
      this.bad.set(task.id, plan);
      this.blockers.add(stage.name, [task], null);
      return [plan];
    }
    const blocker = this.blockers.of(task);
    const present = found.kind === 'unclear' ? [] : found.tasks;
    const presentIds = new Set(present.map(({ id }) => id));
    const added = coming.tasks.filter(({ id }) => !presentIds.has(id));
    const tasks = added.length === 0 ? present : [...present, ...added].sort(byItem);
    this.tasks.items.assume(stage, tasks);
    const gone = coming.areAll && blocker === null ? this.tasks.planOfGone({ stage, tasks }) : [];
    if (gone.length > 0) this.leave(stage, gone);
    const plans = tasks.map((one) => this.planFor(one));
    this.blockers.add(stage.name, tasks, blocker);
    if (coming.areAll) return plans;
    const further = { ...told, action: 'run', reasons, furtherItems: true } as const;
    const others = this.behind(coming.areHopeless ? blocker : null, further);
    this.planned.set(task.id, task);
    if (others.action === 'skip') this.bad.set(task.id, others);
    return [...plans, others];
  }

  /** What would be made of which files is written in the patterns, where these have no wildcards. */
  private comingItems(stage: Stage): {
    readonly tasks: readonly Task[];
    /** Whether any stage before it would make some. */
    readonly areMore: boolean;
    /** Whether none of these comes to that, where anything stands in the way. */
    readonly areHopeless: boolean;
    /** Whether those and the present ones are all that there would be. */
    readonly areAll: boolean;
  } {
    const sources = new Set(this.tasks.sourcesOf(stage).map(({ name }) => name));
    const makers = [...this.planned.values()].filter((maker) => sources.has(maker.stage.name));
    const made = makers.flatMap((maker) => maker.stage.produces?.entries.filter((one) => !one.negated) ?? []);
    const tasks = made.flatMap(({ glob: { literal } }) =>
      literal === null ? [] : (this.tasks.itemAt(stage, literal as FilePath) ?? []),
    );
    // Of records nothing is known before they are there.
    const areFiles = stage.forEach?.kind === 'files' || makers.length === 0;
    return {
      tasks,
      areMore: makers.length > 0,
      areHopeless: makers.every((maker) => this.bad.has(maker.id) || !streams(maker.stage, stage)),
      areAll: areFiles && made.every(({ glob }) => glob.literal !== null),
    };
  }

  private leave(stage: Stage, gone: readonly CleaningOfGone[]): void {
    for (const { remove, keep, putAway } of gone)
      for (const path of [...remove.map((file) => file.path), ...keep, ...putAway])
        this.gone.set(path, stage.name);
    this.onGone(toldOfGone(stage, gone, true));
  }
}

const endsAs: Partial<Record<TaskPlanned['action'], 'fails' | 'waits' | 'skipped'>> = {
  ...{ fail: 'fails', wait: 'waits', skip: 'skipped' },
};

/** As files are found; records do not come to be known beforehand. */
function byItem(a: Task, b: Task): number {
  return (a.item ?? '') < (b.item ?? '') ? -1 : 1;
}
