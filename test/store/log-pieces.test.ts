// A file of lines that is read piece by piece is the same file.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { piecesOf } from '../../src/store/log-pieces.ts';
import { temporaryFolder } from './temporary-folder.ts';

const texts = ['', '\n', 'a', 'a\n', 'a\nbb\n\nccc', `${'long'.repeat(20)}\nb\n`, 'a\nb\nc\nd\n'];

test('whatever their size, pieces are whole lines, and together all there is', () => {
  const file = path.join(temporaryFolder(), 'state');
  for (const text of texts) {
    fs.writeFileSync(file, text);
    for (const pieceBytes of [1, 2, 3, 5, 100, Number.POSITIVE_INFINITY]) {
      const pieces = [...piecesOf(file, pieceBytes)].length;
      const read: string[] = [];
      for (const piece of piecesOf(file, pieceBytes)) read.push(piece!.bytes.toString());
      const said = JSON.stringify([text, pieceBytes]);
      expect(read.join(''), said).toBe(text);
      expect(read.length, said).toBe(pieces);
      expect(
        read.slice(0, -1).every((one) => one.endsWith('\n')),
        said,
      ).toBe(true);
      if (text.length <= pieceBytes) expect(pieces, said).toBe(1);
    }
  }
});

test('lines that are longer than a piece are read, those after it in pieces again', () => {
  const file = path.join(temporaryFolder(), 'state');
  const lines = ['x'.repeat(50), ...Array.from({ length: 100 }, (_, i) => `y${i}`)];
  fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  const read: string[] = [];
  for (const piece of piecesOf(file, 8)) read.push(piece!.bytes.toString());
  expect(read.length).toBeGreaterThan(1);
  expect(read.join('').split('\n').slice(0, -1)).toEqual(lines);
});

test('of a file that is cut while it is read comes what is left; of none, and of a folder, nothing', () => {
  const folder = temporaryFolder();
  const file = path.join(folder, 'state');
  fs.writeFileSync(file, 'one\ntwo\nthree\n');
  const read: string[] = [];
  for (const piece of piecesOf(file, 4)) {
    read.push(piece!.bytes.toString());
    fs.truncateSync(file, 8);
  }
  expect(read.join('')).toBe('one\ntwo\n');
  expect([...piecesOf(path.join(folder, 'none'))]).toEqual([]);
  expect([...piecesOf(folder)]).toEqual([]);
});

test('where the disk refuses on, that is said', () => {
  const file = path.join(temporaryFolder(), 'state');
  fs.writeFileSync(file, 'one\ntwo\nthree\n');
  let reads = 0;
  const pieces = piecesOf(file, 4, (...asked) => {
    if (reads++ > 0) throw Object.assign(new Error('EIO'), { code: 'EIO' });
    return fs.readSync(...asked);
  });
  expect(pieces.next().value?.bytes.toString()).toBe('one\n');
  expect(pieces.next()).toEqual({ done: false, value: null });
  expect(pieces.next().done).toBe(true);
});
