// The real command over a pipeline with items, and what it tells of a build.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { builtFrom, type Ended, environment, nodeUnderTest, pipeCommand, Running } from '../../rig/rig.ts';
import { Gates } from '../gates.ts';
import { readTree } from '../tree.ts';
import type { Death } from './item-turns.ts';
import type { Texts } from './tasks.ts';
import type { End, Request, Told } from './told.ts';

export type ItemBuilt =
  | { readonly kind: 'told'; readonly told: Told; readonly isPart: boolean }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'died' };

export class ItemBuilder {
  private readonly root: string;
  private usualMs = 300;

  constructor(root: string) {
    this.root = root;
  }

  async build(request: Request, isFlagless: boolean, death: Death | null): Promise<ItemBuilt> {
    const words = isFlagless ? ['build'] : argumentsOf(request);
    if (death === null) {
      const startedMs = performance.now();
      const ended = await this.start(words).ended;
      this.usualMs = performance.now() - startedMs;
      return this.told(ended, isFlagless);
    }
    // Who waits at a gate is known by what it prints.
    const running = this.start('within' in death ? argumentsOf(request) : words, 'within' in death);
    if ('within' in death) return this.killedWithin(running, death.within);
    const timer = setTimeout(() => running.child.kill('SIGKILL'), death.fraction * this.usualMs);
    const ended = await running.ended;
    clearTimeout(timer);
    return ended.signal === null ? this.told(ended, isFlagless) : { kind: 'died' };
  }

  found(): Texts {
    return new Map(
      [...readTree(this.root)].flatMap(([at, node]) =>
        node.kind === 'file' ? [[at, node.text] as const] : [],
      ),
    );
  }

  dispose(): void {
    Gates.release(this.root);
  }

  start(args: readonly string[], isHeld = false): Running {
    if (isHeld) this.gates = new Gates(this.root);
    const child = spawn(nodeUnderTest, ['--', pipeCommand, ...args], {
      cwd: this.root,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Running(child);
  }

  private gates: Gates | null = null;

  private async killedWithin(running: Running, nth: number): Promise<ItemBuilt> {
    const gates = this.gates!;
    try {
      const stage = await gates.hold(running, nth);
      if (stage !== null) running.child.kill('SIGKILL');
      const ended = await running.ended;
      return stage === null ? this.told(ended, false) : { kind: 'died' };
    } finally {
      gates.dispose();
    }
  }

  private told(ended: Ended, isFlagless: boolean): ItemBuilt {
    if (ended.code === 2) return { kind: 'refused', why: ended.stderr };
    const { events, finished, code } = builtFrom(isFlagless ? this.journalOf(ended) : ended);
    if (code === null || finished === null || ![0, 1, 3].includes(code))
      throw new Error(`exit code ${code}: ${ended.stderr}`);
    const ends = events.flatMap((event) => {
      if (event.kind !== 'task-finished') return [];
      if (event.failure?.kind === 'internal') throw new Error(event.failure.stack ?? '');
      const end = event.outcome as End;
      // What was fresh or restored was paid for in another run.
      const spent = end === 'fresh' || end === 'restored' ? 0 : (event.metrics.usd ?? 0);
      return [[event.task as string, { end, attempts: event.attempts ?? 1, spent }] as const];
    });
    const told = {
      exitCode: code,
      ends: new Map(ends),
      freshUntold: isFlagless,
      spent: finished.metrics?.usd ?? 0,
      found: this.found(),
    };
    const isPart = events.some((event) => event.kind === 'run-started' && event.fresh !== undefined);
    return { kind: 'told', told, isPart };
  }

  /** Of a build without flags its history tells what it did: it may see much of it at a glance. */
  private journalOf(ended: Ended): Ended {
    const runs = path.join(this.root, '.pipeline-cache/runs');
    const latest = fs.readdirSync(runs).sort().at(-1)!;
    return { ...ended, stdout: fs.readFileSync(path.join(runs, latest, 'events.jsonl'), 'utf8') };
  }
}

function argumentsOf({
  params,
  isParamGiven,
  what,
  force,
  keepGoing,
  jobs,
  budget,
}: Request): readonly string[] {
  const named = what.kind === 'all' ? [] : [what.item === null ? what.stage : `${what.stage}:${what.item}`];
  return [
    'build',
    ...(what.kind === 'targets' ? named : []),
    '--json',
    `-j${jobs}`,
    ...(what.kind === 'only' ? named.flatMap((name) => ['--only', name]) : []),
    ...(isParamGiven ? ['-p', `s=${params.s}`] : []),
    ...(force ? ['--force'] : []),
    ...(keepGoing ? ['-k'] : []),
    ...(budget === null ? [] : ['--budget', `usd=${budget}`]),
  ];
}
