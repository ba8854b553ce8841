// The real command beside a watch that runs nothing by itself: all it does is to look on, and to answer builds that ask.
import fs from 'node:fs';
import path from 'node:path';
import type { Blinkered } from '../rig/blinkered.ts';
import type { Running } from '../rig/rig.ts';
import type { Builder, BuildRequest, Built, Disturbance, Pipeline, Tending } from './builder.ts';
import { CommandBuilder, isFlagless } from './command-builder.ts';

export class WatchedBuilder implements Builder {
  private readonly root: string;
  private readonly inner: CommandBuilder;
  private readonly blinkered: Blinkered;
  private watch: Running | null = null;

  constructor(root: string, blinkered: Blinkered) {
    this.root = root;
    this.blinkered = blinkered;
    this.inner = new CommandBuilder(root, { watch: 'manual' });
  }

  configure(pipeline: Pipeline): void {
    this.inner.configure(pipeline);
  }

  async build(request: BuildRequest, disturbance?: Disturbance): Promise<Built> {
    this.watch ??= await this.startWatch();
    const answer = isFlagless(request) ? await this.ask() : null;
    const built = await this.inner.build(request, disturbance);
    if (answer === null || built.kind !== 'finished') return built;
    const others = [...built.ends].filter(([, end]) => end !== 'fresh').map(([name]) => name);
    // What it was told was true a moment before.
    if (others.length > 0)
      throw new Error(`the watch said that all is fresh, and then: ${others.join(', ')}`);
    return { ...built, isAnswered: true };
  }

  clean(names: readonly string[]): Promise<void> {
    return this.inner.clean(names);
  }

  accept(asked: string): Promise<boolean> {
    return this.inner.accept(asked);
  }

  tendCache(how: Tending): Promise<void> {
    return this.inner.tendCache(how);
  }

  dispose(): void {
    this.watch?.child.kill('SIGKILL');
    this.inner.dispose();
  }

  private async startWatch(): Promise<Running> {
    const watch = this.inner.start(['watch']);
    await watch.printed(/up to date, watching|nothing can be built as it is/);
    return watch;
  }

  /** What a build says that can only ask. */
  private ask(): Promise<string | null> {
    const runs = path.join(this.root, '.pipeline-cache/runs');
    // There are none where the watch could build nothing yet.
    for (const run of fs.existsSync(runs) ? fs.readdirSync(runs) : [])
      fs.rmSync(path.join(runs, run, 'glance'), { force: true });
    return this.blinkered.glance(this.root);
  }
}
