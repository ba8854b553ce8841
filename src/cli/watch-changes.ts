// What is said to have changed when a run begins: the paths that led to it, without those that a watch made itself.
import path from 'node:path';
import { temporaryPrefix } from '../files/sweep.ts';
import type { Hints } from '../model/watch/hints.ts';
import type { Place } from './workspace.ts';

/** What the last run may have made is heard of between two runs, and is nobody's edit. */
export type MayHaveMade = (absolutePath: string) => boolean;

export class WatchChanges {
  private readonly place: Place;
  private readonly paths = new Set<string>();

  constructor(place: Place) {
    this.place = place;
  }

  /** There is a look at these, instead of any before. Of what is looked at as a whole nobody knows what has changed. */
  lookedAt({ everything, paths }: Hints, mayHaveMade: MayHaveMade): void {
    if (everything) return;
    this.paths.clear();
    this.add(paths.keys(), mayHaveMade);
  }

  /**
   * These led to loading the configuration, after which all is looked at. While it is broken nothing runs over what
   * changes, so that it adds up.
   */
  ledToLoading({ everything, paths }: Hints, mayHaveMade: MayHaveMade): void {
    if (!everything) this.add(paths.keys(), mayHaveMade);
  }

  /** What led to nothing is no reason for what a person asks for later. */
  clear(): void {
    this.paths.clear();
  }

  /** Relative to the root, where they lie below it. */
  take(): readonly string[] {
    const below = `${this.place.root}/`;
    const taken = [...this.paths].map((file) => (file.startsWith(below) ? file.slice(below.length) : file));
    this.paths.clear();
    return taken;
  }

  private add(paths: Iterable<string>, mayHaveMade: MayHaveMade): void {
    for (const file of paths) if (!this.isOurs(file) && !mayHaveMade(file)) this.paths.add(file);
  }

  /** Also beside an output, while that is brought back. */
  private isOurs(file: string): boolean {
    return file.startsWith(`${this.place.state}/`) || path.basename(file).startsWith(temporaryPrefix);
  }
}
