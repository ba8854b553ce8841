// Reads the large files of one attempt while signals and time limits are heard, and stops when it is cancelled.
import type { Task } from '../model/task.ts';
import type { ListedFile } from './ports.ts';
import { inspectOutputs, listOutputs } from './produced.ts';
import type { World } from './world.ts';

export class LongReading {
  private readonly world: World;
  private readonly stopped = { gently: new AbortController(), now: new AbortController() };

  constructor(world: World) {
    this.world = world;
  }

  stop(how: 'gently' | 'now'): void {
    this.stopped.gently.abort();
    this.stopped[how].abort();
  }

  /** `null`: there is nothing large among them. `false`: the attempt need not begin. */
  inputs(files: readonly ListedFile[]): Promise<boolean> | null {
    const { signal } = this.stopped.gently;
    return this.world.files.readAhead(files, signal)?.then(() => !signal.aborted) ?? null;
  }

  /** What a program has made. `null`: stopped at once; gently means that what is done need not be done again. */
  async made(task: Task): Promise<ReturnType<typeof inspectOutputs> | null> {
    const listed = listOutputs(this.world, task);
    const { signal } = this.stopped.now;
    const ahead = this.world.files.readAhead(listed?.files ?? [], signal);
    if (ahead === null) return inspectOutputs(this.world, task, listed);
    await ahead;
    if (signal.aborted) return null;
    // It has taken time.
    this.world.files.forget();
    return inspectOutputs(this.world, task);
  }

  /** What was restored, in place, so that the next run finds stamps that it may trust and has nothing to write. */
  async restored(files: readonly ListedFile[]): Promise<void> {
    const { signal } = this.stopped.now;
    await this.world.files.readAhead(files, signal);
    if (!signal.aborted) this.world.files.observe(files, 'output');
  }
}
