// Finds names in a long list: the first few by going through it, and only then by an index. To make one for ten thousand
// takes as long as to start a program, and a short build asks for two or three.

/** In the list as often as it stands there, in order. */
export type Search = (name: string) => readonly number[];

const searchesUntilIndex = 8;
const nowhere: readonly number[] = [];

/** `list`: asked for with the first search. */
export function searching(list: () => readonly string[]): Search {
  let searches = 0;
  let index: ReadonlyMap<string, number | readonly number[]> | null = null;
  return (name) => {
    if (index === null && searches++ < searchesUntilIndex) return placesOf(name, list());
    index ??= indexOf(list());
    const found = index.get(name);
    return found === undefined ? nowhere : typeof found === 'number' ? [found] : found;
  };
}

function placesOf(name: string, list: readonly string[]): readonly number[] {
  const places: number[] = [];
  for (let at = list.indexOf(name); at >= 0; at = list.indexOf(name, at + 1)) places.push(at);
  return places;
}

function indexOf(list: readonly string[]): ReadonlyMap<string, number | readonly number[]> {
  const index = new Map<string, number | number[]>();
  for (let at = 0; at < list.length; at++) {
    const name = list[at]!;
    const known = index.get(name);
    if (known === undefined) index.set(name, at);
    else if (typeof known === 'number') index.set(name, [known, at]);
    else known.push(at);
  }
  return index;
}
