// Stamps that outlive the runs of a watch: relied on between runs, for what nobody has heard of.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { StandingStamps } from '../../src/files/standing-stamps.ts';
import { WorkspaceFiles } from '../../src/files/workspace-files.ts';

let root = '';
beforeEach(() => {
  root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-standing-')));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

const memory = { get: () => undefined, put: () => {} };

function opened() {
  const standing = new StandingStamps();
  const files = new WorkspaceFiles({ walk: null, root, memory, probeFolder: null, standing });
  const sees = (name: string) => files.look(name as FilePath)?.kind ?? null;
  return { standing, files, sees };
}

test('between runs, what was looked at is as it was, unless something was heard of it', () => {
  const { standing, files, sees } = opened();
  fs.writeFileSync(path.join(root, 'kept'), '');
  fs.writeFileSync(path.join(root, 'heard'), '');
  expect([sees('kept'), sees('heard'), sees('absent')]).toEqual(['file', 'file', null]);
  for (const name of ['kept', 'heard']) fs.rmSync(path.join(root, name));
  fs.writeFileSync(path.join(root, 'absent'), '');
  files.forget();
  files.forget([path.join(root, 'heard')]);
  standing.relyOnce(() =>
    expect([sees('kept'), sees('heard'), sees('absent')]).toEqual(['file', null, null]),
  );
});

test('a run looks for itself, and what it sees stands from then on', () => {
  const { standing, files, sees } = opened();
  expect(sees('made')).toBe(null);
  fs.writeFileSync(path.join(root, 'made'), '');
  files.forget();
  expect(sees('made')).toBe('file');
  fs.rmSync(path.join(root, 'made'));
  files.forget();
  standing.relyOnce(() => expect(sees('made')).toBe('file'));
});

test('where anything may have changed, nothing stands', () => {
  const { standing, files, sees } = opened();
  expect(sees('made')).toBe(null);
  fs.writeFileSync(path.join(root, 'made'), '');
  files.forget();
  standing.dropAll();
  standing.relyOnce(() => expect(sees('made')).toBe('file'));
});

test('a look that fails is the last one to rely on it', () => {
  const { standing, files, sees } = opened();
  expect(sees('made')).toBe(null);
  expect(() =>
    standing.relyOnce(() => {
      throw new Error('refused');
    }),
  ).toThrow('refused');
  fs.writeFileSync(path.join(root, 'made'), '');
  files.forget();
  expect(sees('made')).toBe('file');
});
