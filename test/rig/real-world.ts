// The engine with the real adapters, in this process, over a tapped disk. Only the executor is scripted: its stages are
// functions from files to files, so that a build takes milliseconds.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Workspace } from '../../src/cli/workspace.ts';
import { openWorld } from '../../src/cli/world.ts';
import type { BuildEnd, BuildOptions } from '../../src/engine/build-options.ts';
import type { Execution, ExecutionEnd, Executor } from '../../src/engine/executor.ts';
import { endLeftRunning } from '../../src/engine/left-running.ts';
import { Session } from '../../src/engine/session.ts';
import type { World } from '../../src/engine/world.ts';
import { CapturedOutput } from '../../src/exec/captured-output.ts';
import { RunningPrograms } from '../../src/exec/left-behind.ts';
import { marksIn } from '../../src/exec/process-table.ts';
import { JournalSink } from '../../src/journal/journal-sink.ts';
import { makeRunId } from '../../src/journal/run-id.ts';
import type { PipeEvent } from '../../src/model/events.ts';
import { select, selectEverything } from '../../src/model/selection.ts';
import { Crash } from './faulty-world.ts';
import { type DiskUser, realFs, type TappedDisk, tapDisk } from './tapped-disk.ts';
import { workspaceOf } from './workspace-of.ts';

/** Reads inputs and writes outputs below `root`, through the tapped disk. */
export type Work = (root: string) => void;

export interface Told {
  /** What came of it; `null`: it threw, or died. */
  readonly end: BuildEnd | null;
  readonly thrown: unknown;
  readonly events: readonly PipeEvent[];
  readonly warnings: readonly string[];
}

/** One file of a workspace as it was. */
interface Saved {
  readonly path: string;
  readonly stat: fs.BigIntStats;
  readonly content: Buffer | string | null;
}

export type Saving = readonly Saved[];

/** A number that no process has: above the highest that Linux gives. */
const nobodysGroup = 4_194_305;

export class RealWorld implements Disposable {
  /** Absolute, without links. */
  readonly root: string;
  readonly disk: TappedDisk;
  readonly work: ReadonlyMap<string, Work>;
  private readonly place: string;
  private readonly workspace: Workspace;
  private readonly tmpdir = process.env.TMPDIR;
  private processes = 0;
  private boots = 1;

  /** `stages` as a configuration has them, but for `run`: that is in `work`. */
  constructor(stages: Readonly<Record<string, object>>, work: Readonly<Record<string, Work>>) {
    // In memory where there is such a place: thousands of small workspaces are made.
    const base = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
    this.place = fs.realpathSync(fs.mkdtempSync(path.join(base, 'pipe-faults-')));
    this.root = path.join(this.place, 'workspace');
    for (const folder of ['workspace', 'attic', 'tmp']) fs.mkdirSync(path.join(this.place, folder));
    this.work = new Map(Object.entries(work));
    const withRun = Object.entries(stages).map(([name, stage]) => [name, { run: `: ${name}`, ...stage }]);
    this.workspace = workspaceOf(this.root, { stages: Object.fromEntries(withRun) });
    this.disk = tapDisk(this.root, path.join(this.place, 'attic'));
    // What goes to the folder for temporary files when the workspace refuses goes away with the test.
    process.env.TMPDIR = this.temporary;
  }

  [Symbol.dispose](): void {
    this.disk[Symbol.dispose]();
    if (this.tmpdir === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = this.tmpdir;
    realFs.rmSync(this.place, { recursive: true, force: true });
  }

  get state(): string {
    return this.workspace.state;
  }

  /** The folder for temporary files: what the workspace refuses may go there. */
  get temporary(): string {
    return path.join(this.place, 'tmp');
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  /** As a person does it: synced, and no call of any process. */
  edit(file: string, text: string): void {
    realFs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    realFs.writeFileSync(this.path(file), text);
  }

  /** The machine starts anew: other stamps count. */
  reboot(): void {
    this.boots++;
  }

  build(user: DiskUser, work: Readonly<Record<string, Work>> = {}): Promise<Told> {
    return this.process(user, work, (world) => {
      const { pipeline, graph } = this.workspace;
      const selected = select(graph, pipeline, selectEverything, (typed) => typed as never);
      if (!selected.ok) throw new Error('nothing is selected');
      const options: BuildOptions = {
        ...{ jobs: 2, keepGoing: false, budget: {}, dryRun: false, wait: false, command: ['build'] },
        stdin: 'closed',
      };
      return new Session({ world, graph, selection: selected.value, options }).build('faults');
    });
  }

  /** Something that changes records, under the lock. */
  locked(user: DiskUser, act: (world: World) => void): Promise<Told> {
    return this.process(user, {}, async (world) => {
      const lock = await world.lock.acquire({
        ...{ wait: false, command: 'test', signal: new AbortController().signal, onBlocked: () => {} },
      });
      if (lock.kind !== 'held') throw new Error(`the lock is held by ${JSON.stringify(lock)}`);
      try {
        await endLeftRunning(world, new AbortController().signal);
        if (world.records.changedElsewhere()) world.records.reload();
        act(world);
        await world.files.settle();
        world.upkeep.perform();
        return null;
      } finally {
        world.lock.release();
      }
    });
  }

  get graph() {
    return this.workspace.graph;
  }

  stage(name: string) {
    return this.graph.stages.find((stage) => stage.name === name)!;
  }

  /** Wired as the command wires it. */
  private async process(
    user: DiskUser,
    work: Readonly<Record<string, Work>>,
    act: (world: World) => Promise<BuildEnd | null>,
  ): Promise<Told> {
    const events: PipeEvent[] = [];
    const troubles: string[] = [];
    const onTrouble = (message: string) => void troubles.push(message);
    const told = await this.disk.as(user, async () => {
      try {
        const number = ++this.processes;
        const runId = makeRunId(Date.now(), number % 256);
        const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
        const { world, state, folders } = await openWorld({
          ...{ workspace: this.workspace, stages: this.workspace.graph.stages, flags: {}, runId, onTrouble },
          sinks: [{ handle: (event) => events.push(event) }, journal],
          writes: true,
          identity: {
            // Of this process, but started at another time: whoever looks for it later finds it dead.
            ...{ pid: process.pid, started: `as process ${number}`, pidSpace: null, host: 'here' },
            boot: `boot ${this.boots}`,
          },
        });
        try {
          const executor = this.executorOf(world.executor, { ...Object.fromEntries(this.work), ...work });
          return { end: await act({ ...world, executor }), thrown: null };
        } finally {
          state.close();
        }
      } catch (thrown) {
        return { end: null, thrown };
      }
    });
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    return { ...told, events, warnings: [...warnings, ...troubles] };
  }

  private executorOf(real: Executor, work: Readonly<Record<string, Work>>): Executor {
    const programs = new RunningPrograms(path.join(this.state, 'running'));
    const perform = async (execution: Execution): Promise<ExecutionEnd> => {
      const { stage } = execution.task!;
      const output = new CapturedOutput(execution);
      const entry = programs.begins({ marks: marksIn(execution.env), leaves: [] });
      entry.started(nobodysGroup);
      try {
        output.say('stdout', `${stage.name} at work`);
        work[stage.name]!(this.root);
        return { kind: 'succeeded' };
      } catch (problem) {
        if (problem instanceof Crash) throw problem;
        output.say('stderr', String(problem));
        return { kind: 'failed', failure: { kind: 'exit', code: 1, line: stage.name }, tail: output.tail() };
      } finally {
        entry.ended();
        output.close();
      }
    };
    return {
      start: (execution) => ({ ended: perform(execution), cancel: () => {} }),
      atRest: () => programs.atRest(),
      hasLeftBehind: () => real.hasLeftBehind(),
      endLeftBehind: (how) => real.endLeftBehind(how),
    };
  }

  save(): Saving {
    const saved: Saved[] = [];
    const enter = (folder: string) => {
      for (const name of realFs.readdirSync(this.path(folder)).sort()) {
        const file = path.join(folder, name);
        const stat = realFs.lstatSync(this.path(file), { bigint: true });
        const content = stat.isFile()
          ? realFs.readFileSync(this.path(file))
          : stat.isSymbolicLink()
            ? realFs.readlinkSync(this.path(file))
            : null;
        saved.push({ path: file, stat, content });
        if (stat.isDirectory()) enter(file);
      }
    };
    enter('.');
    return saved;
  }

  /** Everything as it was saved, and for good. Files of the workspace keep their stamps, so that what is recorded of them holds. */
  load(saving: Saving): void {
    for (const folder of [this.root, this.temporary]) {
      realFs.rmSync(folder, { recursive: true, force: true });
      realFs.mkdirSync(folder);
    }
    for (const { path: file, stat, content } of saving) {
      const absolute = this.path(file);
      if (content === null) realFs.mkdirSync(absolute);
      else if (typeof content === 'string') realFs.symlinkSync(content, absolute);
      else realFs.writeFileSync(absolute, content, { mode: Number(stat.mode & 0o777n) });
      if (content !== null && !file.startsWith('.pipeline-cache')) this.disk.disguise(absolute, stat);
    }
    this.disk.unsynced.forget();
  }

  /** Every path below the root, but for pipe's own, with what is there. */
  tree(): Readonly<Record<string, string>> {
    const tree: Record<string, string> = {};
    for (const { path: file, stat, content } of this.save()) {
      if (file.startsWith('.pipeline-cache')) continue;
      if (content === null) tree[file] = 'folder';
      else if (typeof content === 'string') tree[file] = `link to ${content}`;
      else tree[file] = `${(stat.mode & 0o111n) === 0n ? 'file' : 'program'}: ${content}`;
    }
    return tree;
  }
}
