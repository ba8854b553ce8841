// All lessons, and those pictures that there are: what an optional stage could not make is done without.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const config = (fields = '') => `{ budget: { usd: 3 }, jobs: 1, stages: {
  l: { forEach: 'sow/{n}.txt', produces: ['out/{n}.md'], run: 'cp {item} {produces}' },
  d: { forEach: 'out/{n}.md', optional: true, produces: ['dia/{n}.svg'],
    run: 'cp {item} {produces}; grep -q nodia {item} && exit 1; true' ${fields} },
  r: { requires: ['out/*.md', optional('dia/*.svg')], produces: ['rep.txt'], run: 'cat {requires} > {produces}' },
} }`;

const sow = { 'sow/1.txt': 'one\n', 'sow/2.txt': 'nodia\n' };

test('a report takes the pictures that there are, and is stale when there are others', async () => {
  await using rig = await Rig.compiled(sow, config());
  const first = await rig.build();
  expect(first).toMatchObject({ code: 0, failed: ['d:out/2.md'], skipped: [] });
  expect(first.finished).toMatchObject({ outcome: 'degraded' });
  // Of the picture that failed nothing, though half of it was there.
  expect(rig.read('rep.txt')).toBe('one\none\nnodia\n');
  expect(await rig.build()).toMatchObject({ code: 0, failed: ['d:out/2.md'], executed: [] });

  rig.write('sow/2.txt', 'two\n');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['d:out/2.md', 'l:sow/2.txt', 'r'] });
  expect(rig.read('rep.txt')).toBe('one\ntwo\none\ntwo\n');

  rig.write('sow/2.txt', 'nodia, alas\n');
  expect(await rig.build()).toMatchObject({ code: 0, failed: ['d:out/2.md'] });
  expect(rig.read('rep.txt')).toBe('one\none\nnodia, alas\n');
});

test('pictures that did not begin for the budget are waited for', async () => {
  const pays = `.replace('cp', 'echo \\'{"metric":{"usd":3}}\\' >> "$PIPE_OUTPUT"; cp')`;
  await using rig = await Rig.compiled({ ...sow, 'sow/0.txt': 'nodia\n' }, config(pays));
  const first = await rig.build();
  expect(first).toMatchObject({ code: 3, failed: ['d:out/0.md'], skipped: ['r'] });
  const next = await rig.build(['--budget', 'usd=100']);
  expect(next).toMatchObject({
    code: 0,
    failed: ['d:out/0.md', 'd:out/2.md'],
    executed: ['d:out/1.md', 'r'],
  });
  expect(rig.read('rep.txt')).toBe('one\nnodia\none\nnodia\n');
});
