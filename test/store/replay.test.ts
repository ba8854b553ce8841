// A stored log told again.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { replayText } from '../../src/store/replay.ts';
import { temporaryFolder } from './temporary-folder.ts';

async function replayed(text: string): Promise<{ readonly pieces: readonly string[]; readonly log: string }> {
  const folder = temporaryFolder();
  const from = path.join(folder, 'stored');
  const to = path.join(folder, 'run.log');
  fs.writeFileSync(from, text);
  fs.writeFileSync(to, 'before\n');
  const pieces: string[] = [];
  await replayText(from, to, async (piece) => void pieces.push(piece));
  return { pieces, log: fs.readFileSync(to, 'utf8') };
}

test('the text goes behind what the log holds already, and is told in whole lines', async () => {
  expect(await replayed('one\ntwo')).toEqual({ pieces: ['one\n', 'two'], log: 'before\none\ntwo' });
  expect(await replayed('')).toEqual({ pieces: [], log: 'before\n' });
});

test('letters of several bytes survive wherever the reading is cut', async () => {
  const text = `x${'ü'.repeat(100_000)}\nend\n`;
  const { pieces, log } = await replayed(text);
  expect(pieces.join('')).toBe(text);
  expect(log).toBe(`before\n${text}`);
});

test('a line without an end goes on in pieces', async () => {
  const { pieces } = await replayed('x'.repeat(1_000_000));
  expect(pieces.length).toBeGreaterThan(5);
  expect(pieces.join('')).toHaveLength(1_000_000);
});
