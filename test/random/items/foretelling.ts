// What the workspace of a pipeline with items must be, and what is on record: a second, simple build tool that does nothing.
import { Ledger } from './ledger.ts';
import {
  hookFile,
  type Manner,
  type Params,
  type Recipe,
  recipesOf,
  type StageName,
  serviceFile,
} from './recipes.ts';
import { type Items, lyingOf, type TaskView, type Texts, tasksOf } from './tasks.ts';
import type { Request } from './told.ts';

export class Foretelling {
  manner: Manner;
  /** The workspace as it must be now. */
  texts: Map<string, string>;
  ledger = new Ledger();
  /** What a killed build wrote: whoever builds next may put it away. */
  doubtful: Set<string> = new Set();
  /** What people made in the places of outputs. */
  byHand: Set<string> = new Set();
  /** How many they made while a build was at work. */
  madeMeanwhile = 0;

  constructor(manner: Manner, texts: Texts) {
    this.manner = manner;
    this.texts = new Map(texts);
  }

  copy(): Foretelling {
    const copy = new Foretelling(this.manner, this.texts);
    copy.ledger = this.ledger.copy();
    copy.doubtful = new Set(this.doubtful);
    copy.byHand = new Set(this.byHand);
    return copy;
  }

  become({ texts, ledger, doubtful, byHand }: Foretelling): void {
    Object.assign(this, { texts, ledger, doubtful, byHand });
  }

  get recipes(): readonly Recipe[] {
    return recipesOf(this.manner);
  }

  /** What is wrong with the items before anything has run. */
  refuses({ what, params }: Request): boolean {
    const selected = this.selected(what);
    return selected.some((recipe) => {
      // What others are yet to make may be quite different.
      if (recipe.forEach === null || selected.some(({ name }) => recipe.upstream.includes(name)))
        return false;
      const items = this.itemsOf(recipe, params);
      return items === 'unclear' || (recipe.forEach.kind === 'records' && items.length === 0);
    });
  }

  /** The tasks of a stage as they are now. */
  itemsOf(recipe: Recipe, params: Params, of?: readonly string[]): Items {
    return tasksOf(recipe, this.texts, params, of);
  }

  /** A build was killed: all that it may have done is possible, and what lies there now is what lies there. */
  killed(request: Request, found: Texts): void {
    const before = this.texts;
    this.texts = new Map(before);
    const possible = new Map<string, readonly TaskView[]>();
    for (const recipe of this.selected(request.what)) {
      const items = this.itemsOf(recipe, request.params);
      for (const view of items === 'unclear' ? [] : items) {
        possible.set(view.id, [view]);
        if (view.outcome?.kind !== 'made') continue;
        for (const path of lyingOf(view, this.texts).keys()) this.texts.delete(path);
        for (const [path, text] of view.outcome.outputs) this.texts.set(path, text);
      }
    }
    // Ambiguous: also over what had lain there before, and over what there is now.
    for (const texts of [before, found])
      for (const recipe of this.selected(request.what)) {
        const items = tasksOf(recipe, texts, request.params);
        for (const view of items === 'unclear' ? [] : items)
          possible.set(view.id, [...(possible.get(view.id) ?? []), view]);
      }
    for (const [path, text] of found) if (before.get(path) !== text) this.doubtful.add(path);
    this.ledger.doubt(possible, request.cache);
    this.texts = new Map(found);
  }

  /** It runs over each of them, whatever it made before. */
  isForFailures(task: string): boolean {
    return this.recipes.some(({ name, when }) => when === 'failure' && name === task.split(':')[0]);
  }

  /** Whether that hook around a run fails. */
  fails(hook: 'before' | 'after'): boolean {
    return this.manner.around && this.texts.get(hookFile)!.startsWith(hook[0]!);
  }

  /** Whether the service does not start. */
  get isServiceDown(): boolean {
    return this.texts.get(serviceFile)!.startsWith('x');
  }

  selected(what: Request['what']): readonly Recipe[] {
    const { recipes } = this;
    if (what.kind === 'all') return recipes;
    if (what.kind === 'only') return recipes.filter(({ name }) => name === what.stage);
    const names = new Set<StageName>([what.stage]);
    for (const { name, upstream } of [...recipes].reverse())
      if (names.has(name)) for (const one of upstream) names.add(one);
    return recipes.filter(({ name }) => names.has(name));
  }
}
