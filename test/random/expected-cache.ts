// What the cache may hold, as the model has it: for each action what might be stored of it, and which contents are bad.
import { createHash } from 'node:crypto';
import type { Outputs } from './memory.ts';
import { listing, type Node } from './tree.ts';

/** What a task may have to do with its entry. */
export interface CourseOfCache {
  /** The entry was no good. */
  readonly drops: Outputs | null;
  readonly stores: Outputs | null;
  /** The entry is there; `brings`: and its contents were read. */
  readonly finds: Outputs | null;
  readonly brings: Outputs | null;
}

export class ExpectedCache {
  /** By key; `null`: nothing. What is not here is not there. */
  private readonly entries = new Map<string, readonly (Outputs | null)[]>();
  /**
   * By digest. `wrong`: of the right size, so that it is taken for the right one when the same is stored again, until
   * somebody reads it; `gone`: stored anew then; `maybe`: one of these, or good.
   */
  private readonly bad = new Map<string, 'wrong' | 'gone' | 'maybe'>();
  private readonly storedAnew = new Set<string>();
  /** Stages may have run over inputs that nobody has foreseen, and their results be here. */
  private knowsMore = false;

  /** What there may be of this action, whose pure result is `made`. */
  mayHold(key: string, made: Outputs | null): readonly (Outputs | null)[] {
    const known = this.entries.get(key) ?? [null];
    return this.knowsMore && made !== null && known.includes(null) ? [...known, made] : known;
  }

  isWhole(outputs: Outputs): 'yes' | 'maybe' | 'no' {
    const states = digestsOf(outputs).map((digest) => this.bad.get(digest));
    if (states.some((state) => state === 'wrong' || state === 'gone')) return 'no';
    return states.includes('maybe') ? 'maybe' : 'yes';
  }

  /**
   * One of these was gone, whichever. `alone`: nothing ran beside it. Else it is ambiguous whether a content that was
   * bad and is stored anew was in time for others of the same build; after that, `settle`.
   */
  goThrough(key: string, courses: readonly CourseOfCache[], alone: boolean): void {
    const [{ drops, stores, brings, finds }] = courses as readonly [CourseOfCache];
    if (finds !== null) this.entries.set(key, [finds]);
    if (brings !== null) for (const digest of digestsOf(brings)) this.bad.delete(digest);
    const dropped = courses.filter((course) => course.drops !== null);
    if (drops !== null && dropped.length === courses.length) this.miss(key, drops);
    else for (const course of dropped) this.mayMiss(key, course.drops!);
    if (stores !== null && courses.every((course) => course.stores !== null)) this.store(key, stores, alone);
    else for (const course of courses) if (course.stores !== null) this.mayStore(key, course.stores);
  }

  settle(): void {
    for (const digest of this.storedAnew) this.bad.delete(digest);
    this.storedAnew.clear();
  }

  private store(key: string, outputs: Outputs, alone: boolean): void {
    this.entries.set(key, [outputs]);
    for (const digest of digestsOf(outputs)) {
      if (this.bad.get(digest) !== 'gone') continue;
      this.bad.set(digest, 'maybe');
      this.storedAnew.add(digest);
    }
    if (alone) this.settle();
  }

  /** It is dropped, and so are its bad contents. */
  private miss(key: string, outputs: Outputs): void {
    this.entries.delete(key);
    for (const digest of digestsOf(outputs))
      if (this.bad.has(digest) && !this.storedAnew.has(digest)) this.bad.set(digest, 'gone');
  }

  private mayMiss(key: string, outputs: Outputs): void {
    if (this.entries.has(key)) this.mayLose(key);
    for (const digest of digestsOf(outputs)) if (this.bad.has(digest)) this.bad.set(digest, 'maybe');
  }

  mayStore(key: string, outputs: Outputs): void {
    const known = this.entries.get(key) ?? [null];
    const isKnown = known.some((one) => one !== null && same(one, outputs));
    this.entries.set(key, isKnown ? known : [...known, outputs]);
  }

  /** A build was at work, and how far it came nobody knows. */
  mayHaveBeenUsed(knowsMore: boolean): void {
    for (const [key, known] of this.entries)
      if (known.some((one) => one !== null && this.isWhole(one) !== 'yes')) this.mayLose(key);
    for (const digest of this.bad.keys()) this.bad.set(digest, 'maybe');
    if (knowsMore) this.knowsMore = true;
  }

  /** Ambiguous: what goes first, where there is no room, is up to how long executions took. */
  mayLoseAny(): void {
    for (const key of this.entries.keys()) this.mayLose(key);
  }

  /** The entry that has these outputs, by digest, is lost. Ambiguous: there may be several like it. */
  loses(outputs: ReadonlyMap<string, string>): void {
    const like = [...this.entries].filter(([, known]) =>
      known.some((one) => one !== null && hasDigests(one, outputs)),
    );
    for (const [key, known] of like)
      if (like.length === 1 && known.length === 1) this.entries.delete(key);
      else this.mayLose(key);
  }

  /** What no entry leads to was thrown away. */
  collected(): void {
    for (const digest of this.bad.keys()) this.bad.set(digest, 'maybe');
  }

  contentIs(digest: string, how: 'wrong' | 'gone'): void {
    this.bad.set(digest, how);
  }

  /** Everything was read, and what is bad is away. */
  verified(): void {
    for (const [key, known] of this.entries) {
      const left = known.filter((one) => one === null || this.isWhole(one) !== 'no');
      const mayGo = left.some((one) => one !== null && this.isWhole(one) === 'maybe');
      if (left.length === 0) this.entries.delete(key);
      else this.entries.set(key, mayGo && !left.includes(null) ? [...left, null] : left);
    }
    for (const digest of this.bad.keys()) this.bad.set(digest, 'gone');
  }

  /** All entries went, and contents as far as they were old enough. */
  evicted(): void {
    this.entries.clear();
    this.knowsMore = false;
    this.collected();
  }

  empty(): void {
    this.entries.clear();
    this.bad.clear();
    this.knowsMore = false;
  }

  private mayLose(key: string): void {
    const known = this.entries.get(key)!;
    if (!known.includes(null)) this.entries.set(key, [...known, null]);
  }
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Of the contents that are stored: links have none. */
function digestsOf(outputs: Outputs): readonly string[] {
  return [...outputs.values()].flatMap((node) => (node.kind === 'file' ? [digestOf(node.text)] : []));
}

function hasDigests(outputs: Outputs, digests: ReadonlyMap<string, string>): boolean {
  const isSame = ([path, node]: readonly [string, Node]) =>
    node.kind === 'file' ? digests.get(path) === digestOf(node.text) : digests.has(path);
  return outputs.size === digests.size && [...outputs].every(isSame);
}

function same(a: Outputs, b: Outputs): boolean {
  return listing(new Map(a)).join('\n') === listing(new Map(b)).join('\n');
}
