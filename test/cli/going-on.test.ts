// Which command lines go on with what one was about.
import { expect, test } from 'vitest';
import { budgetToGoOn, flagsToGoOn } from '../../src/cli/going-on.ts';
import { validate } from '../../src/model/validation/validate.ts';
import { accepted, place } from '../model/validation/sample-config.ts';

const spec = {
  params: { subject: { type: 'string', default: 'art' }, level: { type: 'number', default: 3 } },
  stages: { a: { run: 'make it {params.subject} {params.level}' } },
};

function pipelineWith(...typed: readonly string[]) {
  const result = validate(spec, place, { params: { typed, open: false } });
  if (!result.ok) throw new Error(result.error[0]!.message);
  return result.value;
}

const at = (pipeline: ReturnType<typeof accepted>) => ({ pipeline, root: process.cwd() });

test('a task is gone on with under the same parameters and configuration, within the same selection', () => {
  expect(flagsToGoOn(at(accepted(spec)), {})).toMatchObject({ build: '', accept: '' });
  const flags = {
    ...{ from: ['b'], to: ['d'], skip: ['c'], config: "ann's.ts", envFile: ['.env'], budget: { usd: 1 } },
  };
  const workspace = " -p subject='fine arts' --config 'ann'\\''s.ts' --env-file .env";
  expect(flagsToGoOn(at(pipelineWith('subject=fine arts')), flags)).toMatchObject({
    build: ` --from b --skip c${workspace}`,
    accept: workspace,
  });
});

test('what a budget has left is gone on with as a whole, and with the other budgets', () => {
  const { params } = pipelineWith('level=4');
  const goOn = budgetToGoOn({ params }, ['a', 'all of it'], { skip: ['c'], budget: { usd: 1, tokens: 9 } });
  expect(goOn('usd', 2)).toBe(
    "pipe build a 'all of it' --skip c -p level=4 --budget usd=2 --budget tokens=9",
  );
  expect(budgetToGoOn(accepted(spec), [], {})('usd', 20)).toBe('pipe build --budget usd=20');
});

test('what was forced and is left is forced by its names, and what was forced and has run is not', () => {
  const { params } = pipelineWith('level=4');
  const goOn = budgetToGoOn({ params }, ['a', 'b'], { force: true, skip: ['c'] });
  expect(goOn('usd', 4, ['a:in/2 .txt', 'b'])).toBe(
    "pipe build --force 'a:in/2 .txt' b --skip c -p level=4 --budget usd=4",
  );
  // More than anybody would type.
  const many = Array.from({ length: 21 }, (_, i) => `a:${i}`);
  expect(goOn('usd', 4, many)).toBe('pipe build a b --skip c -p level=4 --budget usd=4');
});
