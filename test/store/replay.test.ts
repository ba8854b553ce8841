// A stored log told again.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { replayText } from '../../src/store/replay.ts';
import { temporaryFolder } from './temporary-folder.ts';

function replayed(text: string): { readonly pieces: readonly string[]; readonly log: string } {
  const folder = temporaryFolder();
  const from = path.join(folder, 'stored');
  const to = path.join(folder, 'run.log');
  fs.writeFileSync(from, text);
  fs.writeFileSync(to, 'before\n');
  const pieces: string[] = [];
  replayText(from, to, (piece) => pieces.push(piece));
  return { pieces, log: fs.readFileSync(to, 'utf8') };
}

test('the text goes behind what the log holds already, and is told in whole lines', () => {
  expect(replayed('one\ntwo')).toEqual({ pieces: ['one\n', 'two'], log: 'before\none\ntwo' });
  expect(replayed('')).toEqual({ pieces: [], log: 'before\n' });
});

test('letters of several bytes survive wherever the reading is cut', () => {
  const text = `x${'ü'.repeat(100_000)}\nend\n`;
  const { pieces, log } = replayed(text);
  expect(pieces.join('')).toBe(text);
  expect(log).toBe(`before\n${text}`);
});

test('a line without an end goes on in pieces', () => {
  const { pieces } = replayed('x'.repeat(1_000_000));
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join('')).toHaveLength(1_000_000);
});
