// What could not be given up on disk yet: how much of it is kept in mind.
import { expect, test } from 'vitest';
import { giveBackOwed, isOwed, owe } from '../../src/lock/owed-claims.ts';
import { placeOf } from '../../src/lock/place.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

test('of claims that nobody may ever hear of again the last ones are kept in mind', () => {
  const folder = temporaryFolder();
  const nonces = Array.from({ length: 66 }, (_, i) => `n${i}`);
  for (const nonce of nonces) owe({ folder, number: 1, nonce, place: placeOf(folder) });
  expect(nonces.filter((nonce) => !isOwed(nonce))).toEqual(['n0', 'n1']);
  // The folder is there, and holds none of them: nothing is owed.
  giveBackOwed();
  expect(nonces.some(isOwed)).toBe(placeOf(folder) === null);
});
