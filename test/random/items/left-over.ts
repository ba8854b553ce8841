// What a build must take away, and what it must leave: outputs of items that are gone, and what no stage makes now.
import { capturesIn, fill, matches } from './captures.ts';
import type { Foretelling } from './foretelling.ts';
import type { Params, Recipe } from './recipes.ts';
import { isMadeBy, type TaskView, type Texts } from './tasks.ts';

interface About {
  readonly model: Foretelling;
  readonly params: Params;
  readonly found: Texts;
  /** Nobody can say how far it came. */
  readonly isStopped: boolean;
  /** What is there no more another build may have taken away. */
  readonly isFoundLater: boolean;
}

export class LeftOver {
  /** Of these nobody can say whether they were there when their turn came. */
  readonly unsure = new Set<string>();
  private readonly about: About;
  private readonly wrong: string[];

  /** `wrong` is added to. */
  constructor(about: About, wrong: string[]) {
    this.about = about;
    this.wrong = wrong;
  }

  /** What no stage makes now goes before anything else; what was made for items that it cannot have, later, with these. */
  leave(selected: readonly Recipe[]): void {
    const { model, found, params } = this.about;
    const places = model.recipes.flatMap((recipe) => wide(recipe, params));
    for (const path of model.doubtful) if (!found.has(path)) model.texts.delete(path);
    for (const [path, text] of [...model.texts]) {
      const recipe = selected.find(({ home }) => home(path, params));
      if (recipe === undefined || matchesAny(places, path)) continue;
      const owners = model.ledger.makersOf(path);
      const certain = owners.filter((id) => mayHave(recipe, id, params));
      if (certain.length === 0 && owners.length > 0) continue;
      if (model.byHand.has(text) || certain.length < owners.length) this.adopt(path);
      else if (found.get(path) === text) this.wrong.push(`${path} is still there, which nobody makes`);
      else model.texts.delete(path);
    }
  }

  /** What is left of items that are gone goes. `certainly`: of items that there are, what they make no more, too. */
  clearUp(recipe: Recipe, items: readonly TaskView[], certainly: boolean): void {
    const { model, found, params, isStopped } = this.about;
    const names = new Set(items.map(({ id }) => id));
    if (!certainly) this.clearForOthers(recipe, items, names);
    for (const path of this.leftIn(recipe, items)) {
      const text = model.texts.get(path)!;
      const owners = model.ledger.makersOf(path);
      const isOfPresent = owners.some((id) => names.has(id));
      if (model.byHand.has(text) || isStopped || (isOfPresent && !certainly)) {
        if (certainly || !isOfPresent) this.adopt(path);
      } else if (found.get(path) === text)
        this.wrong.push(`${path} is still there, for which ${recipe.name} has no item`);
      else model.texts.delete(path);
    }
    model.ledger.forget(recipe.name, names, params, isStopped);
  }

  /** What an item made that is gone is not that of another, which is yet to make it. */
  private clearForOthers(recipe: Recipe, items: readonly TaskView[], names: ReadonlySet<string>): void {
    const { model, params, isStopped } = this.about;
    for (const [path, text] of [...model.texts]) {
      if (!items.some((view) => isMadeBy(view, path)) || model.byHand.has(text)) continue;
      const owners = model.ledger.makersOf(path);
      const ofGone = owners.filter((id) => !names.has(id) && isOf(recipe, id, params));
      if (ofGone.length === 0) continue;
      if (isStopped || ofGone.length < owners.length) this.adopt(path);
      else model.texts.delete(path);
    }
  }

  /** By times, what an item made before and makes no more goes with its attempt, unless another has made it since. */
  clearFormer(view: TaskView): void {
    const { model } = this.about;
    for (const [path, text] of [...model.texts]) {
      const owners = model.ledger.makersOf(path);
      if (!owners.includes(view.id) || isMadeBy(view, path) || model.byHand.has(text)) continue;
      if (owners.length > 1) this.adopt(path);
      else model.texts.delete(path);
    }
  }

  /** Of those that are not cleared up, only an attempt may have taken away what it made before. */
  doubt(recipe: Recipe, items: readonly TaskView[], clears: boolean): void {
    const { model, found, isFoundLater } = this.about;
    const names = new Set(items.map(({ id }) => id));
    for (const path of this.leftIn(recipe, items)) {
      const owners = model.ledger.makersOf(path);
      const isOfGone = owners.length > 0 && owners.every((id) => !names.has(id));
      if (isOfGone && !clears && !found.has(path) && !isFoundLater)
        this.wrong.push(`${path} went, and nobody knows yet whether its item is gone`);
      this.adopt(path);
    }
  }

  private leftIn(recipe: Recipe, items: readonly TaskView[]): readonly string[] {
    const { model, params } = this.about;
    const isLeft = (path: string) => recipe.home(path, params) && !items.some((view) => isMadeBy(view, path));
    return [...model.texts.keys()].filter(isLeft);
  }

  /** Whatever became of it is as good. */
  private adopt(path: string): void {
    const { found, model } = this.about;
    const text = found.get(path);
    this.unsure.add(path);
    if (text === undefined) model.texts.delete(path);
    else model.texts.set(path, text);
  }
}

/** Whether the stage may have the task, be its item there or not. What it made without items goes at once. */
function mayHave({ name, forEach }: Recipe, id: string, { s }: Params): boolean {
  if (forEach === null) return true;
  const item = id.replace(/ of [mn]$/, '').slice(name.length + 1);
  if (forEach.kind === 'records') return item !== '';
  return capturesIn(fill(forEach.pattern, { 'params.s': s }), item) !== null;
}

/** Whether the task is one of the stage, with these parameters or with any. */
function isOf({ name }: Recipe, id: string, { s }: Params): boolean {
  return id.split(/[: ]/)[0] === name && (!/ of [mn]$/.test(id) || id.endsWith(` of ${s}`));
}

/** The places of all that a stage might make with these parameters. */
function wide({ produces }: Pick<Recipe, 'produces'>, { s }: Params): readonly string[] {
  return produces.map((pattern) => pattern.replaceAll('{params.s}', s));
}

function matchesAny(places: readonly string[], path: string): boolean {
  return places.some((place) => matches(place, path));
}
