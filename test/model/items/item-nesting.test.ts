// Items that would make a file where another stage needs a folder.
import { expect, test } from 'vitest';
import type { FilePath } from '../../../src/base/brand.ts';
import { nestedAcross } from '../../../src/model/items/item-nesting.ts';
import { taskForFile } from '../../../src/model/items/item-tasks.ts';
import { accepted } from '../validation/sample-config.ts';

function told(stages: Readonly<Record<string, object>>, items: readonly string[]) {
  const all = accepted({
    stages: Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, { run: 'x', ...stage }])),
  }).stages;
  const families = all
    .filter(({ forEach }) => forEach !== null)
    .map((stage) => ({
      stage,
      tasks: items.flatMap((item) => {
        const task = taskForFile(stage, `in/${item}` as FilePath);
        return task?.ok ? [task.value] : [];
      }),
    }));
  return nestedAcross(all, families).map(({ message, at }) => `${at}: ${message}`);
}

test('it is told of an item and a stage, whichever makes the file, and of items of two stages', () => {
  const each = { forEach: 'in/{n}', produces: 'out/{n}/f' };
  expect(told({ each, a: { produces: 'out/x' } }, ['x', 'y'])).toEqual([
    'stages.each.produces: stage "a" produces the file out/x, which would be a folder of what item in/x of stage "each" produces: out/x/f',
  ]);
  expect(told({ each: { ...each, produces: 'out/{n}' }, a: { produces: 'out/x/y/z*' } }, ['x', 'y'])).toEqual(
    [
      'stages.each.produces: item in/x of stage "each" produces the file out/x, which would be a folder of what stage "a" produces: out/x/y/z*',
    ],
  );
  expect(told({ each, other: { forEach: 'in/{m}', produces: 'out/{m}' } }, ['x', 'y'])).toHaveLength(2);
});

test('where no item has such a name, or a folder is meant, there is nothing to tell', () => {
  const each = { forEach: 'in/{n}', produces: 'out/{n}/f' };
  expect(told({ each, a: { produces: 'out/x' } }, ['y'])).toEqual([]);
  expect(told({ each, a: { produces: 'out/xy' } }, ['x'])).toEqual([]);
  expect(told({ each, a: { produces: 'other/x' } }, ['x'])).toEqual([]);
  expect(told({ each }, ['x'])).toEqual([]);
  // Of one stage its items tell by themselves.
  expect(told({ each: { ...each, produces: ['out/{n}', 'out/x/{n}'] } }, ['x', 'y'])).toEqual([]);
});
