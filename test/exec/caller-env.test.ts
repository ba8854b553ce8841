import fs from 'node:fs';
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

test('a mark of the encoding is no part of the first name, and what is not UTF-8 is never guessed at', () => {
  using scene = new Scene();
  const marked = scene.write('marked.env', '\uFEFFA=1\n');
  expect(readCallerEnv({}, [marked])).toMatchObject({ values: { A: '1' }, problems: [] });
  const latin = scene.path('latin.env');
  fs.writeFileSync(latin, Buffer.from('A=caf\xe9', 'latin1'));
  const { values, problems } = readCallerEnv({}, [latin]);
  expect(values).toEqual({});
  expect(problems).toEqual([
    {
      code: 'PIPE035',
      message: expect.stringMatching(
        /latin\.env: it is not UTF-8: byte 0xe9 at offset 5, in line 1; .*iconv/,
      ),
      at: '--env-file',
    },
  ]);
});
