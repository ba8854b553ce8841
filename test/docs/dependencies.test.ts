// docs/dependencies.md explains every package of package.json, and no other.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const read = (file: string) => fs.readFileSync(path.join(root, file), 'utf8');

interface Row {
  readonly packages: readonly string[];
  /** Relative to the root; `null` where nothing of `src` uses it. */
  readonly place: string | null;
}

const rows = [...read('docs/dependencies.md').matchAll(/^\| (`[^|]*) \|.*$/gm)].map(
  ([row, names]): Row => ({
    packages: [...names!.matchAll(/`([^`]+)`/g)].map((match) => match[1]!),
    place: /\| `(src\/[^`]+)` \|$/.exec(row)?.[1] ?? null,
  }),
);

test('every package has its line, and every line is about a package', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, object>;
  const declared = Object.keys({ ...dependencies, ...devDependencies });
  expect(rows.flatMap((row) => row.packages).toSorted()).toEqual(declared.toSorted());
});

test('each is imported where its line says', () => {
  const wrong = rows.filter(
    ({ packages, place }) =>
      place !== null && !packages.every((name) => read(place).includes(`from '${name}`)),
  );
  expect(wrong).toEqual([]);
});
