// The folders of a run.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FilePath, TaskId } from '../../src/base/brand.ts';
import { JournalSink } from '../../src/journal/journal-sink.ts';
import { StateRunFolders } from '../../src/journal/run-folders.ts';
import { keptWords } from '../../src/model/words/kept-words.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';
import { events, RUN } from './samples.ts';

const TASK = 'merge:a/b' as TaskId;

function foldersIn(root: string, state = path.join(root, '.pipeline-cache')) {
  const troubles: string[] = [];
  const folders = new StateRunFolders({ root, state, runId: RUN, onTrouble: (text) => troubles.push(text) });
  return { folders, state, troubles };
}

test('nothing is made before it is asked for', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  [...folders.places('displaced', TASK)];
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
  expect(folders.keep('rejected', task)).toBe(path.join(state, 'rejected', RUN, 'merge'));
  expect(folders.keep('aside', task)).toBe(path.join(state, 'aside', RUN, 'merge'));
});

test('what earlier runs put away of a person’s can be listed', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const folder = path.join(state, 'displaced', RUN);
  expect(folders.displacedIn(RUN).untold).toEqual([]);
  fs.mkdirSync(path.join(folder, 'out/deep'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'out/deep/b.txt'), '');
  fs.symlinkSync('nowhere', path.join(folder, 'out/a'));
  expect(folders.displacedIn(RUN).untold).toEqual([
    { folder, file: { path: 'out/a', kind: 'link' } },
    { folder, file: { path: 'out/deep/b.txt', kind: 'file' } },
  ]);
});

test('what may be a person’s goes where something was kept last, or to a new place each time that is taken', () => {
  const root = temporaryFolder();
  const task = 'merge' as TaskId;
  /** The names of the first three. */
  const places = (occasion: 'displaced' | 'killed', { folders, state } = foldersIn(root)) => {
    const names: string[] = [];
    for (const place of folders.places(occasion, task)) {
      names.push(path.relative(state, place));
      if (names.length === 3) break;
    }
    return names;
  };
  const numbered = (first: string, ...numbers: readonly string[]) => numbers.map((number) => first + number);
  const [displaced, killed] = [`displaced/${RUN}`, `rejected/${RUN}/merge~killed`];
  expect(places('displaced')).toEqual(numbered(displaced, '', '~2', '~3'));
  expect(places('killed')).toEqual(numbered(killed, '', '~2', '~3'));
  // The first is free again, but what comes there would be older than what is in the others.
  for (const name of [`${RUN}~2`, `${RUN}~10`, `${RUN}~10~old`, `${RUN}~011`, `${RUN}nd`])
    fs.mkdirSync(path.join(root, '.pipeline-cache/displaced', name), { recursive: true });
  fs.mkdirSync(path.join(root, '.pipeline-cache', killed), { recursive: true });
  expect(places('displaced')).toEqual(numbered(displaced, '~10', '~11', '~12'));
  expect(places('killed')).toEqual(numbered(killed, '', '~2', '~3'));

  const same = foldersIn(root);
  expect(places('displaced', same)).toEqual(numbered(displaced, '~10', '~11', '~12'));
  expect(places('displaced', same)).toEqual(numbered(displaced, '~12', '~13', '~14'));
  expect([...foldersIn(root).folders.places('displaced', task)]).toHaveLength(1000);
});

test('what a run has told of says so', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const files = ['a', 'ab', 'several/a', 'several/b'];
  for (const file of files) {
    const place = path.join(state, 'displaced', RUN, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, '');
  }
  const journal = new JournalSink({ folder: () => folders.run(), onTrouble: () => {} });
  const place = `.pipeline-cache/displaced/${RUN}`;
  const warnings = [
    { message: keptWords('ab', `${place}/ab`, '') },
    { message: `s no longer makes several/a: they are kept in ${place}`, paths: ['several/a'] },
    { message: 'several/b is required', paths: ['several/b'] },
  ];
  for (const event of events(...warnings.map((warning) => ({ kind: 'warning' as const, ...warning }))))
    journal.handle(event);
  const found = folders.displacedIn(RUN);
  expect(found.untold.map(({ file }) => file.path)).toEqual(['a', 'several/b']);
  expect([...files, 'none'].map((file) => found.of(file as FilePath)?.file.path)).toEqual([
    ...files,
    undefined,
  ]);
});

test('of what was put away of a person’s more than once the last is listed, whatever else lies there', () => {
  const { folders, state } = foldersIn(temporaryFolder());
  const place = (name: string) => path.join(state, 'displaced', name);
  for (const file of ['/a', '/b', '/c/x', '~2/c/x', '~10/a', 'nd/d', '-mine/e', '~10~old/a']) {
    fs.mkdirSync(path.dirname(place(`${RUN}${file}`)), { recursive: true });
    fs.writeFileSync(place(`${RUN}${file}`), '');
  }
  fs.symlinkSync('c', place(`${RUN}/link`));
  expect(folders.displacedIn(RUN).untold).toEqual([
    { folder: place(`${RUN}~10`), file: { path: 'a', kind: 'file' } },
    { folder: place(RUN), file: { path: 'b', kind: 'file' } },
    { folder: place(`${RUN}~2`), file: { path: 'c/x', kind: 'file' } },
    { folder: place(RUN), file: { path: 'link', kind: 'link' } },
  ]);
});

describe('at the end of a run with temporary files', () => {
  /** All that a run may have there; `told`: what a person was told of. */
  function ended(told: readonly string[], more: (place: string) => void = () => {}) {
    const root = temporaryFolder();
    fs.writeFileSync(path.join(root, '.pipeline-cache'), 'a file in the way');
    const { folders } = foldersIn(root);
    const place = path.resolve(folders.run(), '../..');
    onTestFinished(() => fs.rmSync(place, { recursive: true, force: true }));
    for (const file of ['events.jsonl', 'summary.json']) fs.writeFileSync(path.join(folders.run(), file), '');
    folders.scratch(TASK);
    for (const folder of folders.placesElsewhere('displaced', TASK)) {
      fs.mkdirSync(folder, { recursive: true });
      break;
    }
    for (const file of told) {
      fs.mkdirSync(path.dirname(path.join(place, file)), { recursive: true });
      fs.writeFileSync(path.join(place, file), '');
    }
    more(place);
    folders.close();
    return fs.existsSync(place) ? fs.readdirSync(place, { recursive: true }).sort() : null;
  }

  test('they stay where there is what is no file, such as a pipe', () => {
    const make = (place: string) => execFileSync('mkfifo', [path.join(place, 'displaced/pipe')]);
    expect(ended([], make)).toContain('displaced/pipe');
  });

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
