// Which items of a batch may have failed only over files of others in it, edited or taken away meanwhile.
import type { FilePath } from '../base/brand.ts';
import type { ExecutionEnd } from './executor.ts';
import type { Seat } from './seat.ts';
import type { World } from './world.ts';

/**
 * By item, the edited files of the others. Nobody can say what a process died of; but where it told of no failure, and
 * died while some of its files were edited, it is worth another try without these.
 */
export function spoiltBy(
  world: World,
  waiting: readonly Seat[],
  end: ExecutionEnd,
): ReadonlyMap<Seat, readonly FilePath[]> {
  if (end.kind !== 'failed' || !mayBeOverFiles(end) || waiting.some(({ said }) => said.kind === 'failed'))
    return new Map();
  const untold = waiting.filter(({ said }) => said.kind === 'nothing');
  world.files.forget();
  const edited = new Map(waiting.map((seat) => [seat, seat.edited()]));
  const paths = [...new Set([...edited.values()].flat())].sort();
  if (paths.length === 0) return new Map();
  return new Map(untold.filter((seat) => edited.get(seat)!.length === 0).map((seat) => [seat, paths]));
}

/** What reads a file that is cut off may die by a signal. */
function mayBeOverFiles({ failure: { kind } }: ExecutionEnd & { readonly kind: 'failed' }): boolean {
  return kind === 'exit' || kind === 'signal' || kind === 'threw';
}
