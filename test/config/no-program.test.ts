import { expect, test } from 'vitest';
import { noCompiler, noTrial, silenceOf } from '../../src/config/no-program.ts';

test.each([
  ['The service was stopped: spawn /x/esbuild EAGAIN', 'too many processes run already (EAGAIN)'],
  ['spawn /x/esbuild EMFILE', 'too many files are open here (EMFILE)'],
  ['spawn /x/esbuild ENFILE', 'too many files are open on this computer (ENFILE)'],
  ['The service was stopped: spawn /x/esbuild ENOENT', 'spawn /x/esbuild ENOENT'],
  ['The service is no longer running', 'it ended before it was done'],
])('"%s" of the compiler is told as what it is', (text, told) => {
  const why = silenceOf(new Error(text));
  expect(noCompiler(why!, '/root/pipeline.config.ts', '/root')).toMatchObject({
    code: 'PIPE009',
    message: `esbuild could not compile it: ${told}`,
    at: 'pipeline.config.ts',
  });
});

test('other errors of the compiler are none of these', () => {
  expect(silenceOf(new TypeError("Cannot read properties of undefined (reading 'on')"))).toBeNull();
});

test('what is short is named where a configuration is not tried out', () => {
  expect(noTrial('spawn /usr/bin/node EAGAIN', '/root/a.ts', '/root')).toEqual({
    code: 'PIPE009',
    message: 'Node could not try it out: too many processes run already (EAGAIN)',
    at: 'a.ts',
    hint: 'end something else first, or allow more: ulimit -u',
  });
  expect(noTrial('it was ended by SIGKILL', '/root/a.ts', '/root').message).toBe(
    'Node could not try it out: it was ended by SIGKILL',
  );
});
