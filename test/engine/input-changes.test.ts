// Whether what failed ran on inputs that were edited meanwhile, or on compiled code that somebody has deleted.
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { once } from '../../src/base/once.ts';
import type { Assessment } from '../../src/engine/assessment.ts';
import { wereEdited } from '../../src/engine/input-changes.ts';
import { taskOf } from '../../src/model/task.ts';
import { acceptedStage } from '../model/validation/sample-config.ts';
import { Machine, state } from '../rig/fake-world.ts';

const refusal = Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });

function failedOf(run: unknown) {
  const machine = Machine.with({ 'in.txt': '0', [`${state}/code.mjs`]: '' });
  const world = machine.start();
  const task = taskOf(acceptedStage({ requires: 'in.txt', produces: 'out.txt', run }));
  const inputs = world.files.expand(task.stage.requires, 'input').files;
  const seen = world.files.observe(inputs, 'input');
  const read = once(() => ({
    seen,
    fingerprint: () => {
      throw new Error('not asked for');
    },
  }));
  read();
  const assessed = { task, inputs, read } as unknown as Assessment;
  return { machine, world, asks: () => wereEdited(world, task, assessed) };
}

test('inputs as they were, with the compiled code there, were not edited', () => {
  for (const run of ['make it', () => {}]) expect(failedOf(run).asks()).toBe(false);
});

test('an edit counts, and so does compiled code that has gone', () => {
  const edited = failedOf('make it');
  edited.machine.edit('in.txt', '1');
  expect(edited.asks()).toBe(true);
  const { world, asks } = failedOf(() => {});
  const look = world.files.look.bind(world.files);
  Object.assign(world.files, { look: (path: FilePath) => (path.includes('code.mjs') ? null : look(path)) });
  expect(asks()).toBe(true);
});

test('what the disk refuses to tell is no edit, and a bug is not taken for that', () => {
  for (const [problem, expected] of [
    [refusal, false],
    [new TypeError('a bug'), null],
  ] as const) {
    const { world, asks } = failedOf('make it');
    const stamp = () => {
      throw problem;
    };
    Object.assign(world.files, { stamp });
    if (expected === null) expect(asks).toThrow('a bug');
    else expect(asks()).toBe(expected);
  }
});
