// The deliberate faults fit the code as it stands: one whose text is gone breaks nothing, and so proves nothing.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { mutants } from './mutants.mjs';

const root = path.resolve(import.meta.dirname, '../..');

test('the text of each mutant stands exactly once in its file, and its tests are there', () => {
  const unclear = mutants.flatMap(({ name, file, from, tests }) => {
    const times = fs.readFileSync(path.join(root, file), 'utf8').split(from).length - 1;
    const absent = tests.filter((one) => !fs.existsSync(path.join(root, one)));
    return times === 1 && absent.length === 0 ? [] : [{ name, file, times, absent }];
  });
  expect(unclear).toEqual([]);
});
