// What a story with items needs of a build tool; and the real command as that.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { PipeEvent, TaskPlanned } from '../../../src/model/events.ts';
import { builtFrom, type Ended, environment, nodeUnderTest, pipeCommand, Running } from '../../rig/rig.ts';
import { Gates } from '../gates.ts';
import { readTree } from '../tree.ts';
import type { Death } from './item-turns.ts';
import { hold, isFree } from './labour.ts';
import type { Meddler } from './meddler.ts';
import { configOf, type Manner } from './recipes.ts';
import type { Texts } from './tasks.ts';
import type { End, Request, Told, ToldEnd } from './told.ts';

export type ItemBuilt =
  | {
      readonly kind: 'told';
      readonly told: Told;
      readonly isPart: boolean;
      /** What was foretold just before, by task, as far as it was; empty where nobody was asked. */
      readonly plans?: ReadonlyMap<string, TaskPlanned['action']>;
    }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'died' };

export interface ItemBuilder {
  configure(manner: Manner): void;
  /** `meddler`: for builds of one job. */
  build(
    request: Request,
    isFlagless: boolean,
    death: Death | null,
    meddler: Meddler | null,
  ): Promise<ItemBuilt>;
  /** Two builds at once: what each of them tells, unless it left at once since the other was at work. `null`: it has no processes. */
  readonly twice: ((request: Request, isPatient: boolean) => Promise<readonly Told[] | 'refused'>) | null;
  /** Leaves nothing running. */
  dispose(): void;
}

export class CommandItems implements ItemBuilder {
  private readonly root: string;
  private usualMs = 300;

  constructor(root: string) {
    this.root = root;
  }

  configure(manner: Manner): void {
    fs.mkdirSync(path.dirname(path.join(this.root, hold)), { recursive: true });
    fs.writeFileSync(path.join(this.root, 'pipeline.config.ts'), configOf(manner));
  }

  async build(
    request: Request,
    isFlagless: boolean,
    death: Death | null,
    meddler: Meddler | null,
  ): Promise<ItemBuilt> {
    if (meddler !== null) return this.meddledWith(this.start(argumentsOf(request), true), meddler);
    const words = isFlagless ? ['build'] : argumentsOf(request);
    if (death === null) {
      const startedMs = performance.now();
      const ended = await this.start(words).ended;
      this.usualMs = performance.now() - startedMs;
      return this.told(ended, isFlagless);
    }
    // Who waits at a gate is known by what it prints.
    const running = this.start('within' in death ? argumentsOf(request) : words, 'within' in death);
    return 'within' in death
      ? this.killedWithin(running, death.within)
      : this.killedAfter(running, death, isFlagless);
  }

  private async killedAfter(
    running: Running,
    death: Extract<Death, { readonly fraction: number }>,
    isFlagless: boolean,
  ): Promise<ItemBuilt> {
    const timer = setTimeout(() => running.child.kill('SIGKILL'), death.fraction * this.usualMs);
    const ended = await running.ended;
    clearTimeout(timer);
    return ended.signal === null ? this.told(ended, isFlagless) : { kind: 'died' };
  }

  readonly twice = async (request: Request, isPatient: boolean): Promise<readonly Told[] | 'refused'> => {
    const other = [
      ...argumentsOf({ ...request, jobs: 5 - request.jobs }),
      ...(isPatient ? [] : ['--no-wait']),
    ];
    const both = [this.start(argumentsOf(request)), this.start(other)];
    const ends = await Promise.all(both.map(({ ended }) => ended));
    const built = ends
      .filter(({ code, stdout }) => isPatient || code !== 3 || stdout.includes('"kind":"task-'))
      .map((ended) => this.told(ended, false));
    const told = built.flatMap((one) => (one.kind === 'told' ? [one.told] : []));
    if (told.length > 0 && told.length < built.length)
      throw new Error('one was refused, and the other was not');
    return told.length === 0 ? 'refused' : told;
  };

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

  /** Also of a build that was killed, by the next one. */
  private expectServiceEnded(): void {
    const { status } = spawnSync(isFree, { cwd: this.root, shell: true });
    if (status !== 0) throw new Error('the service was not ended');
  }

  /** While a command waits that has an execution for itself: what others have read by then nobody knows. */
  private async meddledWith(running: Running, meddler: Meddler): Promise<ItemBuilt> {
    const gates = this.gates!;
    try {
      const stage = await gates.hold(running, meddler.within);
      if (stage !== null) {
        const events = eventsIn(running.stdout);
        const begun = events.filter((event) => event.kind === 'task-started').at(-1)!;
        if (begun.batch === undefined) meddler.meddle([begun.task], begun.attempt, 'late', events);
        await gates.letGo();
      }
      return this.told(await running.ended, false);
    } finally {
      gates.dispose();
    }
  }

  private told(ended: Ended, isFlagless: boolean): ItemBuilt {
    if (ended.code === 2) return { kind: 'refused', why: ended.stderr };
    const { events, finished, code } = builtFrom(isFlagless ? this.journalOf(ended) : ended);
    if (code === null || finished === null || ![0, 1, 3].includes(code))
      throw new Error(`exit code ${code}: ${ended.stderr}`);
    this.expectServiceEnded();
    const told = { ...toldBy(events), exitCode: code, freshUntold: isFlagless, found: foundIn(this.root) };
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
  cache,
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
    ...(cache ? [] : ['--no-cache']),
    ...(budget === null ? [] : ['--budget', `usd=${budget}`]),
  ];
}

function eventsIn(stdout: string): readonly PipeEvent[] {
  const lines = stdout.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as PipeEvent);
}

/** Of a build that came to its end. */
export function toldBy(events: readonly PipeEvent[]): Pick<Told, 'ends' | 'spent' | 'hooks'> {
  let spent = 0;
  const ends = new Map<string, ToldEnd>();
  const paid = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'run-finished') spent = event.metrics?.usd ?? 0;
    if (event.kind === 'task-metric')
      paid.set(event.task, (paid.get(event.task) ?? 0) + (event.values.usd ?? 0));
    if (event.kind !== 'task-finished') continue;
    if (event.failure?.kind === 'internal') throw new Error(event.failure.stack ?? '');
    // What was restored may have been tried before in this run: its result was paid for in another one.
    const its = { attempts: event.attempts ?? 1, spent: paid.get(event.task) ?? 0 };
    ends.set(event.task, { end: event.outcome as End, ...its });
  }
  const hooks = events.flatMap((event) => (event.kind === 'run-hook-started' ? [event.hook] : []));
  return { ends, spent, hooks };
}

export function foundIn(root: string): Texts {
  return new Map(
    [...readTree(root)].flatMap(([at, node]) => (node.kind === 'file' ? [[at, node.text] as const] : [])),
  );
}
