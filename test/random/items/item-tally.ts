// What happened in stories with items, counted for the report: a story in which nothing happens proves nothing.
import type { Told } from './told.ts';

export class ItemTally {
  stories = 0;
  builds = 0;
  executed = 0;
  restored = 0;
  failed = 0;
  refused = 0;
  deaths = 0;
  /** Tasks that took more than one attempt. */
  retried = 0;
  /** Items that went to a process with others. */
  batched = 0;
  /** Items that were reported as done before the process crashed. */
  spared = 0;
  /** Builds during which a source was edited. */
  meddled = 0;
  /** Builds during which what one task makes was edited or deleted, and tasks that failed over that. */
  overwritten = 0;
  distrusted = 0;
  /** Pairs of builds that began at the same moment. */
  twice = 0;
  /** Tasks that ran over a failure. */
  called = 0;
  /** Runs with something done around them, and those that this kept from executing anything. */
  hooked = 0;
  prevented = 0;
  /** Builds that waited for more money. */
  unpaid = 0;
  /** Builds with stages that go by the times of files. */
  timed = 0;
  /** Builds of those stages alone that something had happened to. */
  parts = 0;

  count({ ends, exitCode, hooks, witnessed, spared = 0 }: Told, isPart: boolean): void {
    for (const [name, { end, attempts }] of ends) {
      if (end === 'executed' && name.startsWith('alarm')) this.called++;
      if (end === 'executed' || end === 'restored' || end === 'failed') this[end]++;
      if (attempts > 1) this.retried++;
    }
    this.batched += witnessed?.size ?? 0;
    this.spared += spared;
    if (exitCode === 3) this.unpaid++;
    if (isPart) this.parts++;
    if (hooks.length > 0) this.hooked++;
  }

  /** Of these, what has not happened. */
  lacks(...wanted: readonly (keyof ItemTally)[]): readonly string[] {
    return wanted.filter((one) => this[one] === 0);
  }
}
