// The words for a program that could not be started, where a test cannot make the system refuse for each user alike.
import { expect, test } from 'vitest';
import { whyNotStarted } from '../../src/exec/why-not-started.ts';
import { Scene } from './scene.ts';

test('a program that is in none of the folders of PATH is not there, also where one of them may not be searched', () => {
  using scene = new Scene();
  scene.write('plain.txt', 'hello');
  // What the system says once it was refused any of the folders.
  const refused = Object.assign(new Error('spawn EACCES'), { code: 'EACCES' });
  const why = (file: string) =>
    whyNotStarted(refused, { file, cwd: scene.folder, env: { PATH: `/usr/bin:${scene.folder}` } });
  expect(why('no-such-program')).toBe("no-such-program is not on the stage's PATH");
  expect(why('plain.txt')).toBe('plain.txt is not executable');
  expect(why('./plain.txt')).toBe('./plain.txt is not executable');
});
