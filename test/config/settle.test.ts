// Loading in this very process: it must come through unharmed.
import { expect, test, vi } from 'vitest';
import { settle } from '../../src/config/settle.ts';
import { tryOut } from '../../src/config/try-out.ts';
import { TempProject, vetPath } from './temp-project.ts';

/** Everything that the guard touches. */
function handles() {
  const { exit, abort } = process;
  const events = ['uncaughtException', 'unhandledRejection', 'beforeExit'] as const;
  return {
    exit,
    abort,
    listeners: events.map((event) => process.listenerCount(event as 'beforeExit')),
    stdout: Object.getOwnPropertyDescriptor(process, 'stdout'),
    write: process.stdout.write,
  };
}

test.each([
  ['a value', `process.stdout.write('x'); export default 1;`, { kind: 'value', value: 1 }],
  ['nothing', 'export const a = 1;', { kind: 'no-default' }],
  ['an error', `throw new Error('no');`, { kind: 'threw', message: 'Error: no' }],
  ['an exit', 'process.exit(2);', { kind: 'exited', call: 'process.exit(2)' }],
  ['an abort', 'export default () => process.abort();', { kind: 'exited', call: 'process.abort()' }],
  ['silence', 'await new Promise(() => {});', { kind: 'silent' }],
])('%s is reported and the process is as it was', async (_, text, expected) => {
  using project = TempProject.with({ 'module.mjs': text });
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = handles();
  const settled = await settle(project.path('module.mjs'), 200);
  const after = handles();
  vi.restoreAllMocks();
  expect(settled).toMatchObject(expected);
  expect(after).toEqual(before);
});

test('a child that cannot start is a bug, not a diagnostic', async () => {
  using project = TempProject.with({ 'module.mjs': '' });
  const options = { compiledPath: project.path('module.mjs'), limitMs: 1000, onPrint: () => {} };
  await expect(tryOut({ ...options, vetPath: project.path('none.mjs') })).rejects.toThrow('did not start');
  await expect(tryOut({ ...options, vetPath: vetPath() })).resolves.toBeNull();
});

test('what a module leaves running does not hold the child', async () => {
  using project = TempProject.with({ 'module.mjs': 'setInterval(() => {}, 1000); export default {};' });
  const options = { compiledPath: project.path('module.mjs'), limitMs: 20_000, onPrint: () => {} };
  expect(await tryOut({ ...options, vetPath: vetPath() })).toBeNull();
});
