// What whoever starts a bench may get wrong: counts, names, and a command that is not built yet.
import fs from 'node:fs';
import path from 'node:path';

/** Whoever started the bench can do something about it. */
export class Mistake extends Error {}

/** @returns {number} a whole one, of at least 1 */
export function countIn(text) {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Mistake(`expected a count of at least 1, found "${text}"`);
  return count;
}

/** @returns {T[]} those that are named, with commas between them; `known`: by their names */
export function chosenFrom(known, text) {
  return text.split(',').map((name) => {
    if (!Object.hasOwn(known, name))
      throw new Mistake(`there is no "${name}"; there are: ${Object.keys(known).join(', ')}`);
    return known[name];
  });
}

/** @returns {string} absolute path of a command that was built; `file`: relative to the repository */
export function builtCommand(file = 'dist/pipe.cjs') {
  const command = path.resolve(import.meta.dirname, '..', file);
  if (!fs.existsSync(command)) throw new Mistake(`${file} is not there: npm run build makes it`);
  return command;
}
