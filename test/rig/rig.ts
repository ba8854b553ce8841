// A temporary workspace and the real command in it.
import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { PipeEvent, RunFinished, TaskFinished, TaskStarted } from '../../src/model/events.ts';
import type { StaleReason } from '../../src/model/verdict.ts';
import { compileConfig } from './compiled-config.ts';
import { noteAtWork } from './leftovers.ts';

/** Absolute path of the command under test. */
export const pipeCommand = path.join(process.env.PIPE_UNDER_TEST ?? '', 'pipe.cjs');

/** Another Node than that of the tests may be given: the stories run on the oldest and the newest. */
export const nodeUnderTest = process.env.PIPE_TEST_NODE ?? process.execPath;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Added to a small environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Relative to the workspace. */
  readonly cwd?: string;
  readonly stdin?: string;
  /** An open descriptor in place of a stream that is read. */
  readonly stdout?: number;
  readonly stderr?: number;
}

/** A build as its events tell it. */
export interface Built extends Ended {
  readonly events: readonly PipeEvent[];
  readonly finished: RunFinished | null;
  /** Task names by how they ended, sorted. */
  readonly executed: readonly string[];
  readonly restored: readonly string[];
  readonly fresh: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  readonly cancelled: readonly string[];
  readonly waiting: readonly string[];
  readonly warnings: readonly string[];
  reasonsOf(task: string): readonly StaleReason[];
  end(task: string): TaskFinished | null;
}

/** A command that is at work. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  private readonly text = { stdout: '', stderr: '' };
  private readonly waiting = new Set<() => void>();

  constructor(child: ChildProcess) {
    this.child = child;
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
        this.text[stream] += chunk;
        for (const check of [...this.waiting]) check();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        resolve({ code, signal, ...this.text });
        for (const check of [...this.waiting]) check();
      });
    });
    noteAtWork(this);
  }

  get stdout(): string {
    return this.text.stdout;
  }

  get stderr(): string {
    return this.text.stderr;
  }

  /** Resolves when the text has appeared in what was printed so far; rejects when the command ends without it. */
  async printed(pattern: RegExp | string): Promise<void> {
    const found = () => {
      const all = this.text.stdout + this.text.stderr;
      return typeof pattern === 'string' ? all.includes(pattern) : pattern.test(all);
    };
    if (found()) return;
    await new Promise<void>((resolve, reject) => {
      const check = () => {
        const over = this.child.exitCode !== null || this.child.signalCode !== null;
        if (!found() && !over) return;
        this.waiting.delete(check);
        if (found()) resolve();
        else
          reject(new Error(`ended without printing ${pattern}:\n${this.text.stdout}\n${this.text.stderr}`));
      };
      this.waiting.add(check);
    });
  }
}

export class Rig implements AsyncDisposable {
  /** Absolute, without symbolic links. */
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  /** A fresh workspace with these files; `config` is the text of `pipeline.config.ts`. */
  static async with(files: Readonly<Record<string, string>>, config?: string): Promise<Rig> {
    const rig = new Rig(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-story-'))));
    for (const [file, text] of Object.entries(files)) rig.write(file, text);
    if (config !== undefined) rig.config(config);
    return rig;
  }

  /**
   * The same, with its configuration compiled: for stories that are not about the first command in a workspace, nor
   * about configurations. Where commands look that write nothing, they have less to leave alone.
   */
  static async compiled(files: Readonly<Record<string, string>>, config: string): Promise<Rig> {
    const rig = await Rig.with(files);
    await rig.reconfigure(config);
    return rig;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  /** `export default definePipeline(…)` is put around an object literal; anything else is taken as it is. */
  config(text: string): void {
    const whole = text.trimStart().startsWith('{')
      ? `import { definePipeline, exec, optional, script } from 'pipe-build';\nexport default definePipeline(${text});\n`
      : text;
    this.write('pipeline.config.ts', whole);
  }

  /** Another configuration, compiled as in `compiled`. */
  async reconfigure(text: string): Promise<void> {
    this.config(text);
    await compileConfig(this.root);
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  write(file: string, text: string | Buffer): void {
    fs.mkdirSync(path.dirname(this.path(file)), { recursive: true });
    fs.writeFileSync(this.path(file), text);
  }

  append(file: string, text: string): void {
    fs.appendFileSync(this.path(file), text);
  }

  read(file: string): string {
    return fs.readFileSync(this.path(file), 'utf8');
  }

  exists(file: string): boolean {
    return fs.existsSync(this.path(file));
  }

  remove(file: string): void {
    fs.rmSync(this.path(file), { recursive: true, force: true });
  }

  /** Every file below a folder, relative to it, sorted; without pipe's own. */
  files(folder = '.'): readonly string[] {
    return fs
      .readdirSync(this.path(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => path.relative(this.path(folder), path.join(entry.parentPath, entry.name)))
      .filter((file) => !file.startsWith('.pipeline-cache'))
      .sort();
  }

  /** Starts the command and does not wait for it. */
  start(args: readonly string[], options: RunOptions = {}): Running {
    // With the "--" that the command's own first lines put there: else Node takes --env-file for its own.
    const child = spawn(nodeUnderTest, ['--', pipeCommand, ...args], {
      cwd: path.join(this.root, options.cwd ?? '.'),
      env: environment(options.env),
      stdio: [
        options.stdin === undefined ? 'ignore' : 'pipe',
        options.stdout ?? 'pipe',
        options.stderr ?? 'pipe',
      ],
    });
    if (options.stdin !== undefined) child.stdin?.end(options.stdin);
    return new Running(child);
  }

  /** Runs the command to its end. */
  pipe(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(args, options).ended;
  }

  /** `pipe build --json …`, read back. */
  async build(args: readonly string[] = [], options: RunOptions = {}): Promise<Built> {
    return builtFrom(await this.pipe(['build', '--json', ...args], options));
  }
}

export function builtFrom(ended: Ended): Built {
  const events = ended.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as PipeEvent);
  const ends = events.filter((event): event is PipeEvent & TaskFinished => event.kind === 'task-finished');
  const names = (outcome: string) =>
    ends
      .filter((event) => event.outcome === outcome)
      .map((event): string => event.task)
      .sort();
  const starts = events.filter((event): event is PipeEvent & TaskStarted => event.kind === 'task-started');
  return {
    ...ended,
    events,
    finished: events.find((event): event is PipeEvent & RunFinished => event.kind === 'run-finished') ?? null,
    executed: names('executed'),
    restored: names('restored'),
    fresh: names('fresh'),
    failed: names('failed'),
    skipped: names('skipped'),
    cancelled: names('cancelled'),
    waiting: names('waiting'),
    warnings: events.flatMap((event) => (event.kind === 'warning' ? [event.message] : [])),
    reasonsOf: (task) => starts.find((event) => event.task === task)?.reasons ?? [],
    end: (task) => ends.find((event) => event.task === task) ?? null,
  };
}

/** Small and the same everywhere: what the tests' own surroundings hold must not matter. */
export function environment(added: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const base = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    TMPDIR: process.env.TMPDIR,
    TERM: 'dumb',
    NO_COLOR: '1',
  };
  const all = Object.entries({ ...base, ...added }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(all);
}
