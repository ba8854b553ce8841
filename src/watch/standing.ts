// Verdicts that still hold: each with the paths it rests on, dropped when something is heard of one of them.
import path from 'node:path';

type What = 'entry' | 'list';

export class Standing<Key, Verdict> {
  private readonly verdicts = new Map<
    Key,
    { readonly verdict: Verdict; readonly places: readonly string[] }
  >();
  /** By what they rest on. */
  private readonly keysAt = new Map<string, Key | Set<Key>>();

  get size(): number {
    return this.verdicts.size;
  }

  entries(): readonly (readonly [Key, Verdict])[] {
    return [...this.verdicts].map(([key, { verdict }]) => [key, verdict] as const);
  }

  /** Instead of any earlier one. `places`: as `place` names them. */
  keep(key: Key, verdict: Verdict, places: Iterable<string>): void {
    this.drop(key);
    const rests = [...places];
    this.verdicts.set(key, { verdict, places: rests });
    for (const one of rests) {
      const keys = this.keysAt.get(one);
      // Most paths have to do with one task alone, and there are many of them.
      if (keys === undefined) this.keysAt.set(one, key);
      else if (keys instanceof Set) keys.add(key);
      else this.keysAt.set(one, new Set([keys, key]));
    }
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

  /** Something was heard of this path: what rests on it, or on which names its folder has, may be otherwise. */
  dropAt(absolutePath: string): void {
    const places = [
      place(absolutePath, 'entry'),
      place(absolutePath, 'list'),
      place(path.dirname(absolutePath), 'list'),
    ];
    for (const one of places) for (const key of this.at(one)) this.drop(key);
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
