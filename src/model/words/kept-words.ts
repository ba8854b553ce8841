// The words for a person's file that is kept aside; and whether a warning says them, which is asked after a kill.
import type { Warning } from '../events.ts';

/** `place`: as seen from the root. `why`: it is not where it should be. */
export function keptWords(path: string, place: string, why: string): string {
  return `${path} was not made by pipe; it is kept as ${place}${why}`;
}

export function saysWhereItIs({ message, paths }: Warning, path: string, place: string): boolean {
  if (message.endsWith(`it is kept as ${place}`)) return true;
  const folder = place.slice(0, -path.length - 1);
  return (paths?.includes(path) ?? false) && message.endsWith(`they are kept in ${folder}`);
}
