// Folders of one name with numbers behind it: `20261121-094512-3f9a`, `20261121-094512-3f9a~2`, and so on.
import fs from 'node:fs';
import path from 'node:path';

/** Before each attempt of one run the same file may have to give way. Ends, should a disk say of all that they are taken. */
const mostPlaces = 1000;

/** Nobody else makes any while it is in use, so that a folder of them is listed once. */
export class NumberedPlaces {
  private readonly last = new Map<string, Map<string, number>>();

  /** The last of those that are there, or the first; then new ones. `first`: absolute, without a number. */
  *lastAndNew(first: string): Iterable<string> {
    const folder = path.dirname(first);
    const name = path.basename(first);
    const known = this.last.get(folder) ?? lastNumbers(folder);
    this.last.set(folder, known);
    const last = known.get(name) ?? 1;
    for (let number = last; number < last + mostPlaces; number++) {
      known.set(name, number);
      yield numbered(first, number);
    }
  }
}

/** Those that are there, in order. */
export function placesLike(first: string): readonly string[] {
  const name = path.basename(first);
  return entriesOf(path.dirname(first))
    .flatMap((entry) => {
      const [base, number] = split(entry.name);
      return base === name ? [number] : [];
    })
    .sort((a, b) => a - b)
    .map((number) => numbered(first, number));
}

/** None where it is not there, or cannot be listed. */
export function entriesOf(folder: string): readonly fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function numbered(first: string, number: number): string {
  return number === 1 ? first : `${first}~${number}`;
}

function split(name: string): readonly [base: string, number: number] {
  const [, base, digits] = /^(.+)~([1-9]\d*)$/.exec(name) ?? [];
  return base === undefined ? [name, 1] : [base, Number(digits)];
}

function lastNumbers(folder: string): Map<string, number> {
  const last = new Map<string, number>();
  for (const entry of entriesOf(folder)) {
    const [base, number] = split(entry.name);
    last.set(base, Math.max(number, last.get(base) ?? 1));
  }
  return last;
}
