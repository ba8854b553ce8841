// What every adapter of the port `Files` must do, the fake one too.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import type { Files, ListedFile, Role } from '../../src/engine/ports.ts';
import type { PatternSet } from '../../src/model/glob/pattern-set.ts';
import { acceptedStage } from '../model/validation/sample-config.ts';

/** A workspace that a test changes by hand. Paths are relative to its root. */
export interface FilesPlace {
  write(path: string, content: string, executable?: boolean): void;
  link(path: string, target: string): void;
  folder(path: string): void;
  /** A named pipe. */
  pipe(path: string): void;
  remove(path: string): void;
  rename(from: string, to: string): void;
  /** As a new process sees it, with what earlier ones learned. */
  open(): Files;
}

export function patterns(...texts: readonly string[]): PatternSet {
  return acceptedStage({ requires: [...texts] }).requires;
}

const at = (path: string, kind: ListedFile['kind'] = 'file'): ListedFile => ({
  path: path as FilePath,
  kind,
});

export function filesConform(name: string, makePlace: () => FilesPlace): void {
  const scene = (sentence: string, play: (place: FilesPlace) => void | Promise<void>) =>
    test(`${name}: ${sentence}`, () => play(makePlace()));

  const listed = (place: FilesPlace, role: Role, ...texts: readonly string[]) =>
    place
      .open()
      .expand(patterns(...texts), role)
      .files.map((file) => file.path);

  const digestOf = (place: FilesPlace, path: string, role: Role = 'input') => {
    const files = place.open();
    const listing = files.look(path as FilePath);
    return listing === null ? null : (files.observe([listing], role).manifest[0]?.digest ?? null);
  };

  scene('lists what matches, sorted by code unit, each file once', (place) => {
    for (const path of ['b', 'a', 'Z', 'ä', 'sub/x', '.dot', "odd 'name'\n"]) place.write(path, '');
    expect(listed(place, 'input', '*', 'a', '**')).toEqual(['Z', 'a', 'b', "odd 'name'\n", 'sub/x', 'ä']);
    expect(listed(place, 'input', '.*')).toEqual(['.dot']);
  });

  scene('later entries win', (place) => {
    for (const path of ['in/a', 'in/b', 'in/c']) place.write(path, '');
    expect(listed(place, 'input', 'in/*', '!in/*', 'in/b')).toEqual(['in/b']);
    expect(listed(place, 'input', 'in/*', '!in/b')).toEqual(['in/a', 'in/c']);
  });

  scene('names the entries that matched nothing, excluded files not counting', (place) => {
    place.write('a', '');
    const { unmatched } = place.open().expand(patterns('a', 'b', 'c/*', '*', '!a'), 'input');
    expect(unmatched.map((entry) => entry.source)).toEqual(['a', 'b', 'c/*', '*']);
  });

  scene('in an owned folder dotfiles count, and empty folders as outputs', (place) => {
    place.write('own/.dot', '');
    place.folder('own/empty/deep');
    place.folder('own/full');
    place.write('own/full/x', '');
    expect(listed(place, 'output', 'own/')).toEqual(['own/.dot', 'own/empty/deep', 'own/full/x']);
    expect(listed(place, 'input', 'own/')).toEqual(['own/.dot', 'own/full/x']);
    expect(listed(place, 'output', 'own/**')).toEqual(['own/full/x']);
  });

  scene('folders are no files, asked for by name or by wildcard', (place) => {
    place.folder('folder');
    expect(listed(place, 'input', '*', 'folder')).toEqual([]);
    expect(place.open().look('folder' as FilePath)?.kind).toBe('folder');
    expect(place.open().look('absent' as FilePath)).toBe(null);
  });

  scene('a path is told where it really leads, be there something or not yet', (place) => {
    place.write('folder/a', '');
    place.link('link', 'folder/a');
    place.link('dangling', 'nowhere');
    const real = (path: string) => place.open().realPath(path as FilePath);
    expect(['folder', 'folder/a', 'link', 'dangling', 'absent'].map(real)).toEqual([
      'folder',
      'folder/a',
      'folder/a',
      'nowhere',
      'absent',
    ]);
  });

  scene('digests are of the content; kind and executable bit are told', (place) => {
    place.write('a', 'x');
    place.write('b', 'x', true);
    place.write('c', '');
    const { manifest } = place.open().observe([at('a'), at('b'), at('c')], 'input');
    expect(
      manifest.map(({ path, kind, executable, sizeBytes }) => [path, kind, executable, sizeBytes]),
    ).toEqual([
      ['a', 'file', false, 1],
      ['b', 'file', true, 1],
      ['c', 'file', false, 0],
    ]);
    expect(manifest[0]!.digest).toBe(manifest[1]!.digest);
    expect(manifest[0]!.digest).not.toBe(manifest[2]!.digest);
  });

  scene('a link as an output is its text alone; as an input also what it leads to', (place) => {
    place.write('one', '1');
    place.write('same', '1');
    place.link('link', 'one');
    const output = digestOf(place, 'link', 'output');
    const input = digestOf(place, 'link', 'input');
    place.write('one', '2');
    expect(digestOf(place, 'link', 'output')).toBe(output);
    expect(digestOf(place, 'link', 'input')).not.toBe(input);
    place.write('one', '1');
    expect(digestOf(place, 'link', 'input')).toBe(input);
    place.write('one', '1', true);
    expect(digestOf(place, 'link', 'input')).not.toBe(input);
    place.remove('link');
    place.link('link', 'same');
    expect(digestOf(place, 'link', 'output')).not.toBe(output);
    expect(digestOf(place, 'link', 'input')).not.toBe(input);
  });

  scene('a dangling link is an input, and another one once there is something behind it', (place) => {
    place.link('link', 'absent');
    expect(listed(place, 'input', '*')).toEqual(['link']);
    const dangling = digestOf(place, 'link');
    expect(dangling).not.toBe(null);
    place.write('absent', '');
    expect(digestOf(place, 'link')).not.toBe(dangling);
  });

  scene('what was listed and is gone is missing; a pipe is refused, not read', (place) => {
    place.write('a', '');
    place.pipe('pipe');
    const files = place.open();
    const { files: all } = files.expand(patterns('*'), 'input');
    expect(all.map((file) => file.path)).toEqual(['a', 'pipe']);
    place.remove('a');
    for (const role of ['input', 'output'] as const) {
      files.forget();
      const seen = files.observe(all, role);
      expect(seen.missing).toEqual(['a']);
      expect(seen.manifest).toEqual([]);
      expect(seen.unreadable).toEqual([{ path: 'pipe', message: 'is a device, pipe or socket' }]);
    }
  });

  scene('listings are remembered until told to forget', (place) => {
    place.write('a', '');
    const files = place.open();
    const paths = () => files.expand(patterns('*'), 'input').files.map((file) => file.path);
    expect(paths()).toEqual(['a']);
    place.write('b', '');
    expect(paths()).toEqual(['a']);
    files.forget();
    expect(paths()).toEqual(['a', 'b']);
  });

  scene('an edit of equal size right after reading is noticed', async (place) => {
    for (const settles of [false, true]) {
      place.write('a', '1');
      const files = place.open();
      const before = files.observe([at('a')], 'input').manifest;
      if (settles) await files.settle();
      for (const content of ['2', '3', '4']) {
        place.write('a', content);
        files.forget();
        expect(files.observe([at('a')], 'input').manifest).not.toEqual(before);
      }
      expect(digestOf(place, 'a')).toBe(files.observe([at('a')], 'input').manifest[0]!.digest);
    }
  });

  scene('another file moved into place is noticed', async (place) => {
    place.write('a', '1');
    place.write('b', '2');
    const files = place.open();
    const before = files.observe([at('a')], 'input').manifest;
    await files.settle();
    place.rename('b', 'a');
    files.forget();
    expect(files.observe([at('a')], 'input').manifest).not.toEqual(before);
  });

  scene('stamps come in the order asked, with null for what is not there', (place) => {
    place.write('a', '1');
    place.folder('f');
    const paths = ['f', 'absent', 'a', 'a/below'] as FilePath[];
    const stamps = place.open().stamp(paths, 'input');
    expect(stamps.map((stamp) => stamp?.kind ?? null)).toEqual(['folder', null, 'file', null]);
  });

  scene('stamps are taken anew each time, and those of an observation belong to it', (place) => {
    place.write('a', '1');
    const files = place.open();
    const seen = files.observe([at('a')], 'input');
    const stamp = () => files.stamp(['a' as FilePath], 'input')[0];
    expect(seen.stamps).toEqual([stamp()]);
    place.write('a', 'longer');
    expect(seen.stamps).not.toEqual([stamp()]);
  });

  scene('the stamp of a linked input shows a change of either end; of an output only the link’s', (place) => {
    place.write('one', '1');
    place.link('link', 'one');
    const stamps = () =>
      (['input', 'output'] as const).map((role) => place.open().stamp(['link' as FilePath], role)[0]);
    const [input, output] = stamps();
    place.write('one', 'longer');
    expect(stamps()[0]).not.toEqual(input);
    expect(stamps()[1]).toEqual(output);
    const [later] = stamps();
    place.remove('link');
    place.link('link', './one');
    expect(stamps()[0]).not.toEqual(later);
  });
}
