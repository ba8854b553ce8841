// Which tasks a stage has over a tree of files, and what each of them sees and would make: pure, and without any memory.
import type { Input } from '../work.ts';
import { type Captures, capturesIn, fill, matches } from './captures.ts';
import { type Outcome, outcomeOf, shellLineOf, wantedOf } from './labour.ts';
import type { Need, Params, Recipe } from './recipes.ts';

/** Contents by path. */
export type Texts = ReadonlyMap<string, string>;

export interface TaskView {
  /** As it is told of. */
  readonly name: string;
  /** As it is remembered: with the parameters, where its results lie side by side. */
  readonly id: string;
  /** Where its outputs lie: paths, or a folder. */
  readonly produces: readonly string[];
  /** Everything that the result depends on. */
  readonly key: string;
  /** The same but for its inputs. */
  readonly definition: string;
  /** Of its inputs. */
  readonly paths: readonly string[];
  /** The first attempt that can succeed; `0`: the hook before the command refuses it. */
  readonly wanted: number;
  /** `null`: a file that it requires is not there. */
  readonly outcome: Outcome | null;
  /** The same where an edit in the middle lets there be as many attempts as it takes. */
  readonly inTheEnd: Outcome | null;
}

/** `unclear`: nobody can say which there are. */
export type Items = readonly TaskView[] | 'unclear';

/** Sorted by name. `of`: the files that are its items; else whatever there is. */
export function tasksOf(recipe: Recipe, texts: Texts, params: Params, of?: readonly string[]): Items {
  const { forEach } = recipe;
  if (forEach === null) return [viewOf(recipe, texts, params, null)];
  if (forEach.kind === 'records') return ofRecords(recipe, forEach.document, texts, params);
  const pattern = fill(forEach.pattern, { 'params.s': params.s });
  const views = [...(of ?? texts.keys())].sort().flatMap((path) => {
    const captures = capturesIn(pattern, path);
    return captures === null ? [] : [viewOf(recipe, texts, params, { name: path, captures, path })];
  });
  const places = views.flatMap(({ produces }) => produces);
  return new Set(places).size < places.length ? 'unclear' : views;
}

function ofRecords(recipe: Recipe, document: string, texts: Texts, params: Params): Items {
  const lines = (texts.get(document) ?? '').split('\n').slice(0, -1);
  // What a person wrote over it is no list.
  if (!lines.every((line) => line.startsWith('{'))) return 'unclear';
  const keys = lines.map((line) => (JSON.parse(line) as { readonly key: string }).key);
  if (new Set(keys).size < keys.length) return 'unclear';
  return keys.map((key, i) =>
    viewOf(recipe, texts, params, { name: key, captures: { key }, record: lines[i]! }),
  );
}

interface Item {
  readonly name: string;
  readonly captures: Captures;
  readonly path?: string;
  readonly record?: string;
}

function viewOf(recipe: Recipe, texts: Texts, params: Params, item: Item | null): TaskView {
  const values = { ...item?.captures, 'params.s': params.s };
  const needs = recipe.requires.map(({ pattern, optional }) => ({
    pattern: fill(pattern, values),
    optional,
  }));
  const inputs = inputsOf(needs, texts, item?.path ?? null);
  const produces = recipe.produces.map((pattern) => fill(pattern, values));
  const name = item === null ? recipe.name : `${recipe.name}:${item.name}`;
  const isSideBySide = recipe.usesParam && recipe.produces.every((pattern) => pattern.includes('{params.s}'));
  const record = item?.record ?? null;
  const occasion = { inputs, values, record, attempts: recipe.attempts };
  const wanted = wantedOf(recipe, occasion);
  const atLength = { ...occasion, attempts: Number.isFinite(wanted) ? Math.max(wanted, 1) : recipe.attempts };
  const isComplete = needs.every((need) => need.optional || isMet(need, texts));
  const definition = JSON.stringify([
    shellLineOf(recipe),
    fill(recipe.env.NAME ?? '', values),
    recipe.usesParam ? params.s : '',
    ...[needs, produces, record],
  ]);
  return {
    name,
    id: isSideBySide ? `${name} of ${params.s}` : name,
    produces,
    paths: inputs.map(({ path }) => path),
    wanted,
    key: JSON.stringify([definition, inputs]),
    definition,
    outcome: isComplete ? outcomeOf(recipe, occasion) : null,
    inTheEnd: isComplete ? outcomeOf(recipe, atLength) : null,
  };
}

function inputsOf(needs: readonly Need[], texts: Texts, item: string | null) {
  return [...texts]
    .filter(([path]) => path === item || needs.some(({ pattern }) => matches(pattern, path)))
    .map(([path, text]) => ({ path, text }) satisfies Input)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isMet({ pattern }: Need, texts: Texts): boolean {
  return [...texts.keys()].some((path) => matches(pattern, path));
}

/** Whether what lies at the path is an output of the task. */
export function isMadeBy({ produces }: Pick<TaskView, 'produces'>, path: string): boolean {
  return produces.some((place) => matches(place, path));
}

/** What lies where the task has its outputs. */
export function lyingOf(view: Pick<TaskView, 'produces'>, texts: Texts): Map<string, string> {
  return new Map([...texts].filter(([path]) => isMadeBy(view, path)));
}

export function sameTexts(a: Texts, b: Texts): boolean {
  return a.size === b.size && [...a].every(([path, text]) => b.get(path) === text);
}
