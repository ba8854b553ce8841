// Verdicts that still hold: each with the paths it rests on, and doubted when something is heard of one of them.
import path from 'node:path';

type What = 'entry' | 'list';

/** Absolute paths, each with whether the verdict rests on what it names itself, and not only on the names in its folder. */
export type HeardPaths = ReadonlyMap<string, boolean>;

interface Kept<Verdict> {
  readonly verdict: Verdict;
  readonly places: readonly string[];
  /** Since it was taken. */
  readonly heard: Map<string, boolean>;
}

const most = 100;

export class Standing<Key, Verdict> {
  private readonly verdicts = new Map<Key, Kept<Verdict>>();
  /** By what they rest on. */
  private readonly keysAt = new Map<string, Key | Set<Key>>();

  get size(): number {
    return this.verdicts.size;
  }

  /** Of all, doubted or not. */
  keys(): readonly Key[] {
    return [...this.verdicts.keys()];
  }

  /** Of whose places nothing was heard. */
  entries(): readonly (readonly [Key, Verdict])[] {
    return [...this.verdicts].flatMap(([key, { verdict, heard }]) =>
      heard.size === 0 ? [[key, verdict] as const] : [],
    );
  }

  /** Those that hold but for what was heard of. */
  doubted(): readonly (readonly [Key, Verdict, HeardPaths])[] {
    return [...this.verdicts].flatMap(([key, { verdict, heard }]) =>
      heard.size > 0 ? [[key, verdict, heard] as const] : [],
    );
  }

  /** Instead of any earlier one. `places`: as `place` names them. */
  keep(key: Key, verdict: Verdict, places: Iterable<string>): void {
    this.drop(key);
    const rests = [...places];
    this.verdicts.set(key, { verdict, places: rests, heard: new Map() });
    for (const one of rests) {
      const keys = this.keysAt.get(one);
      // Most paths have to do with one task alone, and there are many of them.
      if (keys === undefined) this.keysAt.set(one, key);
      else if (keys instanceof Set) keys.add(key);
      else this.keysAt.set(one, new Set([keys, key]));
    }
  }

  /** What was heard of has been looked at, and it still rests on the same. */
  renew(key: Key, verdict: Verdict): void {
    const known = this.verdicts.get(key);
    if (known !== undefined) this.verdicts.set(key, { ...known, verdict, heard: new Map() });
  }

  drop(key: Key): void {
    const known = this.verdicts.get(key);
    if (known === undefined) return;
    this.verdicts.delete(key);
    for (const one of known.places) {
      const keys = this.keysAt.get(one);
      if (keys instanceof Set) keys.delete(key);
      if (keys === key || (keys instanceof Set && keys.size === 0)) this.keysAt.delete(one);
    }
  }

  dropAll(): void {
    this.verdicts.clear();
    this.keysAt.clear();
  }

  /**
   * Something was heard of this path: what rests on it, or on which names its folder has, may be otherwise. Whether it
   * is, is seen by looking at this path, but where it was listed itself.
   */
  hear(absolutePath: string): void {
    for (const key of this.at(place(absolutePath, 'list'))) this.drop(key);
    for (const key of this.at(place(absolutePath, 'entry'))) this.doubt(key, absolutePath, true);
    for (const key of this.at(place(path.dirname(absolutePath), 'list')))
      this.doubt(key, absolutePath, false);
  }

  private doubt(key: Key, absolutePath: string, isNamed: boolean): void {
    const { heard } = this.verdicts.get(key)!;
    // Then it is as well looked at as a whole.
    if (heard.size === most) this.drop(key);
    else heard.set(absolutePath, isNamed || heard.get(absolutePath) === true);
  }

  private at(place: string): readonly Key[] {
    const keys = this.keysAt.get(place);
    if (keys === undefined) return [];
    return keys instanceof Set ? [...keys] : [keys];
  }
}

/** `entry`: what a path names; `list`: which names a folder has. */
export function place(absolutePath: string, what: What): string {
  return what === 'entry' ? absolutePath : `${absolutePath}/`;
}
