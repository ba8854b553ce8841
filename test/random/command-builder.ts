// The real command in processes of its own: it can be killed, and meet itself.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { builtFrom, nodeUnderTest, pipeCommand, Running } from '../rig/rig.ts';
import type { Builder, Built, Disturbance } from './builder.ts';
import { type BuildRequest, plainBuild, type TaskEnd } from './expected.ts';
import { type Shape, specOf } from './shape.ts';

export class CommandBuilder implements Builder {
  private readonly root: string;
  private usualMs = 300;

  constructor(root: string) {
    this.root = root;
  }

  configure(shape: Shape): void {
    const text = `import { definePipeline } from 'pipe-build';\nexport default definePipeline(${JSON.stringify(specOf(shape), null, 2)});\n`;
    fs.writeFileSync(path.join(this.root, 'pipeline.config.ts'), text);
  }

  async build(request: BuildRequest, disturbance: Disturbance = { kind: 'none' }): Promise<Built> {
    const startedMs = performance.now();
    const running = this.start(argumentsOf(request));
    switch (disturbance.kind) {
      case 'none':
        break;
      case 'die': {
        const timer = setTimeout(() => running.child.kill('SIGKILL'), disturbance.fraction * this.usualMs);
        const { signal } = await running.ended;
        clearTimeout(timer);
        if (signal !== null) return { kind: 'unforeseen', dying: null };
        break;
      }
      case 'act': {
        const starts = new RegExp(`(?:"kind":"task-started"[^]*){${disturbance.nth + 1}}`);
        const cameToIt = await running.printed(starts).then(
          () => true,
          () => false,
        );
        if (!cameToIt) break;
        const started = [...running.stdout.matchAll(/"kind":"task-started","task":"([^"]*)"/g)];
        disturbance.act(started[disturbance.nth]![1]!);
        disturbance.undo();
        await running.ended;
        return { kind: 'unforeseen', dying: null };
      }
      case 'twice': {
        const [one, other] = await Promise.all([running.ended, this.start(argumentsOf(request)).ended]);
        return together(toldBy(one), toldBy(other));
      }
    }
    const ended = await running.ended;
    this.usualMs = performance.now() - startedMs;
    return toldBy(ended);
  }

  async clean(names: readonly string[]): Promise<void> {
    const { code, stderr } = await this.start(['clean', ...names]).ended;
    if (code !== 0) throw new Error(`clean: ${stderr}`);
  }

  private start(args: readonly string[]): Running {
    const child = spawn(nodeUnderTest, ['--', pipeCommand, ...args], {
      cwd: this.root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: process.env.TMPDIR, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Running(child);
  }
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

function toldBy(ended: Awaited<Running['ended']>): Built {
  if (ended.code === 2) return { kind: 'refused' };
  const { events, warnings, code } = builtFrom(ended);
  if (code !== 0 && code !== 1) throw new Error(`exit code ${code}: ${ended.stderr}`);
  const ends = new Map<string, TaskEnd>();
  for (const event of events)
    if (event.kind === 'task-finished') ends.set(event.stage, event.outcome as TaskEnd);
  return { kind: 'finished', exitCode: code, ends, plans: new Map(), disturbed: null, warnings };
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
  return { ...one, exitCode: Math.max(one.exitCode, other.exitCode), ends };
}
