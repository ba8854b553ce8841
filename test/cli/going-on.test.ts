// Which command lines go on with what one was about.
import { expect, test } from 'vitest';
import type { RunId } from '../../src/base/brand.ts';
import { withBuildFlags, withPlace, withSelection } from '../../src/cli/flag-groups.ts';
import { budgetToGoOn, flagsToGoOn } from '../../src/cli/going-on.ts';
import { Command } from '../../src/cli/parser.ts';
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

const rest = { metric: 'usd', limit: 4, left: [], forcedIn: null };
const run = '20261128-101112-abcd' as RunId;

test('what a budget has left is gone on with as a whole, and with the other budgets', () => {
  const { params } = pipelineWith('level=4');
  const goOn = budgetToGoOn({ params }, ['a', 'all of it'], { skip: ['c'], budget: { usd: 1, tokens: 9 } });
  expect(goOn({ ...rest, left: ['b'] })).toBe(
    "pipe build a 'all of it' --skip c -p level=4 --budget usd=4 --budget tokens=9",
  );
  expect(budgetToGoOn(accepted(spec), [], {})(rest)).toBe('pipe build --budget usd=4');
});

test('it is gone on with in the same manner', () => {
  const flags = { keepGoing: true, jobs: 2, freshness: 'mtime', cache: false };
  const goOn = budgetToGoOn(accepted(spec), [], flags);
  expect(goOn(rest)).toBe('pipe build -k -j 2 --freshness mtime --no-cache --budget usd=4');
  expect(budgetToGoOn(accepted(spec), [], { continueOnError: true, cache: true })(rest)).toBe(
    'pipe build -k --budget usd=4',
  );
  expect(flagsToGoOn(at(accepted(spec)), flags)).toMatchObject({
    build: ' --freshness mtime --no-cache',
    accept: '',
  });
});

test('what was forced and is left is forced by its names, and what was forced and has run is not', () => {
  const { params } = pipelineWith('level=4');
  const flags = { force: true, skip: ['c'], keepGoing: true, envFile: ['.env'] };
  const goOn = budgetToGoOn({ params }, ['a', 'b'], flags);
  expect(goOn({ ...rest, left: ['a:in/2 .txt', 'b'], forcedIn: run })).toBe(
    "pipe build --force 'a:in/2 .txt' b --skip c -p level=4 --env-file .env -k --budget usd=4",
  );
  // More than anybody would type: the run itself knows what was forced, with which targets and parameters.
  const many = Array.from({ length: 21 }, (_, i) => `a:${i}`);
  expect(goOn({ ...rest, left: many, forcedIn: run })).toBe(
    `pipe build --resume ${run} --env-file .env -k --budget usd=4`,
  );
});

test('what was to be audited and is left is audited, and what has been is not executed again for it', () => {
  const goOn = budgetToGoOn(accepted(spec), ['all of it'], { audit: true });
  expect(goOn({ ...rest, left: ['a:1', 'b'] })).toBe('pipe build --audit a:1 b --budget usd=4');
  const items = Array.from({ length: 21 }, (_, i) => `a:${i}`);
  expect(goOn({ ...rest, left: [...items, 'b'] })).toBe('pipe build --audit a b --budget usd=4');
  const stages = Array.from({ length: 21 }, (_, i) => `a${i}`);
  expect(goOn({ ...rest, left: stages })).toBe("pipe build --audit 'all of it' --budget usd=4");
  const forcing = budgetToGoOn(accepted(spec), [], { audit: true, force: true });
  expect(forcing({ ...rest, left: ['b'], forcedIn: run })).toBe(
    'pipe build --force --audit b --budget usd=4',
  );
});

test('a file of variables that only this process has is to be given again', () => {
  const flags = { envFile: ['/dev/fd/63', '/devices.env', '/dev/stdin'] };
  const variables = ' --env-file <(…) --env-file /devices.env --env-file <(…)';
  expect(flagsToGoOn(at(accepted(spec)), flags)).toMatchObject({ build: variables, accept: variables });
});

/** Each flag of the build, as it is typed, and as it is when a budget has something left. */
const typedAndRepeated: Readonly<Record<string, readonly [typed: string, repeated: string | null]>> = {
  '--config': ['--config c.ts', '--config c.ts'],
  '--root': ['--root r', '--root r'],
  '--from': ['--from a', '--from a'],
  '--to': ['--to a', '--to a'],
  '--only': ['--only a', '--only a'],
  '--skip': ['--skip b', '--skip b'],
  '--env-file': ['--env-file .env', '--env-file .env'],
  '--param': ['-p subject=math', '-p subject=math'],
  '--force': ['--force', '--force'],
  '--audit': ['--audit', '--audit'],
  '--since': ['--since last', '--since last'],
  '--jobs': ['-j 3', '-j 3'],
  '--freshness': ['--freshness mtime', '--freshness mtime'],
  '--no-cache': ['--no-cache', '--no-cache'],
  '--budget': ['--budget tokens=7', '--budget tokens=7'],
  '--keep-going': ['-k', '-k'],
  '--continue-on-error': ['--continue-on-error', '-k'],
  // It stands for targets, a selection, parameters and files of variables: these are repeated.
  '--resume': ['--resume last', null],
  // Nothing is spent by it.
  '--dry-run': ['-n', null],
  // How this one run is shown, and whether it waits for another: not what becomes of the files.
  '--profile': ['--profile', null],
  '--quiet': ['-q', null],
  '--verbose': ['-v', null],
  '--log-level': ['--log-level warn', null],
  '--json': ['--json', null],
  '--no-wait': ['--no-wait', null],
};

test('of each flag of the build it is known whether it is repeated', () => {
  const command = () => withBuildFlags(withSelection(withPlace(new Command('build'))));
  expect(Object.keys(typedAndRepeated).sort()).toEqual(
    command()
      .options.map(({ long }) => long)
      .sort(),
  );
  const plain = 'pipe build --budget usd=4';
  for (const [flag, [typed, repeated]] of Object.entries(typedAndRepeated)) {
    const flags = command().parse(typed.split(' '), { from: 'user' }).opts();
    const params = flag === '--param' ? ['subject=math'] : [];
    const forcedIn = flag === '--force' ? run : null;
    const line = budgetToGoOn(pipelineWith(...params), [], flags)({ ...rest, forcedIn });
    if (repeated === null) expect(line, flag).toBe(plain);
    else expect(` ${line} `, flag).toContain(` ${repeated} `);
  }
});
