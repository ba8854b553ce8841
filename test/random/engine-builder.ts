// The engine with its real adapters, within this process: hundreds of builds in the time of one start of Node.
// Only the programs of stages are played.
import type { FilePath, RunId } from '../../src/base/brand.ts';
import type { Workspace } from '../../src/cli/workspace.ts';
import { openWorld } from '../../src/cli/world.ts';
import { acceptOutputs } from '../../src/engine/accept.ts';
import { performCleaning, planCleaning } from '../../src/engine/clean.ts';
import type { Executor } from '../../src/engine/executor.ts';
import { hasOtherOwner } from '../../src/engine/ownership.ts';
import { preview } from '../../src/engine/preview.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import { JournalSink } from '../../src/journal/journal-sink.ts';
import { ownIdentity } from '../../src/lock/process-identity.ts';
import type { PipeEvent, TaskPlanned } from '../../src/model/events.ts';
import { buildGraph, type StageGraph } from '../../src/model/graph/graph.ts';
import { recordIn } from '../../src/model/record.ts';
import { type Selection, select, selectEverything } from '../../src/model/selection.ts';
import { taskOf } from '../../src/model/task.ts';
import { collectCache } from '../../src/store/collect.ts';
import { clearCache, verifyCache } from '../../src/store/inspect-cache.ts';
import { workspaceOf } from '../rig/workspace-of.ts';
import {
  type Builder,
  type BuildRequest,
  type Built,
  type Disturbance,
  type Pipeline,
  type Plan,
  plainBuild,
  type TaskEnd,
  type Tending,
} from './builder.ts';
import { PlayedExecutor } from './played-executor.ts';
import { type Shape, specOf } from './shape.ts';
import { owns } from './work.ts';

export class EngineBuilder implements Builder {
  private readonly root: string;
  private shape: Shape = [];
  private workspace!: Workspace;
  private runs = 0;

  constructor(root: string) {
    this.root = root;
  }

  configure(pipeline: Pipeline): void {
    this.shape = pipeline.shape;
    this.workspace = workspaceOf(this.root, specOf(pipeline));
  }

  async build(request: BuildRequest, disturbance: Disturbance = { kind: 'none' }): Promise<Built> {
    const executor = new PlayedExecutor(this.root, this.shape, disturbance);
    const { graph, selection } = this.selected(request);
    const plans = await this.plansOf(request, graph, selection);
    const { world, told, close } = await this.open(request, executor);
    const session = new Session({
      world,
      graph,
      selection,
      options: {
        jobs: request.jobs,
        keepGoing: request.keepGoing,
        budget: {},
        dryRun: false,
        wait: true,
        stdin: 'closed',
        command: ['build'],
      },
    });
    try {
      const end = await Promise.race([session.build('random'), executor.died]);
      if (end === 'died') return { kind: 'unforeseen', dying: executor.disturbed };
      if (end.kind !== 'finished') return { kind: 'refused' };
      return {
        kind: 'finished',
        exitCode: end.event.exitCode,
        ...toldBy(told),
        plans,
        disturbed: executor.disturbed,
      };
    } finally {
      close();
    }
  }

  async clean(names: readonly string[]): Promise<void> {
    await this.underLock('clean', (world) => {
      for (const stage of this.workspace.graph.stages.filter((one) => names.includes(one.name))) {
        const record = recordIn(world.records.memory(taskOf(stage).id));
        const bases = (stage.produces?.entries ?? []).map((entry) => entry.glob.base);
        const isOfAnother = (path: FilePath) => hasOtherOwner(this.workspace.graph, stage, path);
        if (record !== null) performCleaning(world, planCleaning(world, record, isOfAnother), bases);
      }
    });
  }

  async accept(asked: string): Promise<boolean> {
    const shape = this.shape.find((one) => one.name === asked || owns(one, asked))!;
    const stage = this.workspace.graph.stages.find((one) => one.name === shape.name)!;
    if (stage.produces === null) return false;
    const acceptance = { by: 'somebody', atMs: 0, reason: 'better so' };
    const { graph } = this.workspace;
    const options = { graph, task: taskOf(stage), acceptance };
    return this.underLock('accept', (world) => 'record' in acceptOutputs(world, options));
  }

  async tendCache(how: Tending): Promise<void> {
    await this.underLock(how, () => {
      const { state, pipeline } = this.workspace;
      if (how === 'clear') clearCache(state);
      else if (how === 'verify') verifyCache(state);
      else collectCache({ state, maxBytes: pipeline.cacheMaxBytes!, nowMs: Date.now(), graceMs: 0 });
    });
  }

  dispose(): void {}

  /** As the commands that change records outside of a build. */
  private async underLock<T>(command: string, act: (world: World) => T): Promise<T> {
    const nobody = new PlayedExecutor(this.root, [], { kind: 'none' });
    const { world, close } = await this.open(plainBuild, nobody);
    const { signal } = new AbortController();
    await world.lock.acquire({ wait: true, command, signal, onBlocked() {} });
    const answer = act(world);
    await world.files.settle();
    world.upkeep.perform();
    world.lock.release();
    close();
    return answer;
  }

  private selected({ only, force, freshness }: BuildRequest) {
    const stages = this.workspace.pipeline.stages.map((stage) => ({ ...stage, freshness }));
    const pipeline = { ...this.workspace.pipeline, stages };
    const graph = buildGraph(pipeline);
    if (!graph.ok) throw new Error('it was accepted before');
    const asked = { ...selectEverything, only: only ?? [], force };
    const selected = select(graph.value, pipeline, asked, () => null);
    if (!selected.ok) throw new Error(selected.error.map((one) => one.message).join('\n'));
    return { graph: graph.value, selection: selected.value };
  }

  /** As `pipe status` has them: by one who only looks. */
  private async plansOf(
    request: BuildRequest,
    graph: StageGraph,
    selection: Selection,
  ): Promise<ReadonlyMap<string, Plan>> {
    const nobody = new PlayedExecutor(this.root, [], { kind: 'none' });
    const { world, close } = await this.open(request, nobody, false);
    const plans = preview(world, graph, selection).map((plan): [string, Plan] => [plan.stage, planOf(plan)]);
    close();
    return new Map(plans);
  }

  private async open(request: BuildRequest, executor: Executor, writes = true) {
    const runId = `20260101-000000-${(++this.runs).toString(16).padStart(4, '0')}` as RunId;
    const told: PipeEvent[] = [];
    const onTrouble = (message: string) => {
      throw new Error(message);
    };
    const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
    const { world, state, folders } = await openWorld({
      workspace: this.workspace,
      stages: this.workspace.graph.stages,
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

function planOf({ action, reasons }: TaskPlanned): Plan {
  if (action === 'skip') return action;
  if (reasons.some(({ code }) => code === 'upstream-planned')) return 'open';
  return action;
}

export function toldBy(events: readonly PipeEvent[]) {
  const ends = new Map<string, TaskEnd>();
  const warnings: string[] = [];
  for (const event of events) {
    if (event.kind === 'task-finished') ends.set(event.stage, event.outcome as TaskEnd);
    if (event.kind === 'task-finished' && event.failure?.kind === 'internal')
      throw new Error(event.failure.stack ?? '');
    if (event.kind === 'warning') warnings.push(event.message);
  }
  return { ends, warnings };
}
