// The engine with its real adapters, within this process, over a pipeline with items. Only the programs are played.
import type { RunId } from '../../../src/base/brand.ts';
import { openWorld } from '../../../src/cli/world.ts';
import type { Executor } from '../../../src/engine/executor.ts';
import { preview } from '../../../src/engine/preview.ts';
import { Session } from '../../../src/engine/session.ts';
import { JournalSink } from '../../../src/journal/journal-sink.ts';
import { ownIdentity } from '../../../src/lock/process-identity.ts';
import type { PipeEvent, TaskPlanned } from '../../../src/model/events.ts';
import { items } from '../../../src/model/item-spec.ts';
import { select, selectEverything } from '../../../src/model/selection.ts';
import { workspaceOf } from '../../rig/workspace-of.ts';
import { foundIn, type ItemBuilder, type ItemBuilt, toldBy } from './item-builder.ts';
import type { Death } from './item-turns.ts';
import type { Meddler } from './meddler.ts';
import { type Meddlesome, PlayedLabour } from './played-labour.ts';
import { type Manner, recipesOf, specOf } from './recipes.ts';
import type { Request } from './told.ts';

export class EngineItems implements ItemBuilder {
  private readonly root: string;
  private manner!: Manner;
  private runs = 0;
  /** Of the build that is at work. */
  private told: readonly PipeEvent[] = [];

  constructor(root: string) {
    this.root = root;
  }

  configure(manner: Manner): void {
    this.manner = manner;
  }

  async build(
    request: Request,
    _isFlagless: boolean,
    death: Death | null,
    meddler: Meddler | null,
  ): Promise<ItemBuilt> {
    const recipes = recipesOf(this.manner);
    const executor = new PlayedLabour(this.root, recipes, dyingAt(death), this.meddlesome(meddler));
    const { graph, selection } = this.selected(request);
    const plans = await this.plansOf(request, new PlayedLabour(this.root, [], null));
    const { world, told, close } = await this.open(request, executor, true);
    this.told = told;
    const { keepGoing, budget } = request;
    // Nobody may go on after its death.
    const jobs = death === null ? request.jobs : 1;
    const limits = budget === null ? {} : { usd: budget };
    const { hooks } = this.workspaceFor(request).pipeline;
    const options = {
      hooks,
      jobs,
      keepGoing,
      budget: limits,
      dryRun: false,
      wait: true,
      stdin: 'closed',
    } as const;
    const session = new Session({ world, graph, selection, options: { ...options, command: ['build'] } });
    try {
      const end = await Promise.race([session.build('random'), executor.died]);
      if (end === 'died') return { kind: 'died' };
      if (end.kind !== 'finished') return { kind: 'refused', why: JSON.stringify(end) };
      const { exitCode } = end.event;
      const all = {
        ...toldBy(told),
        exitCode,
        freshUntold: false,
        found: foundIn(this.root),
        witnessed: executor.witnessed,
        spared: executor.spared,
      };
      return { kind: 'told', told: all, isPart: false, plans };
    } finally {
      close();
    }
  }

  readonly twice = null;

  dispose(): void {}

  private meddlesome(meddler: Meddler | null): Meddlesome | null {
    if (meddler === null) return null;
    const { within, when, stage, from } = meddler;
    return {
      when,
      isMoment: (of, nth, nthOfStage) =>
        from !== null
          ? nth >= from && meddler.meddled === null
          : stage === null
            ? nth === within
            : of === stage && nthOfStage === within % 2,
      meddle: (tasks, attempt, read) => meddler.meddle(tasks, attempt, read, this.told),
    };
  }

  private workspaceFor({ params, isParamGiven }: Request) {
    const spec = specOf(this.manner, (document) => items(document, (all: unknown) => all, { key: 'key' }));
    return workspaceOf(this.root, spec, isParamGiven ? [`s=${params.s}`] : []);
  }

  private selected(request: Request) {
    const { graph, pipeline } = this.workspaceFor(request);
    const { what, force } = request;
    const names = what.kind === 'all' ? [] : [what.item === null ? what.stage : `${what.stage}:${what.item}`];
    const asked = { ...selectEverything, force, ...(what.kind === 'all' ? {} : { [what.kind]: names }) };
    const selected = select(graph, pipeline, asked, () => null);
    if (!selected.ok) throw new Error(selected.error.map((one) => one.message).join('\n'));
    return { graph, selection: selected.value };
  }

  /** As `pipe status` has them: by one who only looks. */
  private async plansOf(
    request: Request,
    nobody: Executor,
  ): Promise<ReadonlyMap<string, TaskPlanned['action']>> {
    const { graph, selection } = this.selected(request);
    const { world, close } = await this.open(request, nobody, false);
    const isOpen = ({ action, reasons }: TaskPlanned) =>
      action !== 'skip' && reasons.some(({ code }) => code === 'upstream-planned');
    const plans = preview(world, graph, selection).filter((plan) => !isOpen(plan));
    close();
    return new Map(plans.map(({ task, action }) => [task as string, action]));
  }

  private async open(request: Request, executor: Executor, writes: boolean) {
    const workspace = this.workspaceFor(request);
    const runId = `20260101-000000-${(++this.runs).toString(16).padStart(4, '0')}` as RunId;
    const told: PipeEvent[] = [];
    const onTrouble = (message: string) => {
      throw new Error(message);
    };
    const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
    const { world, state, folders } = await openWorld({
      workspace,
      stages: workspace.graph.stages,
      flags: request.cache ? {} : { cache: false },
      runId,
      sinks: [journal, { handle: (event) => void told.push(event) }],
      writes,
      onTrouble,
      // A process number that nobody has: to every later engine this one is dead.
      identity: { ...ownIdentity(), pid: 2 ** 30 + this.runs },
    });
    return { world: { ...world, executor }, told, close: () => state.close() };
  }
}

/** It can die only while something is at work. */
function dyingAt(death: Death | null): number | null {
  if (death === null) return null;
  return 'within' in death ? death.within : Math.floor(death.fraction * 12);
}
