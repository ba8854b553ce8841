// Which stamps a build of a part takes for proven.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Digest } from '../../src/base/brand.ts';
import { isRead } from '../../src/cli/vouched-stamps.ts';
import { stampOf } from '../../src/files/stamp.ts';
import { workspace } from '../files/workspace.ts';

test('a file counts as read under the stamp that it has now alone, by its name in the workspace', () => {
  const root = workspace({ 'in/a': '1', 'in/b': '1', 'in/c': '1' });
  const at = (name: string) => path.join(root, name);
  const known = new Map(['in/a', at('in/b')].map((name) => [name, stampOf(path.resolve(root, name))!]));
  const memory = {
    get(name: string) {
      const stamp = known.get(name);
      return stamp && { stamp, digest: 'x' as Digest };
    },
    put() {},
  };
  const read = ['in/a', 'in/b', 'in/c', 'in/d'].filter((name) => isRead(memory, root, at(name)));
  expect(read).toEqual(['in/a']);
  // From elsewhere it has its whole name.
  expect(isRead(memory, at('elsewhere'), at('in/b'))).toBe(true);
  fs.writeFileSync(at('in/a'), '22');
  expect(isRead(memory, root, at('in/a'))).toBe(false);
});
