// Of which news a watch has to hear, by what the verdicts rest on.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LookedAt } from '../../src/watch/looked-at.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

test('of what lies in a folder that a task has listed it is heard as of a name in that folder', () => {
  const root = fs.realpathSync(temporaryFolder());
  fs.mkdirSync(path.join(root, 'in'));
  fs.mkdirSync(path.join(root, 'lib'));
  fs.symlinkSync('far', path.join(root, 'in/link'));
  const [ownFolder, nobody] = [path.join(root, '.own'), () => {}];
  const lookedAt = new LookedAt({ root, ownFolder, onFolder: nobody, onAbove: nobody });
  const restsOn = (task: string, look: () => void) => {
    lookedAt.looksFor(task);
    look();
    lookedAt.looksFor(null);
    return [...lookedAt.takePlaces().get(task)!].map((one) => one.slice(root.length + 1));
  };
  const see = (...names: readonly string[]) => {
    for (const name of names) lookedAt.saw(path.join(root, name));
  };
  const list = (name: string) => lookedAt.followed(path.join(root, name));
  const listed = restsOn('a', () => {
    list('in');
    see('in/1', 'in/2', 'in/deep/3', 'lib/x', 'in/4');
  });
  expect(listed).toEqual(['in/', 'in/deep/3', 'lib/x']);
  // Another task has not listed it.
  expect(restsOn('b', () => see('in/1'))).toEqual(['in/1']);
  // Where a link leads, what is gone matters as well.
  const linked = restsOn('c', () => {
    list('in');
    list('in/link');
  });
  expect(linked).toEqual(['in/', 'in/link/', 'in/far']);
  for (const name of ['in/1', 'in/deep/3', 'lib/x', 'in/far'])
    expect(lookedAt.matters(path.join(root, name), 'content'), name).toBe(true);
});

test('a link in a linked folder leads up from where that folder really is', () => {
  const root = fs.realpathSync(temporaryFolder());
  fs.mkdirSync(path.join(root, 'releases/42'), { recursive: true });
  fs.mkdirSync(path.join(root, 'shared'));
  fs.writeFileSync(path.join(root, 'shared/config.txt'), 'one');
  fs.symlinkSync('releases/42', path.join(root, 'current'));
  fs.symlinkSync('../../shared/config.txt', path.join(root, 'releases/42/config.txt'));
  const ownFolder = path.join(root, '.own');
  const lookedAt = new LookedAt({ root, ownFolder, onFolder: () => {}, onAbove: () => {} });
  lookedAt.followed(path.join(root, 'current/config.txt'));
  expect(lookedAt.matters(path.join(root, 'shared/config.txt'), 'content')).toBe(true);
});

test('the way of a link through other links is heard of at each turn; where it leads to a folder, for all that lies there', () => {
  const root = fs.realpathSync(temporaryFolder());
  fs.mkdirSync(path.join(root, 'far/deep'), { recursive: true });
  fs.mkdirSync(path.join(root, 'far/z'));
  fs.writeFileSync(path.join(root, 'far/z/f'), 'one');
  fs.symlinkSync('far/deep', path.join(root, 'current'));
  fs.symlinkSync('current/../z/f', path.join(root, 'file'));
  fs.symlinkSync('current/../z', path.join(root, 'folder'));
  const told = () =>
    new LookedAt({ root, ownFolder: path.join(root, '.own'), onFolder: () => {}, onAbove: () => {} });
  const ofFile = told();
  ofFile.followed(path.join(root, 'file'));
  for (const name of ['current', 'far/deep', 'far/z', 'far/z/f'])
    expect(ofFile.matters(path.join(root, name), 'entry'), name).toBe(true);
  expect(ofFile.isOnTheWay(path.join(root, 'current'))).toBe(false);
  const ofFolder = told();
  ofFolder.followed(path.join(root, 'folder'));
  for (const name of ['current', 'far/deep', 'far/z'])
    expect(ofFolder.isOnTheWay(path.join(root, name)), name).toBe(true);
});
