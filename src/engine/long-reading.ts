// Reads the large files of one attempt while signals and time limits are heard, and stops when it is cancelled.
import type { Task } from '../model/task.ts';
import type { ListedFile } from './ports.ts';
import { inspectOutputs, listOutputs } from './produced.ts';
import type { World } from './world.ts';

/** A signal is made only for who reads long, which few do. */
class Stop {
  private controller: AbortController | null = null;
  private asked = false;

  get isAsked(): boolean {
    return this.asked;
  }

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.asked) this.controller.abort();
    return this.controller.signal;
  }

  ask(): void {
    this.asked = true;
    this.controller?.abort();
  }
}

export class LongReading {
  private readonly world: World;
  private readonly stopped = { gently: new Stop(), now: new Stop() };

  constructor(world: World) {
    this.world = world;
  }

  stop(how: 'gently' | 'now'): void {
    this.stopped.gently.ask();
    this.stopped[how].ask();
  }

  /** `null`: there is nothing large among them. `false`: the attempt need not begin. */
  inputs(files: readonly ListedFile[]): Promise<boolean> | null {
    const stop = this.stopped.gently;
    return this.world.files.readAhead(files, stop)?.then(() => !stop.isAsked) ?? null;
  }

  /** What a program has made. `null`: stopped at once; gently means that what is done need not be done again. */
  async made(task: Task): Promise<ReturnType<typeof inspectOutputs> | null> {
    const listed = listOutputs(this.world, task);
    const stop = this.stopped.now;
    const ahead = this.world.files.readAhead(listed?.files ?? [], stop);
    if (ahead === null) return inspectOutputs(this.world, task, listed);
    await ahead;
    if (stop.isAsked) return null;
    // It has taken time.
    this.world.files.forget();
    return inspectOutputs(this.world, task);
  }

  /** What was restored, in place, so that the next run finds stamps that it may trust and has nothing to write. */
  async restored(files: readonly ListedFile[]): Promise<void> {
    const stop = this.stopped.now;
    await this.world.files.readAhead(files, stop);
    if (!stop.isAsked) this.world.files.observe(files, 'output', 'gone');
  }
}
