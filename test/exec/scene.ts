// A folder with programs that say what they do and wait to be told to go on.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunId } from '../../src/base/brand.ts';
import type { Execution } from '../../src/engine/executor.ts';
import { noHooks } from '../../src/model/hooks.ts';
import type { Command, Stage } from '../../src/model/stage.ts';
import { taskOf } from '../../src/model/task.ts';

const stage: Stage = {
  name: 'work',
  index: 0,
  description: null,
  requires: { entries: [] } as unknown as Stage['requires'],
  implied: [],
  produces: null,
  after: [],
  command: { kind: 'shell', lines: [] },
  env: [],
  secrets: [],
  optionalSecrets: [],
  tools: [],
  cwd: '',
  shell: '/bin/sh',
  timeoutMs: null,
  nice: 0,
  retry: null,
  hooks: noHooks,
  checks: [],
  pools: [],
  weight: 1,
  services: [],
  optional: false,
  when: 'success',
  freshness: 'hash',
  cache: true,
  clean: true,
  protect: false,
  watch: 'auto',
  version: null,
  always: true,
  forEach: null,
  batchSize: null,
  item: null,
  params: [],
  paramsOnFailure: [],
  combination: '',
};

export function stageWith(part: Partial<Stage>): Stage {
  return { ...stage, ...part };
}

export class Scene {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'pipe-exec-')));
  readonly logPath = join(this.folder, 'work.log');
  readonly progress: (readonly [number, number])[] = [];
  readonly metrics: Readonly<Record<string, number>>[] = [];
  stdout = '';
  stderr = '';
  private watchers: (() => void)[] = [];

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  write(name: string, text: string, mode = 0o644): string {
    writeFileSync(this.path(name), text, { mode });
    return this.path(name);
  }

  /** A program that reads from it waits until {@link tell}. */
  fifo(name: string): void {
    execFileSync('mkfifo', [this.path(name)]);
  }

  /** Resolves when a program has begun to read. */
  tell(name: string, text = 'go\n'): Promise<void> {
    return writeFile(this.path(name), text);
  }

  log(): string {
    return readFileSync(this.logPath, 'utf8');
  }

  /** Waits until the output so far matches; the first group, or all of the match. */
  async saw(pattern: RegExp): Promise<string> {
    for (;;) {
      const match = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (match !== null) return match[1] ?? match[0];
      await this.change();
    }
  }

  async sawProgress(): Promise<readonly [number, number]> {
    while (this.progress.length === 0) await this.change();
    return this.progress.at(-1)!;
  }

  execution(command: Command, part: Partial<Execution> = {}): Execution {
    return {
      task: taskOf(stageWith({ command })),
      service: null,
      command,
      cwd: this.folder,
      env: { PATH: process.env.PATH ?? '', HOME: this.folder },
      shell: '/bin/sh',
      timeoutMs: null,
      nice: 0,
      stdin: 'closed',
      logPath: this.logPath,
      check: null,
      batch: null,
      hook: null,
      onRetryAfter: () => {},
      onUnclear: () => {},
      onProblem: () => {},
      secretValues: [],
      module: null,
      context: {
        root: this.folder,
        stage: 'work',
        item: null,
        items: [],
        requires: ['in.txt'],
        produces: ['out/*.txt'],
        params: {},
        runId: 'run-1' as RunId,
        attempt: 1,
        scratch: this.path('scratch'),
      },
      tracer: null,
      onOutput: (stream, text) => {
        this[stream] += text;
        this.changed();
      },
      onProgress: (done, total) => {
        this.progress.push([done, total]);
        this.changed();
      },
      onMetric: (values) => {
        this.metrics.push(values);
        this.changed();
      },
      ...part,
    };
  }

  shell(...lines: readonly string[]): Execution {
    return this.execution({ kind: 'shell', lines });
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve));
  }

  private changed(): void {
    const woken = this.watchers;
    this.watchers = [];
    for (const wake of woken) wake();
  }
}

/** By the process table; the dead that nobody collected count as dead. */
export function isAlive(pid: number | string): boolean {
  try {
    process.kill(Number(pid), 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${Number(pid)}/stat`, 'latin1');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
