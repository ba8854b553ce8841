// A world in memory for the engine: a machine that outlives processes, and one world for each process.
import { posix } from 'node:path';
import type { Digest, FilePath, RunId, TaskId } from '../../src/base/brand.ts';
import { err, ok } from '../../src/base/result.ts';
import type { BuildEnd, BuildOptions } from '../../src/engine/build-options.ts';
import { EventStream } from '../../src/engine/event-stream.ts';
import { openOutlet } from '../../src/engine/outlet.ts';
import type { KeptFile, Occasion, RunFolders } from '../../src/engine/run-folders.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import type { EventBody, PipeEvent, TaskOutcome } from '../../src/model/events.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { buildGraph, type StageGraph } from '../../src/model/graph/graph.ts';
import {
  type Selection,
  type SelectionRequest,
  select,
  selectEverything,
} from '../../src/model/selection.ts';
import { describeCheck, healthy, unhealthy } from '../../src/model/service.ts';
import type { Pipeline, Stage } from '../../src/model/stage.ts';
import { type Task, taskOf } from '../../src/model/task.ts';
import { placesTold } from '../../src/model/words/kept-words.ts';
import { accepted, place } from '../model/validation/sample-config.ts';
import { FakeActions, FakeBlobs } from './fake-cache.ts';
import { FakeDisk } from './fake-disk.ts';
import { FakeExecutor } from './fake-executor.ts';
import { FakeFiles, type FakeStampMemory } from './fake-files.ts';
import { FakeLock, LockPlace } from './fake-lock.ts';
import { FakeOutputs } from './fake-outputs.ts';
import { FakeRecords, RecordShelf } from './fake-records.ts';

/** Beside the root, so that nothing of it looks like a file of the workspace. */
export const state = '/state';

/** What survives the end of a process. */
export class Machine {
  readonly disk = new FakeDisk(place.root);
  readonly stamps: FakeStampMemory = new Map();
  readonly shelf = new RecordShelf();
  readonly actions = new FakeActions();
  readonly lock = new LockPlace();
  readonly caller = new Map<string, string>();
  /** Programs that are missing. */
  readonly missingTools = new Set<string>();
  /** What each run has told. */
  readonly journals = new Map<RunId, readonly PipeEvent[]>();
  runs = 0;

  /** With these files, which were there long before anything is looked at. */
  static with(files: Readonly<Record<string, string>>): Machine {
    const machine = new Machine();
    for (const [path, content] of Object.entries(files)) machine.disk.write(path, content);
    machine.disk.tick(60_000);
    return machine;
  }

  /** A new process. */
  start(): FakeWorld {
    return new FakeWorld(this, ++this.runs);
  }

  /** A person edits a file, well apart in time from everything else. */
  edit(path: string, content: string): void {
    this.disk.tick();
    this.disk.write(path, content);
    this.disk.tick();
  }
}

export class FakeWorld implements World {
  readonly machine: Machine;
  readonly disk: FakeDisk;
  readonly clock: World['clock'];
  /** Those that were asked for and neither rang nor were called off. */
  readonly alarms = new Set<{ readonly afterMs: number; readonly ring: () => void }>();
  /** Whether they ring at once, with the time moved on, or when the test says so. */
  alarmsRing = true;
  readonly files: World['files'];
  readonly outputs: World['outputs'];
  readonly documents: World['documents'];
  readonly records: World['records'];
  readonly cache: World['cache'];
  readonly executor: FakeExecutor;
  /** What is found where services are looked at, one after the other: `null` is healthy, as all that follows. */
  readonly answers: (string | null)[] = [];
  /** What was looked at. */
  readonly looks: string[] = [];
  /** Without schemas: of the others, what the file's text says. */
  readonly checker: World['checker'];
  readonly code: World['code'];
  readonly tools: World['tools'];
  readonly caller: World['caller'];
  readonly secrets: World['secrets'] = [];
  readonly folders: World['folders'];
  readonly lock: FakeLock;
  readonly upkeep: { due: boolean; performed: number } & World['upkeep'];
  readonly events: EventStream;
  audit: World['audit'] = null;
  readonly outlet = openOutlet;
  readonly platform = 'fake-1';
  readonly takeTroubles = () => [];
  readonly told: PipeEvent[] = [];

  constructor(machine: Machine, run: number) {
    const { disk } = machine;
    this.machine = machine;
    this.disk = disk;
    const nowMs = () => Number(disk.nowNs / 1_000_000n);
    this.clock = { nowMs, monotonicMs: nowMs };
    this.files = new FakeFiles(disk, machine.stamps);
    this.outputs = new FakeOutputs(disk);
    this.documents = {
      read: (path) =>
        disk.nodes.has(path) ? { kind: 'value', value: JSON.parse(disk.read(path)) } : { kind: 'absent' },
    };
    this.records = new FakeRecords(machine.shelf);
    this.cache = { actions: machine.actions, blobs: new FakeBlobs(disk, `${state}/cas`), stores: true };
    this.executor = new FakeExecutor(disk);
    this.checker = {
      prepare: async (check) =>
        check.kind === 'matches'
          ? ok(async ({ path }) => {
              const isFine = new RegExp(check.source, check.flags).test(disk.read(path));
              return ok(isFine ? [] : [{ path, line: null, pointer: null, message: 'does not match' }]);
            })
          : err(`the check ${check.kind} is not played here`),
    };
    this.code = {
      identify: () => ({ digest: digestOf('code'), modules: [], compiledPath: `${state}/code.mjs` }),
      editedBehind: () => [],
    };
    this.tools = {
      identify: ({ program }, stage) =>
        machine.missingTools.has(program)
          ? { problem: { code: 'PIPE037', message: `${program} is not there`, at: `stages.${stage.name}` } }
          : { identity: `${program} 1.0.0` },
    };
    this.caller = { get: (name) => machine.caller.get(name), names: () => [...machine.caller.keys()].sort() };
    this.folders = foldersOf(`run-${String(run).padStart(3, '0')}` as RunId, machine);
    this.lock = new FakeLock(machine.lock, 1000 + run);
    this.upkeep = {
      due: false,
      performed: 0,
      isDue: () => this.upkeep.due,
      begin() {},
      perform: () => this.kept(),
    };
    machine.journals.set(this.folders.runId, this.told);
    const sinks = [{ handle: (event: PipeEvent) => this.told.push(event) }];
    this.events = new EventStream({
      runId: this.folders.runId,
      clock: this.clock,
      sinks,
      tell: (body) => body,
    });
  }

  readonly alarm: World['alarm'] = (afterMs, ring) => {
    const alarm = { afterMs, ring };
    this.alarms.add(alarm);
    if (this.alarmsRing) queueMicrotask(() => this.ring());
    return () => void this.alarms.delete(alarm);
  };

  /** The earliest of the alarms rings. */
  ring(): void {
    const [first] = [...this.alarms].sort((a, b) => a.afterMs - b.afterMs);
    if (first === undefined) return;
    this.alarms.delete(first);
    this.disk.tick(first.afterMs);
    first.ring();
  }

  readonly probe: World['probe'] = (check) => {
    this.looks.push(describeCheck(check));
    const why = this.answers.shift() ?? null;
    return Promise.resolve(why === null ? healthy : unhealthy(why));
  };

  private kept(): void {
    this.upkeep.performed++;
  }

  ofKind<Kind extends EventBody['kind']>(kind: Kind): readonly Extract<PipeEvent, { kind: Kind }>[] {
    return this.told.filter((event): event is Extract<PipeEvent, { kind: Kind }> => event.kind === kind);
  }

  /** How each task ended, by name. */
  outcomes(): Readonly<Record<string, TaskOutcome>> {
    return Object.fromEntries(this.ofKind('task-finished').map((event) => [event.stage, event.outcome]));
  }
}

const numbered = (first: string, nth: number) => (nth === 1 ? first : `${first}~${nth}`);

function foldersOf(runId: RunId, { disk, journals }: Machine): RunFolders {
  const run = `${state}/runs/${runId}`;
  const logs = new Map<TaskId, number>();
  const shared = new Map<TaskId, string>();
  const placesIn = function* (place: string, occasion: Occasion, task: TaskId) {
    const isKilled = occasion === 'killed';
    const first = posix.join(place, isKilled ? 'rejected' : 'displaced', runId, task);
    for (let nth = 1; nth < 10; nth++) yield `${numbered(first, nth)}${isKilled ? '~killed' : ''}`;
  };
  const logPath = (task: TaskId) =>
    shared.get(task) ?? `${run}/${task}${logs.has(task) ? `~${logs.get(task)}` : ''}.log`;
  return {
    runId,
    root: place.root,
    state,
    logPath,
    beginLog: (task) => void (shared.delete(task) || logs.set(task, (logs.get(task) ?? 1) + 1)),
    shareLog: (task, of) => void shared.set(task, logPath(of)),
    serviceLog: (name) => `${run}/services/${name}.log`,
    hookLog: (hook) => `${run}/hooks/${hook}.log`,
    scratch: (task) => `${state}/scratch/${task}`,
    keep: (what, task) => posix.join(state, what, runId, task),
    places: (occasion, task) => placesIn(state, occasion, task),
    displacedIn: (earlier, task) => {
      const warnings = journals.get(earlier)?.filter((event) => event.kind === 'warning') ?? [];
      const told = placesTold(warnings);
      const last = new Map<FilePath, KeptFile>();
      for (let nth = 1; nth < 10; nth++) {
        const folder = numbered(posix.join(state, 'displaced', earlier, task), nth);
        for (const [name, { kind }] of disk.nodes) {
          if (kind === 'folder' || !name.startsWith(`${folder}/`)) continue;
          const path = name.slice(folder.length + 1) as FilePath;
          last.set(path, { folder, file: { path, kind } });
        }
      }
      return {
        of: (path) => last.get(path) ?? null,
        untold: [...last.values()].filter(({ folder, file }) => !told.has(`${folder}/${file.path}`)),
      };
    },
    placesElsewhere: (occasion, task) => placesIn('/temporary', occasion, task),
  };
}

/** Stages with their graph; each stage has a `run` unless it says otherwise. */
export interface Plan {
  readonly pipeline: Pipeline;
  readonly graph: StageGraph;
  stage(name: string): Stage;
  task(name: string): Task;
  select(request?: Partial<SelectionRequest>): Selection;
}

export function planOf(stages: Readonly<Record<string, object>>, more: object = {}): Plan {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
  const pipeline = accepted({ ...more, stages: Object.fromEntries(named) });
  const built = buildGraph(pipeline);
  if (!built.ok) throw new Error(built.error.map((one) => one.message).join('\n'));
  const graph = built.value;
  const stage = (name: string) => pipeline.stages.find((one) => one.name === name)!;
  return {
    pipeline,
    graph,
    stage,
    task: (name) => taskOf(stage(name)),
    select: (request = {}) => {
      const selected = select(graph, pipeline, { ...selectEverything, ...request }, () => null);
      if (!selected.ok) throw new Error(selected.error.map((one) => one.message).join('\n'));
      return selected.value;
    },
  };
}

export const quiet: BuildOptions = {
  jobs: 1,
  keepGoing: false,
  budget: {},
  dryRun: false,
  wait: true,
  stdin: 'closed',
  command: ['build'],
};

export function sessionOf(
  world: World,
  plan: Plan,
  options: Partial<BuildOptions> = {},
  request: Partial<SelectionRequest> = {},
): Session {
  const selection = plan.select(request);
  return new Session({ world, graph: plan.graph, selection, options: { ...quiet, ...options } });
}

/** One `pipe build` in a process of its own. */
export async function build(
  machine: Machine,
  plan: Plan,
  options: Partial<BuildOptions> & {
    readonly request?: Partial<SelectionRequest>;
    readonly before?: (world: FakeWorld) => void;
  } = {},
): Promise<{ readonly world: FakeWorld; readonly end: BuildEnd; readonly executed: readonly string[] }> {
  const { request, before, ...rest } = options;
  const world = machine.start();
  before?.(world);
  const end = await sessionOf(world, plan, rest, request).build('test');
  machine.disk.tick();
  return { world, end, executed: world.executor.started };
}

export function blobOf(content: string): string {
  return `${state}/cas/${digestOf(content) satisfies Digest}`;
}
