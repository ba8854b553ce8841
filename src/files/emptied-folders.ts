// Removes folders that have come to be empty, once nothing is at work any more that may be about to write there.
import path from 'node:path';
import type { OutputPlace } from '../engine/outputs.ts';
import type { ListedFile } from '../engine/ports.ts';
import { removeFolderIfEmpty } from './sweep.ts';

export class EmptiedFolders {
  private readonly absolute: (folder: string) => string;
  /** How often each is held: a folder by its own name, all that lies below it by `allBelow`. */
  private readonly held = new Map<string, number>();
  /** What was to go, by what holds it, with the bases below which what is empty without it may go as well. */
  private readonly spared = new Map<string, Map<string, readonly string[]>>();

  /** `absolute`: of a path as it is seen from the root. */
  constructor(absolute: (folder: string) => string) {
    this.absolute = absolute;
  }

  hold(places: readonly OutputPlace[]): (staying: readonly string[]) => void {
    const keys: string[] = [];
    for (const { folder, deep } of places) {
      keys.push(...withThoseAbove(folder));
      if (deep) keys.push(allBelow(folder));
    }
    this.count(keys);
    return (staying) => {
      // First: what stays is not to be free in between.
      this.count(staying.flatMap(withThoseAbove));
      const free = keys.filter((key) => {
        const rest = this.held.get(key)! - 1;
        if (rest > 0) this.held.set(key, rest);
        else this.held.delete(key);
        return rest === 0;
      });
      this.lookAgain(free);
    };
  }

  /** Strictly below a base: the base itself may be the user's. Each folder once, the deepest first: it may hold many files. */
  prune(files: readonly ListedFile[], bases: readonly string[]): void {
    this.climb(new Set(files.map((file) => path.posix.dirname(file.path))), bases);
  }

  /** Answers whether it has gone. */
  remove(folder: string, bases: readonly string[]): boolean {
    const holder = this.holderOf(folder);
    if (holder === null) return removeFolderIfEmpty(this.absolute(folder));
    const waiting = this.spared.get(holder) ?? new Map<string, readonly string[]>();
    waiting.set(folder, [...new Set([...(waiting.get(folder) ?? []), ...bases])]);
    this.spared.set(holder, waiting);
    return false;
  }

  private climb(folders: Iterable<string>, bases: readonly string[]): void {
    const distinct = [...new Set(bases)];
    const isBelowABase = (folder: string) =>
      distinct.some((base) => (base === '' ? folder !== '.' : folder.startsWith(`${base}/`)));
    const byDepth: Set<string>[] = [];
    const add = (folder: string) => {
      if (!isBelowABase(folder)) return;
      const depth = folder.split('/').length;
      byDepth[depth] ??= new Set();
      byDepth[depth].add(folder);
    };
    for (const folder of folders) add(folder);
    for (let depth = byDepth.length - 1; depth > 0; depth--) {
      for (const folder of byDepth[depth] ?? [])
        if (this.remove(folder, distinct)) add(path.posix.dirname(folder));
    }
  }

  private count(keys: readonly string[]): void {
    for (const key of keys) this.held.set(key, (this.held.get(key) ?? 0) + 1);
  }

  /** All of it, and then throws what kept one of them from being removed. */
  private lookAgain(free: readonly string[]): void {
    const spared = free.flatMap((key) => [...(this.spared.get(key) ?? [])]);
    for (const key of free) this.spared.delete(key);
    const problems: unknown[] = [];
    // A folder comes before those that lie in it.
    for (const [folder, bases] of spared.sort(([a], [b]) => (a < b ? 1 : -1)))
      try {
        if (this.remove(folder, bases)) this.climb([path.posix.dirname(folder)], bases);
      } catch (problem) {
        problems.push(problem);
      }
    if (problems.length > 0) throw problems[0];
  }

  private holderOf(folder: string): string | null {
    if (this.held.has(folder)) return folder;
    if (this.held.size === 0) return null;
    return ['', ...withThoseAbove(folder)].map(allBelow).find((key) => this.held.has(key)) ?? null;
  }
}

/** Without the root, which never goes. */
function withThoseAbove(folder: string): readonly string[] {
  if (folder === '') return [];
  const all: string[] = [];
  for (let end = folder.indexOf('/'); end !== -1; end = folder.indexOf('/', end + 1))
    all.push(folder.slice(0, end));
  all.push(folder);
  return all;
}

function allBelow(folder: string): string {
  return `${folder}/**`;
}
