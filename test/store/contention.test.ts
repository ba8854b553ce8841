// Several processes at one cache: what comes out is whole and right, or it is a miss.
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderActions } from '../../src/store/actions.ts';
import { FolderBlobs } from '../../src/store/blobs.ts';
import { compiled, startChild } from './child.ts';
import { digest } from './samples.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** How often each process does its work: PIPE_TEST_CACHE_TURNS=5000 for a long run. */
const turns = Number(process.env.PIPE_TEST_CACHE_TURNS ?? 150);

interface Counts {
  readonly restored: number;
  readonly missed: number;
  readonly collected: number;
}

/** Lets them all loose on one cache; answers what each counted. Anything else that one says is a fault. */
async function atOneCache(state: string, roles: readonly string[]): Promise<readonly Counts[]> {
  const program = compiled(new URL('./caching.child.ts', import.meta.url), temporaryFolder());
  const children = roles.map((role) => startChild(program, [role, state, temporaryFolder(), String(turns)]));
  return Promise.all(
    children.map(async (child) => {
      const line = await child.hear();
      expect(line).toMatch(/^done /);
      return JSON.parse(line!.slice('done '.length)) as Counts;
    }),
  );
}

test('two that store the same keys, and two that restore them meanwhile', async () => {
  const state = path.join(temporaryFolder(), 'state');
  const counts = await atOneCache(state, ['store', 'store', 'restore', 'restore']);
  const [third, fourth] = counts.slice(2);
  expect(third!.restored + third!.missed).toBe(turns);
  expect(fourth!.restored + fourth!.missed).toBe(turns);
  for (const key of ['a', 'b', 'c']) {
    const found = new FolderActions(state).get(digest(key));
    expect(found?.outputs).toHaveLength(3);
    for (const output of found!.outputs) expect(new FolderBlobs(state).verify(output.digest)).toBe(true);
  }
});

test('a collection while others store and restore: entries go, and never half of one is restored', async () => {
  const state = path.join(temporaryFolder(), 'state');
  const [, , restoring, collecting] = await atOneCache(state, ['store', 'store', 'restore', 'collect']);
  expect(restoring!.restored + restoring!.missed).toBe(turns);
  expect(collecting!.collected).toBeGreaterThan(0);
});
