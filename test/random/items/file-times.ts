// When the files of a workspace were written last, for stages that go by that. It is read, not foretold: what a task
// writes in a build, it writes before any task looks at it that requires it.
import fs from 'node:fs';
import path from 'node:path';
import { foundIn } from './item-builder.ts';
import { isMadeBy, type TaskView } from './tasks.ts';

/** In nanoseconds, by path. */
type Times = ReadonlyMap<string, bigint>;

export function timesIn(root: string): Times {
  const timeOf = (at: string) => fs.statSync(path.join(root, at), { bigint: true }).mtimeNs;
  return new Map([...foundIn(root).keys()].map((at) => [at, timeOf(at)]));
}

/** As they are in the middle of a build, from task to task. */
export class FileTimes {
  private readonly now: Map<string, bigint>;
  private readonly after: Times;

  constructor(before: Times, after: Times) {
    this.now = new Map(before);
    this.after = after;
  }

  /** The task has come to its end, and these were or are its outputs. */
  written(paths: Iterable<string>): void {
    for (const at of paths) {
      const time = this.after.get(at);
      if (time === undefined) this.now.delete(at);
      else this.now.set(at, time);
    }
  }

  /** Whether all that the task makes is there, and nothing that it reads is newer. `lying`: in the places of its outputs. */
  isInTime(view: TaskView, lying: Iterable<string>): boolean {
    const outputs = [...lying];
    if (!view.produces.every((place) => outputs.some((at) => isMadeBy({ produces: [place] }, at))))
      return false;
    const times = outputs.map((at) => this.of(at));
    return view.paths.every((at) => times.every((time) => this.of(at) <= time));
  }

  private of(at: string): bigint {
    return this.now.get(at) ?? this.after.get(at) ?? 0n;
  }
}
