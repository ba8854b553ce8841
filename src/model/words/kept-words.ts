// The words for a person's file that is kept aside; and which places warnings have named, which is asked after a kill.
import type { Warning } from '../events.ts';

/** `place`: as seen from the root. `why`: it is not where it should be. */
export function keptWords(path: string, place: string, why: string): string {
  return `${path} was not made by pipe; it is kept as ${place}${why}`;
}

/** All places that these name so. */
export function placesTold(warnings: Iterable<Warning>): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { message, paths = [] } of warnings) {
    const [, place] = /it is kept as (.+)$/s.exec(message) ?? [];
    if (place !== undefined) places.add(place);
    const [, folder] = /they are kept in (.+)$/s.exec(message) ?? [];
    if (folder !== undefined) for (const path of paths) places.add(`${folder}/${path}`);
  }
  return places;
}
