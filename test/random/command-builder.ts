// The real command in processes of its own: it can be killed, and meet itself.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { builtFrom, nodeUnderTest, pipeCommand, Running } from '../rig/rig.ts';
import {
  type Builder,
  type BuildRequest,
  type Built,
  type Disturbance,
  flaglessBuild,
  type Pipeline,
  plainBuild,
  type TaskEnd,
  type Tending,
} from './builder.ts';
import { Gates } from './gates.ts';
import { specOf } from './shape.ts';

export class CommandBuilder implements Builder {
  private readonly root: string;
  private usualMs = 300;
  private names: readonly string[] = [];
  /** Those whose failure stops a build that is asked for without flags. */
  private stopping: ReadonlySet<string> = new Set();
  private readonly ofEachStage: object;

  /** `ofEachStage`: fields besides those of its shape. */
  constructor(root: string, ofEachStage: object = {}) {
    this.root = root;
    this.ofEachStage = ofEachStage;
  }

  configure(pipeline: Pipeline): void {
    const { stages, ...rest } = specOf(pipeline);
    const all = Object.entries(stages).map(([name, stage]) => [name, { ...stage, ...this.ofEachStage }]);
    const spec = { ...rest, stages: Object.fromEntries(all), jobs: flaglessBuild.jobs };
    const text = `import { definePipeline } from 'pipe-build';\nexport default definePipeline(${JSON.stringify(spec, null, 2)});\n`;
    fs.writeFileSync(path.join(this.root, 'pipeline.config.ts'), text);
    this.names = pipeline.shape.map((stage) => stage.name);
    this.stopping = new Set(pipeline.shape.flatMap(({ name, optional }) => (optional ? [] : [name])));
  }

  async build(request: BuildRequest, disturbance: Disturbance = { kind: 'none' }): Promise<Built> {
    switch (disturbance.kind) {
      case 'none':
        return this.undisturbed(request);
      case 'act':
        return this.overEdit(request, disturbance);
      case 'act-anytime':
        return this.overEditAnytime(request, disturbance);
      case 'die':
        // As often within an execution as at any moment at all.
        return disturbance.fraction < 0.5
          ? this.killedWithin(request, disturbance.nth, disturbance.fraction < 0.25 ? 'begin' : 'end')
          : this.killedAnytime(request, 2 * disturbance.fraction - 1);
      case 'twice': {
        const both = [this.start(argumentsOf(request)), this.start(argumentsOf(request))];
        const [one, other] = await Promise.all(both.map(({ ended }) => ended));
        return together(toldBy(one!), toldBy(other!));
      }
    }
  }

  async clean(names: readonly string[]): Promise<void> {
    await this.succeed(['clean', ...names]);
  }

  async accept(asked: string): Promise<boolean> {
    const { code, stderr } = await this.start(['accept', asked, '--reason', 'better so']).ended;
    if (code !== 0 && code !== 2) throw new Error(`accept: ${stderr}`);
    return code === 0;
  }

  async tendCache(how: Tending): Promise<void> {
    await this.succeed(['cache', how]);
  }

  dispose(): void {
    Gates.release(this.root);
  }

  private async undisturbed(request: BuildRequest): Promise<Built> {
    const startedMs = performance.now();
    const ended = await this.start(wordsOf(request)).ended;
    if (!isFlagless(request)) this.usualMs = performance.now() - startedMs;
    const told = this.told(request, ended);
    if (!isFlagless(request) || told.kind !== 'finished') return told;
    if ([...told.ends.values()].some((end) => end !== 'fresh')) return told;
    // Stamps must be a moment old before they vouch for anything: what comes then is seen at a glance.
    return this.told(request, await this.start(wordsOf(request)).ended);
  }

  /** Of one without flags its history tells what it did: it may see much of it at a glance. */
  private told(request: BuildRequest, ended: Awaited<Running['ended']>): Built {
    if (ended.code === 2) return { kind: 'refused' };
    if (!isFlagless(request)) return toldBy(ended);
    const runs = path.join(this.root, '.pipeline-cache/runs');
    const latest = fs.readdirSync(runs).sort().at(-1)!;
    const stdout = fs.readFileSync(path.join(runs, latest, 'events.jsonl'), 'utf8');
    const told = toldBy({ ...ended, stdout });
    if (told.kind !== 'finished') return told;
    // The history counts those that were found fresh, and names the others.
    const fresh = this.names.filter((name) => !told.ends.has(name));
    const { finished, events } = builtFrom({ ...ended, stdout });
    const isPart = events.some((event) => event.kind === 'run-started' && event.fresh !== undefined);
    if (finished?.fresh !== fresh.length)
      throw new Error(`${finished?.fresh} fresh, but nothing is told of ${fresh.join(', ')}`);
    return { ...told, ends: this.inOrder(told.ends, fresh, isPart), isPart };
  }

  /**
   * Whatever was found fresh before a stage that comes later was looked at. Of a part most of it was known before
   * anything was. Where a failure stops the build nothing is looked at after it, so all of it was found fresh before: those
   * that had nothing to wait for had their turn first, wherever they stand.
   */
  private inOrder(
    told: ReadonlyMap<string, TaskEnd>,
    fresh: readonly string[],
    isPart: boolean,
  ): ReadonlyMap<string, TaskEnd> {
    const ends = new Map<string, TaskEnd>();
    const passAll = (before: number) => {
      for (const name of fresh) if (this.names.indexOf(name) < before) ends.set(name, 'fresh');
    };
    for (const [name, end] of told) {
      const isLast = end === 'failed' && (isPart || this.stopping.has(name));
      passAll(isLast ? this.names.length : this.names.indexOf(name));
      ends.set(name, end);
    }
    passAll(this.names.length);
    return ends;
  }

  private async overEdit(
    request: BuildRequest,
    { nth, act, undo }: Disturbance & { readonly kind: 'act' },
  ): Promise<Built> {
    const gates = new Gates(this.root);
    try {
      const running = this.start(argumentsOf(request));
      const stage = await gates.hold(running, nth);
      if (stage === null) return toldBy(await running.ended);
      act(stage);
      const isHeld = await gates.letWork(running, stage);
      undo();
      if (isHeld) await gates.letEnd(stage);
      return toldBy(await running.ended, stage);
    } finally {
      gates.dispose();
    }
  }

  private async overEditAnytime(
    request: BuildRequest,
    { fraction, act, undo }: Disturbance & { readonly kind: 'act-anytime' },
  ): Promise<Built> {
    const running = this.start(wordsOf(request));
    const timer = setTimeout(() => {
      act();
      undo();
    }, fraction * this.usualMs);
    await running.ended;
    clearTimeout(timer);
    return { kind: 'unforeseen', dying: null };
  }

  private async killedWithin(request: BuildRequest, nth: number, where: 'begin' | 'end'): Promise<Built> {
    const gates = new Gates(this.root);
    try {
      const running = this.start(argumentsOf(request));
      const stage = await gates.hold(running, nth);
      const isHeld = stage !== null && (where === 'begin' || (await gates.letWork(running, stage)));
      if (isHeld) running.child.kill('SIGKILL');
      const ended = await running.ended;
      return isHeld ? { kind: 'unforeseen', dying: stage } : toldBy(ended);
    } finally {
      gates.dispose();
    }
  }

  private async killedAnytime(request: BuildRequest, fraction: number): Promise<Built> {
    const running = this.start(wordsOf(request));
    const timer = setTimeout(() => running.child.kill('SIGKILL'), fraction * this.usualMs);
    const ended = await running.ended;
    clearTimeout(timer);
    return ended.signal === null ? this.told(request, ended) : { kind: 'unforeseen', dying: null };
  }

  private async succeed(args: readonly string[]): Promise<void> {
    const { code, stderr } = await this.start(args).ended;
    if (code !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
  }

  start(args: readonly string[]): Running {
    const child = spawn(nodeUnderTest, ['--', pipeCommand, ...args], {
      cwd: this.root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Running(child);
  }
}

export function isFlagless(request: BuildRequest): boolean {
  return Object.entries(flaglessBuild).every(
    ([name, value]) => request[name as keyof BuildRequest] === value,
  );
}

function wordsOf(request: BuildRequest): readonly string[] {
  return isFlagless(request) ? ['build'] : argumentsOf(request);
}

function argumentsOf(request: BuildRequest): readonly string[] {
  const { only, force, cache, freshness, keepGoing, jobs } = request;
  return [
    'build',
    '--json',
    `-j${jobs}`,
    ...(only ?? []).flatMap((name) => ['--only', name]),
    ...(force ? ['--force'] : []),
    ...(cache ? [] : ['--no-cache']),
    ...(freshness === plainBuild.freshness ? [] : ['--freshness', freshness]),
    ...(keepGoing ? ['-k'] : []),
  ];
}

function toldBy(ended: Awaited<Running['ended']>, disturbed: string | null = null): Built {
  if (ended.code === 2) return { kind: 'refused' };
  const { events, warnings, code } = builtFrom(ended);
  if (code === null || ![0, 1, 3].includes(code)) throw new Error(`exit code ${code}: ${ended.stderr}`);
  const ends = new Map<string, TaskEnd>();
  for (const event of events)
    if (event.kind === 'task-finished') ends.set(event.stage, event.outcome as TaskEnd);
  return { kind: 'finished', exitCode: code, ends, plans: new Map(), disturbed, warnings };
}

/** Two builds at once as if they were one: what one of them does, the other finds done. */
function together(one: Built, other: Built): Built {
  if (one.kind !== 'finished' || other.kind !== 'finished') {
    if (one.kind !== other.kind)
      throw new Error(`of two builds at once one ${one.kind}, the other ${other.kind}`);
    return one;
  }
  const ends = new Map(one.ends);
  for (const [name, end] of other.ends) {
    const before = ends.get(name);
    if (before === 'executed' && end === 'executed') throw new Error(`${name} was executed by both builds`);
    if (before === undefined || before === 'fresh') ends.set(name, end);
  }
  const warnings = [...one.warnings, ...other.warnings];
  return { ...one, exitCode: Math.max(one.exitCode, other.exitCode), ends, warnings };
}
