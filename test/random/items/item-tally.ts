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
  /** Builds that waited for more money. */
  unpaid = 0;
  /** Builds of those stages alone that something had happened to. */
  parts = 0;

  count({ ends, exitCode }: Told, isPart: boolean): void {
    for (const { end, attempts } of ends.values()) {
      if (end === 'executed' || end === 'restored' || end === 'failed') this[end]++;
      if (attempts > 1) this.retried++;
    }
    if (exitCode === 3) this.unpaid++;
    if (isPart) this.parts++;
  }

  /** Of these, what has not happened. */
  lacks(...wanted: readonly (keyof ItemTally)[]): readonly string[] {
    return wanted.filter((one) => this[one] === 0);
  }
}
