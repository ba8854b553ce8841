// One build: first a look without the lock, for most often nothing is to be done; else the lock, the checks, the loop.
import type { RunFinished } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { streams } from '../model/items/streams.ts';
import type { Selection } from '../model/selection.ts';
import { afterwords, filesNotThere } from './afterwords.ts';
import { hiddenOrder } from './aliases.ts';
import { toldOfAsked } from './asked.ts';
import { Assessor } from './assess.ts';
import { Board } from './board.ts';
import type { BuildEnd, BuildOptions, BuildParts } from './build-options.ts';
import { BuildTasks } from './build-tasks.ts';
import { chainsOf, pastDurations, staleAtOnce } from './critical-path.ts';
import { FanningOut } from './fanning-out.ts';
import { forcedIn, forcingRun } from './forced.ts';
import { tellForeseen } from './foresee.ts';
import { forewarnings } from './forewarnings.ts';
import { clearForBuild } from './ground.ts';
import { endLeftRunning } from './left-running.ts';
import { type AllFresh, type Counts, countsOf, passOver } from './passing.ts';
import { refusals } from './refusals.ts';
import { type Rest, type Whole, withRest } from './rest.ts';
import { RunHooks } from './run-hooks.ts';
import { cancelledBefore, noCounts, type Summary } from './run-outcome.ts';
import { Scheduler } from './scheduler.ts';
import { Services } from './services.ts';
import { Spending } from './spending.ts';
import { ordersOf, stagesBefore } from './task-orders.ts';
import type { EditedFiles } from './watching.ts';
import { type Found, toCheck } from './whats-to-do.ts';
import type { World } from './world.ts';

export class Session {
  private readonly world: World;
  private readonly graph: StageGraph;
  private readonly selection: Selection;
  private readonly options: BuildOptions;
  private readonly rest: Rest | null;
  private readonly tasks: BuildTasks;
  private readonly assessor: Assessor;
  private readonly found: Found | null;
  private readonly interruption = new AbortController();
  private readonly services: Services;
  private readonly hooks: RunHooks;
  private scheduler: Scheduler | null = null;
  private waited = false;
  private isLocked = false;

  constructor(options: BuildParts) {
    this.world = options.world;
    this.graph = options.graph;
    this.selection = options.selection;
    this.options = options.options;
    this.rest = options.rest ?? null;
    this.tasks = new BuildTasks(this.world, this.graph, this.selection, this.options.watching, this.whole);
    const forced = forcedIn(this.world, this.selection);
    this.assessor = options.look?.assessor ?? new Assessor(this.world, forced, this.selection.audited);
    this.found = options.look?.found ?? null;
    this.services = new Services(options.world);
    this.hooks = new RunHooks(options.world, options.options.hooks ?? null);
  }

  /** The first time gently, the second time at once. */
  interrupt(): void {
    const how = this.interruption.signal.aborted ? 'now' : 'gently';
    this.interruption.abort();
    this.scheduler?.interrupt(how);
    this.services.interrupt(how);
    this.hooks.interrupt(how);
  }

  /** Files were edited while it is at work. */
  edited(files: EditedFiles): void {
    this.scheduler?.edited(files);
  }

  async build(pipelineName: string): Promise<BuildEnd> {
    const { world, options } = this;
    const startedMs = world.clock.monotonicMs();
    const fresh = options.dryRun ? null : this.tasks.allFresh(this.assessor);
    if (this.rest !== null && !this.rest.isCurrent()) return { kind: 'superseded' };
    if (fresh === null) {
      world.onStale?.('own');
      const about = this.tasks.all.flatMap((task) => toCheck(task, this.found, this.assessor));
      const { graph, selection, tasks, whole } = this;
      const problems = await refusals(world, graph, selection, { tasks, whole, about });
      if (problems.length > 0)
        return this.rest === null ? { kind: 'refused', problems } : { kind: 'superseded' };
      if (!options.dryRun) options.onWork?.();
      if (this.rest !== null && !(await this.keepOthersOut())) return { kind: 'superseded' };
    }
    const counts = fresh === null ? this.tasks.counts() : countsOf(fresh);
    world.events.emit({
      kind: 'run-started',
      pipeline: pipelineName,
      targets: this.selection.targets,
      tasks: this.tasks.total(counts) + (this.rest?.tasks ?? 0),
      ...(this.rest !== null && { fresh: this.rest.tasks }),
      ...toldOfAsked(options, this.selection, world.folders.runId),
    });
    if (fresh === null) world.onStale?.('all');
    const warnings = forewarnings(world, this.graph, this.selection, options.dryRun);
    if (fresh === null) world.onStale?.('own');
    for (const one of warnings) world.events.emit(one);
    const summary = options.dryRun
      ? await tellForeseen(world, this.graph, this.selection)
      : fresh !== null
        ? await this.passThrough(fresh)
        : await this.work(counts);
    for (const message of world.takeTroubles()) world.events.emit({ kind: 'warning', message });
    if (options.lastWord !== undefined) world.events.emit(options.lastWord());
    const event: RunFinished = {
      kind: 'run-finished',
      ...withRest(summary, this.rest),
      durationMs: Math.round(world.clock.monotonicMs() - startedMs),
    };
    world.events.emit(event);
    return { kind: 'finished', event };
  }

  /** Nothing to do: every task was just found fresh. */
  private async passThrough(fresh: AllFresh): Promise<Summary> {
    const { world, graph, selection } = this;
    const board = passOver(this.boardOf(), fresh);
    for (const told of filesNotThere({ world, graph, selection }, board.places)) world.events.emit(told);
    const summary = board.summary(this.interruption.signal.aborted);
    await world.files.settle();
    // Worth taking the lock for if nobody has it, not worth waiting for it.
    const isDue = world.upkeep.isDue() || world.executor.hasLeftBehind();
    if (isDue) this.options.onWork?.();
    if (isDue && (await this.lock(false)).kind === 'held') {
      if ((await this.endLeftRunning()) && !world.records.changedElsewhere()) world.upkeep.perform();
      world.lock.release();
    }
    return summary;
  }

  private async work(counts: Counts): Promise<Summary> {
    const { world } = this;
    const lock = this.isLocked ? ({ kind: 'held' } as const) : await this.lock(this.options.wait);
    if (lock.kind === 'busy') {
      world.events.emit({ kind: 'run-blocked', waits: false, ...lock.holder });
      return { outcome: 'waiting', exitCode: 3, ...noCounts, waiting: this.tasks.all.length };
    }
    if (lock.kind === 'cancelled') return cancelledBefore(this.tasks.all.length);
    try {
      if (!(await this.endLeftRunning())) return cancelledBefore(this.tasks.all.length);
      const changed = world.records.changedElsewhere();
      if (changed) this.assessor.reload();
      // What was looked at before a wait may have been edited meanwhile, by the other build or a person.
      if (changed || this.waited) this.assessor.forget();
      if (clearForBuild(world, this.graph, this.selection)) this.assessor.forget();
      if (this.tasks.clearFormer()) this.assessor.forget();
      const summary = await this.loop(counts).finally(() => this.services.end());
      world.executor.atRest();
      // The first waits for the clock of the files, and there is something to do meanwhile.
      await Promise.all([world.files.settle(), world.upkeep.begin()]);
      world.upkeep.perform();
      return summary;
    } finally {
      world.lock.release();
    }
  }

  /** Takes the lock, unless somebody else has it or has written since all of the rest was known. */
  private async keepOthersOut(): Promise<boolean> {
    const { lock, records } = this.world;
    // An interruption ends this build, and begins no other.
    if ((await this.lock(false)).kind !== 'held') return this.interruption.signal.aborted;
    this.isLocked = !records.changedElsewhere();
    if (!this.isLocked) lock.release();
    return this.isLocked;
  }

  private readonly whole: Whole = () =>
    this.rest?.whole() ?? { graph: this.graph, selection: this.selection };

  /** Whether nothing of it runs any more: an interruption does not wait for that. */
  private async endLeftRunning(): Promise<boolean> {
    const end = await endLeftRunning(this.world, this.interruption.signal);
    if (end !== null) this.assessor.forget();
    return end !== 'cancelled';
  }

  private lock(wait: boolean) {
    const { world, options, interruption } = this;
    return world.lock.acquire({
      wait,
      command: options.command.join(' '),
      signal: interruption.signal,
      onBlocked: (holder) => {
        this.waited = true;
        world.events.emit({ kind: 'run-blocked', waits: true, ...holder });
      },
    });
  }

  private boardOf(streaming?: typeof streams, spending?: Spending): Board {
    const tasks = this.tasks.all;
    const orders = ordersOf(this.graph, tasks, streaming);
    const { jobs } = this.options;
    // One after the other they take as long in any order. Where nothing is to be started, none is asked for.
    const chains =
      streaming === undefined || jobs === 1
        ? null
        : chainsOf(
            tasks,
            orders,
            pastDurations(this.world.records, jobs, this.rest?.tookMs),
            staleAtOnce(this.found, jobs),
          );
    return new Board({
      ...{ tasks, orders, chains },
      ...{ inOrder: this.rest !== null, audited: this.selection.audited },
      emit: (event) => this.world.events.emit(event),
      nowMs: () => this.world.clock.monotonicMs(),
      ...(spending === undefined ? {} : { spentBy: (task) => spending.of(task) }),
    });
  }

  private async loop(expected: Counts): Promise<Summary> {
    const { world, options, selection, graph, tasks, services, hooks } = this;
    const spending = new Spending(options, (event) => world.events.emit(event), forcingRun(world, selection));
    const board = this.boardOf(streams, spending);
    const { jobs, keepGoing, stdin, audited } = { ...options, ...selection };
    this.scheduler = new Scheduler({
      world,
      assessor: this.assessor,
      board,
      fanningOut: new FanningOut({ world, assessor: this.assessor, board, tasks, expected }),
      options: {
        ...{ jobs, keepGoing, stdin, audited, spending, services, forced: forcedIn(world, selection) },
        hasOtherOwner: (stage, path) => tasks.hasOtherOwner(stage, path),
        makersOf: (task, inputs) => tasks.makersOf(task, inputs),
        stagesBefore: (stage) => stagesBefore(graph, tasks.all, stage),
        ...{ watching: options.watching ?? null, lackingFor: (stage) => hooks.lackingFor(stage, services) },
        hiddenOrder: (stage, inputs) => hiddenOrder(world, this.whole, stage, inputs),
      },
    });
    if (this.interruption.signal.aborted) this.scheduler.interrupt('gently');
    await this.scheduler.run();
    const summary = { ...board.summary(this.scheduler.wasInterrupted), ...spending.told };
    const ended = await hooks.end(summary, board.places);
    const known = this.rest === null ? world.records : null;
    for (const told of afterwords({ world, graph, selection, known }, board.places, spending))
      world.events.emit(told);
    return ended;
  }
}
