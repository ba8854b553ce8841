import { expect, test } from 'vitest';
import { readCallerEnv } from '../../src/exec/caller-env.ts';
import { Scene } from './scene.ts';

test('later files win over earlier ones, and the environment itself over all files', () => {
  using scene = new Scene();
  const first = scene.write('a.env', 'A=first\nB="first b"\n# comment\nC=first\n');
  const second = scene.write('b.env', 'B=second\nC=second\n');
  const { env, values, problems } = readCallerEnv({ C: 'own', D: '' }, [first, second]);
  expect(problems).toEqual([]);
  expect(values).toEqual({ A: 'first', B: 'second', C: 'own', D: '' });
  expect(env.names()).toEqual(['A', 'B', 'C', 'D']);
  expect([env.get('C'), env.get('D'), env.get('E')]).toEqual(['own', '', undefined]);
});

test('every file that cannot be read is a diagnostic', () => {
  using scene = new Scene();
  const { problems } = readCallerEnv({}, [scene.path('gone.env'), scene.folder]);
  expect(problems.map((one) => one.code)).toEqual(['PIPE035', 'PIPE035']);
  expect(problems[0]?.message).toMatch(/cannot read the environment file .*gone\.env: it does not exist/);
});
