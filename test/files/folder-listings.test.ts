// What is remembered of folders while something is heard of single names in them.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FolderListings } from '../../src/files/folder-listings.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function scene(...names: readonly string[]) {
  const root = fs.realpathSync(temporaryFolder());
  const folder = path.join(root, 'in');
  fs.mkdirSync(folder);
  for (const name of names) fs.writeFileSync(path.join(folder, name), '');
  const listings = new FolderListings();
  const found = (kind = 'file') => {
    const listing = listings.list(folder);
    if (listing.kind !== 'listed') return listing.kind;
    return listing.entries
      .filter((entry) => entry.kind === kind)
      .map(({ name }) => name)
      .sort();
  };
  return { folder, listings, found, at: (name: string) => path.join(folder, name) };
}

test('of names that are in doubt alone it is asked what they are', () => {
  const { listings, found, at } = scene('kept', 'gone', 'folder');
  expect(found()).toEqual(['folder', 'gone', 'kept']);
  fs.rmSync(at('gone'));
  fs.rmSync(at('folder'));
  fs.mkdirSync(at('folder'));
  for (const name of ['new', 'unheard']) fs.writeFileSync(at(name), '');
  for (const name of ['kept', 'gone', 'folder', 'new', 'never']) listings.doubt(at(name));
  expect(found()).toEqual(['kept', 'new']);
  expect(found('folder')).toEqual(['folder']);
  listings.doubt(at('unheard'));
  expect(found()).toEqual(['kept', 'new', 'unheard']);
});

test('what is as it was is the same listing, and what is not is another', () => {
  const { folder, listings, at } = scene('a', 'b');
  const before = listings.list(folder);
  fs.writeFileSync(at('a'), 'edited');
  listings.doubt(at('a'));
  listings.doubt(at('c'));
  expect(listings.list(folder)).toBe(before);
  fs.rmSync(at('a'));
  listings.doubt(at('a'));
  expect(listings.list(folder)).not.toBe(before);
  expect(before.kind === 'listed' && before.entries.length).toBe(2);
});

test('a folder is listed anew of which very much is in doubt', () => {
  const { listings, found, at } = scene('a');
  expect(found()).toEqual(['a']);
  fs.writeFileSync(at('unheard'), '');
  for (let i = 0; i < 30; i++) listings.doubt(at(`${i}`));
  expect(found()).toEqual(['a', 'unheard']);
});

test('and one of which a name is no text, or may be the new name of another', () => {
  const { listings, found, at } = scene('a');
  expect(found()).toEqual(['a']);
  fs.writeFileSync(at('unheard'), '');
  listings.doubt(at('\ufffd'));
  expect(found()).toEqual(['a', 'unheard']);
  fs.writeFileSync(at('again'), '');
  fs.writeFileSync(at('A'), '');
  listings.doubt(at('A'));
  expect(found()).toEqual(['A', 'a', 'again', 'unheard']);
});

test('a folder that is gone with its files is no empty folder', () => {
  const { folder, listings, found, at } = scene('a');
  expect(found()).toEqual(['a']);
  fs.rmSync(folder, { recursive: true });
  listings.doubt(at('a'));
  expect(found()).toBe('absent');
});
