// Whether a stage for a failure or for any end runs, by how the stages before it ended: written once more, and simply.
import type { Recipe, StageName } from './recipes.ts';
import type { End, Told } from './told.ts';

/** How a stage ended, as those after it see it. */
export interface EndOfStage {
  readonly outcome: 'well' | 'failed' | 'skipped' | 'waiting';
  /** The stages that stood in its way. */
  readonly blockedBy: readonly StageName[];
}

export type Call = 'called' | 'unneeded' | 'blocked';

export function callOf(
  recipe: Recipe,
  recipes: readonly Recipe[],
  ends: ReadonlyMap<StageName, EndOfStage>,
): Call {
  const before = recipes.filter(({ name }) => ends.has(name) && comesBefore(name, recipe, recipes));
  const next = before.filter(({ name }) => recipe.upstream.includes(name));
  const failures = before.filter(({ name, optional }) => {
    if (ends.get(name)!.outcome !== 'failed') return false;
    // An optional one counts for those right after it, and where these could not run over it.
    return !optional || next.some((one) => one.name === name || ends.get(one.name)!.blockedBy.includes(name));
  });
  if (recipe.when === 'failure') return failures.length > 0 ? 'called' : 'unneeded';
  return before.some(({ name }) => ends.get(name)!.outcome === 'waiting') ? 'blocked' : 'called';
}

/** Near and far. */
export function comesBefore(name: StageName, { upstream }: Recipe, recipes: readonly Recipe[]): boolean {
  return upstream.some(
    (one) => one === name || comesBefore(name, recipes.find((other) => other.name === one)!, recipes),
  );
}

const ranks: readonly End[] = ['failed', 'waiting', 'skipped'];

/** What of its tasks stands most in the way of others; `null`: nothing that is told of. */
export function worstOf(stage: StageName, { ends }: Told): 'failed' | 'waiting' | 'skipped' | null {
  const all = [...ends].filter(([name]) => name.split(':')[0] === stage).map(([, { end }]) => end);
  return (ranks.find((rank) => all.includes(rank)) as 'failed' | 'waiting' | 'skipped' | undefined) ?? null;
}
