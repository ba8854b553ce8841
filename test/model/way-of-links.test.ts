// Which places a path comes by, and where it ends, when links are followed name by name.
import { expect, test } from 'vitest';
import { wayOfLinks } from '../../src/model/way-of-links.ts';

function way(folder: string, text: string, links: Readonly<Record<string, string>> = {}) {
  return wayOfLinks(folder, text, (place) => links[place] ?? null);
}

test('without links the names say where it ends', () => {
  expect(way('/r/in', 'a/./b//c/')).toEqual({ turns: [], end: '/r/in/a/b/c' });
  expect(way('/r/in', '../../../../x')).toEqual({ turns: [], end: '/x' });
  expect(way('/r/in', '/')).toEqual({ turns: [], end: '/' });
});

test('`..` leads up from where a link leads, and not from its name', () => {
  const links = { '/r/current': 'far/deep' };
  expect(way('/r', 'current/../z/f', links)).toEqual({
    turns: ['/r/current', '/r/far/deep'],
    end: '/r/far/z/f',
  });
  // What is left again has to be there all the same.
  expect(way('/r', 'nothing/../f')).toEqual({ turns: ['/r/nothing'], end: '/r/f' });
});

test('links lead on to links, to absolute places, and in a circle nowhere', () => {
  const links = { '/r/a': 'b', '/r/b': '/s/c', '/s/c': '../t', '/r/x': 'y', '/r/y': './x' };
  expect(way('/r', 'a/f', links)).toEqual({ turns: ['/r/a', '/r/b', '/s/c', '/s'], end: '/t/f' });
  expect(way('/r', 'x', links).end).toBe(null);
});

test('as many links are followed as the system follows', () => {
  const chain = (length: number) =>
    Object.fromEntries(Array.from({ length }, (_, i) => [`/${i}`, `${i + 1}`] as const));
  expect(way('/', '0', chain(40)).end).toBe('/40');
  expect(way('/', '0', chain(41)).end).toBe(null);
});
