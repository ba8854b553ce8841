// The folders of a run.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TaskId } from '../../src/base/brand.ts';
import { StateRunFolders } from '../../src/journal/run-folders.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { RUN } from './samples.ts';

const TASK = 'merge:a/b' as TaskId;

function foldersIn(root: string, state = path.join(root, '.pipeline-cache')) {
  const troubles: string[] = [];
  const folders = new StateRunFolders({ root, state, runId: RUN, onTrouble: (text) => troubles.push(text) });
  return { folders, state, troubles };
}

test('nothing is made before it is asked for', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  folders.keep('displaced', TASK);
  expect(fs.existsSync(state)).toBe(false);
});

test('logs and scratch folders are ready to be written to', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  fs.writeFileSync(folders.logPath(TASK), 'log');
  fs.writeFileSync(path.join(folders.scratch(TASK), 'x'), '');
  expect(path.relative(state, folders.logPath(TASK))).toMatch(
    /^runs\/20261121-094512-3f9a\/logs\/merge_a_b~\w+\.log$/,
  );
  expect(path.relative(state, folders.scratch(TASK))).toMatch(/^scratch\/merge_a_b~\w+$/);
  expect(path.relative(state, folders.run())).toBe('runs/20261121-094512-3f9a');
});

test('the state folder hides itself from git and from backups, and keeps what a person wrote there', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  folders.run();
  expect(fs.readFileSync(path.join(state, '.gitignore'), 'utf8')).toBe('*\n');
  expect(fs.readFileSync(path.join(state, 'CACHEDIR.TAG'), 'utf8')).toMatch(
    /^Signature: 8a477f597d28d172789f06886806bc55\n/,
  );
  fs.writeFileSync(path.join(state, '.gitignore'), 'mine');
  foldersIn(path.dirname(state)).folders.run();
  expect(fs.readFileSync(path.join(state, '.gitignore'), 'utf8')).toBe('mine');
});

test('what is kept has a place of its own in each run', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const task = 'merge' as TaskId;
  expect(folders.keep('displaced', task)).toBe(path.join(state, 'displaced', RUN));
  expect(folders.keep('rejected', task)).toBe(path.join(state, 'rejected', RUN, 'merge'));
  expect(folders.keep('aside', task)).toBe(path.join(state, 'aside', RUN, 'merge'));
});

test('what earlier runs put away of a person’s can be listed', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const folder = path.join(state, 'displaced', RUN);
  expect(folders.displacedIn(RUN)).toEqual([]);
  fs.mkdirSync(path.join(folder, 'out/deep'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'out/deep/b.txt'), '');
  fs.symlinkSync('nowhere', path.join(folder, 'out/a'));
  expect(folders.displacedIn(RUN)).toEqual([
    { folder, file: { path: 'out/a', kind: 'link' } },
    { folder, file: { path: 'out/deep/b.txt', kind: 'file' } },
  ]);
});

test('what cannot lie beside what is kept already has a place of its own, and the last of each path is listed', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const task = 'merge' as TaskId;
  expect(folders.keep('rejected', task, 2)).toBe(path.join(state, 'rejected', RUN, 'merge~2'));
  expect(folders.keep('displaced', task, 10)).toBe(path.join(state, 'displaced', `${RUN}~10`));
  const put = (folder: string, file: string) => {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, file), '');
    return folder;
  };
  const [first, second, tenth] = [1, 2, 10].map((nth) => put(folders.keep('displaced', task, nth), 'a'));
  for (const [folder, file] of [
    [first!, 'b'],
    [first!, 'c'],
    [second!, 'c'],
    // Somebody's own.
    [`${second!}nd`, 'd'],
    [`${first!}-mine`, 'e'],
  ])
    put(folder!, file!);
  expect(folders.displacedIn(RUN)).toEqual([
    { folder: tenth, file: { path: 'a', kind: 'file' } },
    { folder: first, file: { path: 'b', kind: 'file' } },
    { folder: second, file: { path: 'c', kind: 'file' } },
  ]);
});

describe('at the end of a run with temporary files', () => {
  /** All that a run may have there; `told`: what a person was told of. */
  function ended(told: readonly string[]) {
    const root = temporaryFolder();
    fs.writeFileSync(path.join(root, '.pipeline-cache'), 'a file in the way');
    const { folders } = foldersIn(root);
    const place = path.resolve(folders.run(), '../..');
    onTestFinished(() => fs.rmSync(place, { recursive: true, force: true }));
    for (const file of ['events.jsonl', 'summary.json']) fs.writeFileSync(path.join(folders.run(), file), '');
    folders.scratch(TASK);
    fs.mkdirSync(folders.keepElsewhere('displaced', TASK), { recursive: true });
    for (const file of told) {
      fs.mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
      fs.writeFileSync(path.join(place, file), '');
    }
    folders.close();
    return fs.existsSync(place) ? fs.readdirSync(place, { recursive: true }).sort() : null;
  }

  test('they go where there is nothing to be found in them', () => {
    expect(ended([])).toBe(null);
  });

  test.each([`runs/${RUN}/logs/a.log`, `displaced/${RUN}/a.txt`, `rejected/${RUN}/a/a.txt`])(
    'what a person was told of stays, without empty folders: %s',
    (file) => {
      expect(ended([file])).toContain(file);
      expect(ended([file])).not.toContain('scratch');
    },
  );
});

test('where the state folder cannot be written, there is another place, and one is told', () => {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, '.pipeline-cache'), 'a file in the way');
  const { folders, troubles } = foldersIn(root);
  const log = folders.logPath(TASK);
  onTestFinished(() => fs.rmSync(path.resolve(log, '../../../..'), { recursive: true }));
  fs.writeFileSync(log, 'log');
  fs.writeFileSync(path.join(folders.scratch(TASK), 'x'), '');
  expect(troubles).toHaveLength(1);
});
