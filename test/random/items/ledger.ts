// What the tool may have on record of tasks with items, and in its cache. Where nobody can know, all that is possible.

import type { Params } from './recipes.ts';
import { sameTexts, type TaskView, type Texts } from './tasks.ts';
import type { End } from './told.ts';

type Memory =
  | { readonly kind: 'none' | 'unfinished' }
  | { readonly kind: 'done'; readonly key: string; readonly definition: string; readonly outputs: Texts };

/** How a build goes about a task. */
interface Manners {
  readonly isForced: boolean;
  readonly hasCache: boolean;
  /** Where it goes by times: whether all that it makes is there, and nothing that it reads is newer. Else `null`. */
  readonly isInTime: boolean | 'maybe' | null;
  /** Whether a build that was killed wrote any of what lies there: then its attempt is on record. */
  readonly isLeft: boolean;
}

const none: Memory = { kind: 'none' };
const unfinished: Memory = { kind: 'unfinished' };

export class Ledger {
  private readonly memories = new Map<string, readonly Memory[]>();
  private readonly cache = new Map<string, 'yes' | 'maybe'>();
  /** By path, who made what lies or lay there last. */
  private readonly makers = new Map<string, Set<string>>();

  copy(): Ledger {
    const copy = new Ledger();
    for (const [id, all] of this.memories) copy.memories.set(id, all);
    for (const [key, stored] of this.cache) copy.cache.set(key, stored);
    for (const [at, all] of this.makers) copy.makers.set(at, new Set(all));
    return copy;
  }

  /** How the task may end, given what lies in the places of its outputs. */
  endsOf(view: TaskView, lying: Texts, { isForced, hasCache, isInTime, isLeft }: Manners): readonly End[] {
    const { outcome, key } = view;
    if (outcome === null) return ['failed'];
    const memories = this.memories.get(view.id) ?? [none];
    const fits = (memory: Memory) =>
      isInTime === null
        ? memory.kind === 'done' && memory.key === key && sameTexts(memory.outputs, lying)
        : isInTime !== false && letsTimesDecide(memory, view, isLeft);
    const worked: End = outcome.kind === 'made' ? 'executed' : 'failed';
    if (isForced) return [worked];
    const ends: End[] = [];
    const isOfAnother = isInTime === null ? 'no' : this.isOfAnother(view, lying);
    const mayFit = (memory: Memory) => fits(memory) && (memory.kind !== 'none' || isOfAnother !== 'yes');
    const mustFit = (memory: Memory) => fits(memory) && (memory.kind !== 'none' || isOfAnother === 'no');
    if (memories.some(mayFit)) ends.push('fresh');
    if (isInTime !== 'maybe' && memories.every(mustFit)) return ends;
    const stored = this.storedOf(view, hasCache);
    if (stored !== undefined) ends.push('restored');
    return stored === 'yes' ? ends : [...ends, worked];
  }

  /** Whether any of what lies there is on record as made for another task of its stage, of these parameters or others. */
  private isOfAnother({ id }: TaskView, lying: Texts): 'yes' | 'no' | 'maybe' {
    let answer: 'no' | 'maybe' = 'no';
    for (const [path, text] of lying) {
      if (text.startsWith('hand-')) continue;
      const makers = this.makersOf(path);
      for (const maker of makers) {
        const memories = this.memories.get(maker) ?? [none];
        if (maker === id || stageOf(maker) !== stageOf(id)) continue;
        const hasIt = (memory: Memory) =>
          memory.kind === 'done' && memory.outputs.has(path) && memory.outputs.get(path) === text;
        if (memories.every(hasIt) && makers.length === 1) return 'yes';
        if (memories.some(({ kind }) => kind !== 'none')) answer = 'maybe';
      }
    }
    return answer;
  }

  /** Whether its result is in the cache. */
  storedOf({ key }: TaskView, hasCache: boolean): 'yes' | 'maybe' | undefined {
    return hasCache ? this.cache.get(key) : undefined;
  }

  done(view: TaskView, outputs: Texts, hasCache: boolean): void {
    if (hasCache) this.cache.set(view.key, 'yes');
    this.settle(view, outputs);
  }

  /** It was found fresh by its times: what is on record of it, if anything, stays. */
  passed(view: TaskView, isLeft: boolean): void {
    const memories = this.memories.get(view.id) ?? [none];
    this.memories.set(
      view.id,
      memories.filter((memory) => letsTimesDecide(memory, view, isLeft)),
    );
  }

  settle({ id, key, definition }: TaskView, outputs: Texts): void {
    this.memories.set(id, [{ kind: 'done', key, definition, outputs }]);
    for (const path of outputs.keys()) this.makers.set(path, new Set([id]));
  }

  failed({ id }: TaskView): void {
    this.memories.set(id, [unfinished]);
  }

  makersOf(path: string): readonly string[] {
    return [...(this.makers.get(path) ?? [])];
  }

  /** All tasks of the stage but these are gone. `perhaps`: or it did not come to that. */
  forget(stage: string, left: ReadonlySet<string>, { s }: Params, perhaps: boolean): void {
    for (const [id, memories] of this.memories) {
      const isOfStage = stageOf(id) === stage;
      const isOfOthers = / of [mn]$/.test(id) && !id.endsWith(` of ${s}`);
      if (!isOfStage || left.has(id) || isOfOthers) continue;
      if (perhaps) this.memories.set(id, [...memories, none]);
      else this.memories.delete(id);
    }
  }

  /** A build died: each task may have come to any of these, or to nothing. */
  doubt(possible: ReadonlyMap<string, readonly TaskView[]>, hasCache: boolean): void {
    // Of an item that is gone it may have taken the record away.
    for (const [id, memories] of this.memories)
      this.memories.set(id, [...memories, unfinished, ...(possible.has(id) ? [] : [none])]);
    for (const [id, views] of possible)
      for (const { key, definition, outcome } of views) {
        const memories = this.memories.get(id) ?? [none, unfinished];
        this.memories.set(id, memories);
        if (outcome?.kind !== 'made') continue;
        this.memories.set(id, [...memories, { kind: 'done', key, definition, outputs: outcome.outputs }]);
        if (hasCache && !this.cache.has(key)) this.cache.set(key, 'maybe');
        for (const path of outcome.outputs.keys())
          this.makers.set(path, new Set([...this.makersOf(path), id]));
      }
  }

  lostCache(): void {
    this.cache.clear();
  }

  lostAll(): void {
    this.cache.clear();
    this.memories.clear();
    this.makers.clear();
  }
}

function stageOf(id: string): string {
  return id.split(/[: ]/)[0]!;
}

/** An attempt that did not end is stale by times as well, and so is another definition than the one on record. */
function letsTimesDecide(memory: Memory, { definition }: TaskView, isLeft: boolean): boolean {
  return (memory.kind === 'none' && !isLeft) || (memory.kind === 'done' && memory.definition === definition);
}
