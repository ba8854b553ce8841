// What happened in the stories of one builder, counted for the report: a story in which nothing happens proves nothing.
import type { TaskEnd } from './builder.ts';

export class Tally {
  stories = 0;
  builds = 0;
  executed = 0;
  restored = 0;
  failed = 0;
  waiting = 0;
  refused = 0;
  /** Files of people that were put aside. */
  kept = 0;
  accepts = 0;
  reverts = 0;
  /** Edits while a build was at work. */
  edits = 0;
  /** The same, of outputs. */
  outputEdits = 0;
  deaths = 0;
  encounters = 0;
  /** Builds of those stages alone that something had happened to. */
  parts = 0;
  /** Builds that were told by a watch that all is fresh. */
  answers = 0;

  count(ends: ReadonlyMap<string, TaskEnd>, kept: number): void {
    this.kept += kept;
    for (const end of ends.values()) if (end !== 'fresh' && end !== 'skipped') this[end]++;
  }

  /** Of these, what has not happened. */
  lacks(...wanted: readonly (keyof Tally)[]): readonly string[] {
    return wanted.filter((one) => this[one] === 0);
  }
}
