// Of which news a watch has to hear, by what the verdicts rest on.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { LookedAt } from '../../src/watch/looked-at.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

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
