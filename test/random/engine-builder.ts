// The engine with its real adapters, within this process: hundreds of builds in the time of one start of Node.
// Only the programs of stages are played.
import fs from 'node:fs';
import path from 'node:path';
import type { RunId } from '../../src/base/brand.ts';
import { performCleaning, planCleaning } from '../../src/engine/clean.ts';
import { EventStream } from '../../src/engine/event-stream.ts';
import type { Execution, ExecutionEnd, Executor } from '../../src/engine/executor.ts';
import { preview } from '../../src/engine/preview.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import { walk } from '../../src/files/walk.ts';
import { WorkspaceFiles } from '../../src/files/workspace-files.ts';
import { WorkspaceOutputs } from '../../src/files/workspace-outputs.ts';
import { JournalSink } from '../../src/journal/journal-sink.ts';
import { StateRunFolders } from '../../src/journal/run-folders.ts';
import { readBootId } from '../../src/lock/boot-id.ts';
import { ownIdentity } from '../../src/lock/process-identity.ts';
import { WorkspaceLock } from '../../src/lock/workspace-lock.ts';
import type { PipeEvent } from '../../src/model/events.ts';
import { buildGraph, type StageGraph } from '../../src/model/graph/graph.ts';
import { recordIn } from '../../src/model/record.ts';
import { type Selection, select, selectEverything } from '../../src/model/selection.ts';
import type { Pipeline } from '../../src/model/stage.ts';
import { taskOf } from '../../src/model/task.ts';
import { FolderActions } from '../../src/store/actions.ts';
import { FolderBlobs } from '../../src/store/blobs.ts';
import { openState } from '../../src/store/open-state.ts';
import { accepted } from '../model/validation/sample-config.ts';
import type { Builder, Built, Disturbance, Plan } from './builder.ts';
import { type BuildRequest, plainBuild, type TaskEnd } from './expected.ts';
import { type Shape, specOf } from './shape.ts';
import { writeNode } from './tree.ts';
import { outputsOf } from './work.ts';

export class EngineBuilder implements Builder {
  private readonly root: string;
  private readonly state: string;
  private shape: Shape = [];
  private pipeline!: Pipeline;
  private graph!: StageGraph;
  private runs = 0;

  constructor(root: string) {
    this.root = root;
    this.state = path.join(root, '.pipeline-cache');
  }

  configure(shape: Shape): void {
    this.shape = shape;
    const where = {
      root: this.root,
      home: '/nowhere',
      configPath: `${this.root}/pipeline.config.ts`,
      folderName: 'random',
    };
    this.pipeline = accepted(specOf(shape), where);
    const built = buildGraph(this.pipeline);
    if (!built.ok) throw new Error(built.error.map((one) => one.message).join('\n'));
    this.graph = built.value;
  }

  async build(request: BuildRequest, disturbance: Disturbance = { kind: 'none' }): Promise<Built> {
    const executor = new PlayedExecutor(this.root, this.shape, disturbance);
    const { world, told, close } = this.open(request, executor);
    const stages = this.pipeline.stages.map((stage) => ({ ...stage, freshness: request.freshness }));
    const pipeline = { ...this.pipeline, stages };
    const graph = buildGraph(pipeline);
    if (!graph.ok) throw new Error('the graph was accepted before');
    const asked = { ...selectEverything, only: request.only ?? [], force: request.force };
    const selected = select(graph.value, pipeline, asked, () => null);
    if (!selected.ok) throw new Error(selected.error.map((one) => one.message).join('\n'));
    const plans = this.plansOf(request, graph.value, selected.value);
    const session = new Session({
      world,
      graph: graph.value,
      selection: selected.value,
      options: {
        jobs: request.jobs,
        keepGoing: request.keepGoing,
        dryRun: false,
        wait: true,
        stdin: 'closed',
        command: ['build'],
      },
    });
    try {
      const end = await Promise.race([session.build('random'), executor.died]);
      if (end === 'died') return { kind: 'unforeseen', dying: executor.disturbed };
      if (end.kind === 'refused') return { kind: 'refused' };
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

  /** As `pipe status` has them: by one who only looks. */
  private plansOf(request: BuildRequest, graph: StageGraph, selection: Selection): ReadonlyMap<string, Plan> {
    const { world, close } = this.open(request, new PlayedExecutor(this.root, [], { kind: 'none' }), null);
    const plans = preview(world, graph, selection).map(({ stage, action, reasons }): [string, Plan] => [
      stage,
      reasons.some(({ code }) => code === 'upstream-planned') ? 'open' : action,
    ]);
    close();
    return new Map(plans);
  }

  async clean(names: readonly string[]): Promise<void> {
    const { world, close } = this.open(plainBuild, new PlayedExecutor(this.root, [], { kind: 'none' }));
    await world.lock.acquire({
      wait: true,
      command: 'clean',
      signal: new AbortController().signal,
      onBlocked() {},
    });
    for (const stage of this.graph.stages.filter((one) => names.includes(one.name))) {
      const record = recordIn(world.records.memory(taskOf(stage).id));
      const bases = (stage.produces?.entries ?? []).map((entry) => entry.glob.base);
      if (record !== null) performCleaning(world, planCleaning(world, record, []), bases);
    }
    world.upkeep.perform();
    world.lock.release();
    close();
  }

  private open(request: BuildRequest, executor: Executor, probeFolder: string | null = this.state) {
    const { root, state } = this;
    const runId = `run-${String(++this.runs).padStart(6, '0')}` as RunId;
    const told: PipeEvent[] = [];
    const onTrouble = (message: string) => {
      throw new Error(message);
    };
    const memory = openState({ folder: state, bootId: readBootId(), onTrouble });
    const folders = new StateRunFolders({ root, state, runId, onTrouble });
    const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };
    const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
    const world: World = {
      clock,
      files: new WorkspaceFiles({ walk, root, memory: memory.stamps, probeFolder }),
      outputs: new WorkspaceOutputs({ root, state }),
      records: memory.records,
      cache: request.cache ? { actions: new FolderActions(state), blobs: new FolderBlobs(state) } : null,
      executor,
      code: { identify: () => ({ problems: [] }) },
      tools: { identify: () => ({ identity: 'none' }) },
      caller: { get: () => undefined, names: () => [] },
      folders,
      upkeep: { isDue: () => memory.unsaved(), perform: () => memory.save() },
      // A process number that nobody has: to every later engine this one is dead.
      lock: new WorkspaceLock({ state, onTrouble, identity: { ...ownIdentity(), pid: 2 ** 30 + this.runs } }),
      events: new EventStream({
        runId,
        clock,
        sinks: [journal, { handle: (event) => void told.push(event) }],
      }),
      platform: 'random-1',
    };
    return { world, told, close: () => memory.close() };
  }
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

/** Does a stage's work in place of its program, in steps between which a build can be disturbed. */
class PlayedExecutor implements Executor {
  readonly died: Promise<'died'>;
  disturbed: string | null = null;
  private readonly root: string;
  private readonly shape: Shape;
  private readonly disturbance: Disturbance;
  private executions = 0;
  private die: () => void = () => {};

  constructor(root: string, shape: Shape, disturbance: Disturbance) {
    this.root = root;
    this.shape = shape;
    this.disturbance = disturbance;
    this.died = new Promise((resolve) => {
      this.die = () => resolve('died');
    });
  }

  start(execution: Execution) {
    return { ended: this.perform(execution), cancel() {} };
  }

  async endLeftBehind(): Promise<number> {
    return 0;
  }

  private async perform({ context, logPath }: Execution): Promise<ExecutionEnd> {
    const stage = this.shape.find((one) => one.name === context.stage)!;
    fs.writeFileSync(logPath, `${stage.salt}\n`);
    const { disturbance } = this;
    const isNow = 'nth' in disturbance && this.executions++ === disturbance.nth;
    if (isNow) this.disturbed = stage.name;
    if (isNow && disturbance.kind === 'act') disturbance.act(stage.name);
    const inputs = context.requires.map((file) => ({
      path: file,
      text: fs.readFileSync(path.join(this.root, file), 'utf8'),
    }));
    const outputs = outputsOf(stage, inputs);
    if (isNow && disturbance.kind === 'act') disturbance.undo();
    if (outputs === null && stage.kind === 'picky')
      writeNode(this.root, `${stage.base}.txt`, { kind: 'file', text: 'half\n', executable: false });
    let written = 0;
    for (const [file, node] of outputs ?? []) {
      // In the middle of its work: some of it is done, the rest will never be.
      if (isNow && disturbance.kind === 'die' && written++ > outputs!.size * disturbance.fraction) break;
      writeNode(this.root, file, node);
    }
    if (isNow && disturbance.kind === 'die') {
      this.die();
      return new Promise(() => {});
    }
    if (outputs !== null) return { kind: 'succeeded' };
    return { kind: 'failed', failure: { kind: 'exit', code: 1, line: '' }, tail: [] };
  }
}
