// The example of a stage graph is what `pipe init` makes of it, and does what the runner before it did.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { Rig } from '../../rig/rig.ts';

const example = path.resolve(import.meta.dirname, '../../../examples/stage-graph');

test('its configuration is what is written from the graph, and builds, checks and goes on', async () => {
  await using rig = await Rig.with({});
  fs.cpSync(example, rig.root, { recursive: true });
  const committed = rig.read('pipeline.config.ts');
  rig.remove('pipeline.config.ts');
  expect(await rig.pipe(['init', '--from', 'stage-graph.json'])).toMatchObject({ code: 0 });
  expect(rig.read('pipeline.config.ts')).toBe(committed);

  rig.write('data/modules_temp/old', '');
  const built = await rig.build(['full-refresh', '--env-file', '.env.example']);
  expect(built).toMatchObject({
    code: 0,
    executed: ['create-module-list', 'index', 'measure', 'rank', 'report'],
  });
  expect(rig.read('reports/modules.md')).toMatch(
    /^# Modules of the example[\s\S]*\| 1 \| words \| 2 \| cli, page, store \|/,
  );
  const described = (await rig.pipe(['describe', 'full-refresh'])).stdout;
  expect(described).toMatch(/^full-refresh +a named pipeline[\s\S]*\nrank /);
  expect((await rig.pipe(['doctor'])).stdout).toMatch(/ok +tools +Python 3/);

  // Its hooks: one has put away what was old, and one tells of a failure.
  expect(rig.exists('data/modules_temp')).toBe(false);
  rig.write('scripts/rank.py', 'raise SystemExit(3)\n');
  await rig.build(['rank']);
  expect((await rig.pipe(['logs', 'last', 'rank'])).stdout).toBe('no ranking: exit code 3\n');

  rig.append('modules/page.txt', 'import words\nimport words\n');
  const refused = await rig.build(['-k', '-j1', '--env-file', '.env.example']);
  expect(refused).toMatchObject({ code: 1, executed: ['index'], finished: { failed: 1, skipped: 3 } });
  expect(refused.end('create-module-list')?.failure).toMatchObject({
    kind: 'check-failed',
    problems: [{ pointer: '/1/imports' }],
  });
});
