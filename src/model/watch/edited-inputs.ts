// What becomes of a task of a watch whose inputs were edited while it ran: what it was about to make does not count.
import type { FilePath } from '../../base/brand.ts';
import { setMatches } from '../glob/pattern-set.ts';
import type { Stage } from '../stage.ts';

export type Fate =
  | 'again'
  /** Something else comes first, which this run does not do any more. */
  | 'next-run'
  | 'until-asked';

export interface Edit {
  readonly paths: readonly FilePath[];
  /** Whether its command had begun by then. */
  readonly hasRun: boolean;
  /** Whether it is an item whose record is not there any more. */
  readonly isGone: boolean;
}

/** `code`: what was loaded for the stage. `before`: the stages of the same run that come before it. */
export function fateOf(
  stage: Stage,
  { paths, hasRun, isGone }: Edit,
  { code, before }: { readonly code: readonly FilePath[]; readonly before: readonly Stage[] },
): Fate {
  if (isGone) return 'next-run';
  // Code is loaded between runs.
  const isOfCode = paths.some((path) => code.includes(path));
  // It may cost something: asked for once, it runs once.
  if (stage.watch === 'manual' && (hasRun || isOfCode)) return 'until-asked';
  if (isOfCode) return 'next-run';
  // What comes first is stale as well, or what it made is not as it made it; and it is not looked at again in this run.
  return before.some((other) => concerns(other, paths)) ? 'next-run' : 'again';
}

function concerns({ requires, implied, produces }: Stage, paths: readonly FilePath[]): boolean {
  return paths.some(
    (path) =>
      setMatches(requires, path) ||
      implied.includes(path) ||
      (produces !== null && setMatches(produces, path)),
  );
}
