// Where a module would be looked for.
import { expect, test } from 'vitest';
import { placesOfModule, type Sayings } from '../../src/config/module-search.ts';

test('what an import of a package stands for is not mapped once more', () => {
  const imports = { '#a': '#b', '#b': './b.js', '#self': '#self' };
  const sayings: Sayings = {
    packageIn: (folder) => (folder === '/p' ? { imports } : null),
    byTsconfig: () => [],
  };
  const places = (name: string) => [...placesOfModule(name, { folder: '/p', by: 'import', sayings })];
  expect(places('#b')).toContain('/p/b.js');
  expect(places('#a')).not.toContain('/p/b.js');
  expect(places('#self').length).toBeGreaterThan(0);
});
