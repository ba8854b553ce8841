// Loading in this very process: it must come through unharmed.
import { describe, expect, test, vi } from 'vitest';
import { settle } from '../../src/config/settle.ts';
import { startTrial } from '../../src/config/try-out.ts';
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

describe('a trial', () => {
  const options = { vetPath: vetPath(), limitMs: 20_000, onPrint: () => {} };

  test('of a child that cannot start is a bug, not a diagnostic', async () => {
    using project = TempProject.with({ 'module.mjs': '' });
    const trial = startTrial({ ...options, vetPath: project.path('none.mjs') });
    await expect(trial.of(project.path('module.mjs'))).rejects.toThrow('did not start');
    await expect(startTrial(options).of(project.path('module.mjs'))).resolves.toBeNull();
  });

  test('is not held by what a module leaves running', async () => {
    using project = TempProject.with({ 'module.mjs': 'setInterval(() => {}, 1000); export default {};' });
    expect(await startTrial(options).of(project.path('module.mjs'))).toBeNull();
  });

  test('sees a module that loops when it is to end', async () => {
    using project = TempProject.with({
      'module.mjs': `process.on('exit', () => { for (;;); }); export default {};`,
    });
    const trial = startTrial({ ...options, limitMs: 100 });
    expect(await trial.of(project.path('module.mjs'))).toEqual({ kind: 'silent', how: 'time' });
  });

  test('that is not needed leaves no child', async () => {
    const children = () => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    await vi.waitFor(() => expect(children()).toBe(0));
    const trial = startTrial(options);
    expect(children()).toBe(1);
    trial.drop();
    await vi.waitFor(() => expect(children()).toBe(0));
  });
});
