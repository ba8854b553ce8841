// What may let an attempt come out otherwise, although its result would be the same: each of it tells one try from another.
import { expect, test } from 'vitest';
import { circumstancesOf } from '../../src/engine/circumstances.ts';
import type { World } from '../../src/engine/world.ts';
import type { Failure } from '../../src/model/failure.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import type { Command, RunHooks } from '../../src/model/stage.ts';
import { Machine, planOf } from '../rig/fake-world.ts';

const overHook: Failure = {
  kind: 'hook-failed',
  of: 'pipeline',
  hook: 'before',
  why: 'exit code 1',
  line: 'x',
};
const overCwd: Failure = { kind: 'spawn', message: 'no such folder', line: 'make it' };

const begin = (text: string): Command => ({ kind: 'shell', lines: [text] }) as unknown as Command;
const hooks: RunHooks = {
  ...{ before: begin('node scripts/begin.mjs'), after: null, onFailure: null },
  ...{ env: [{ kind: 'pass', name: 'PLACE' }], secrets: ['KEY'], params: [], timeoutMs: 1000 },
} as unknown as RunHooks;

interface Now {
  readonly machine?: (machine: Machine) => void;
  readonly hooks?: Partial<RunHooks>;
  readonly code?: string;
}

function circumstances(over: Failure, { machine: change, hooks: other, code = 'code' }: Now): string {
  const machine = Machine.with({ 'scripts/begin.mjs': '1' });
  machine.caller.set('KEY', 'k1').set('PLACE', 'p1');
  change?.(machine);
  const world: World = Object.create(machine.start(), {
    hooks: { value: { ...hooks, ...other } },
    code: { value: { identify: () => ({ digest: digestOf(code), modules: [], compiledPath: '/c.mjs' }) } },
  });
  const plan = planOf({ s: { produces: 'out/s.txt', cwd: 'sub' } });
  return circumstancesOf(world, { task: plan.task('s'), outputs: [] }, [], over);
}

test.each<[string, Now]>([
  ['another command', { hooks: { before: begin('node scripts/other.mjs') } }],
  ['the file that it names', { machine: ({ disk }) => disk.write('scripts/begin.mjs', '2') }],
  ['its time', { hooks: { timeoutMs: 2000 } }],
  ['a parameter', { hooks: { params: [{ name: 'p', value: 1 }] as unknown as RunHooks['params'] } }],
  ['a secret', { machine: ({ caller }) => caller.set('KEY', 'k2') }],
  ['a secret that is no longer set', { machine: ({ caller }) => caller.delete('KEY') }],
  ['a variable that is passed on', { machine: ({ caller }) => caller.set('PLACE', 'p2') }],
])(
  'what failed over the hook of the pipeline meets something else with %s, and other failures do not',
  (_, now) => {
    expect(circumstances(overHook, now)).not.toBe(circumstances(overHook, {}));
    expect(circumstances(overCwd, now)).toBe(circumstances(overCwd, {}));
  },
);

test('so it does with other code, where the hook is code', () => {
  const ofCode = (code: string) => {
    const before = { kind: 'function' } as unknown as Command;
    return circumstances(overHook, { hooks: { before }, code });
  };
  expect(ofCode('other')).not.toBe(ofCode('code'));
});

test('what could not be started meets something else where its folder has come to be, and other failures do not', () => {
  const now: Now = { machine: ({ disk }) => disk.write('sub/x', '') };
  expect(circumstances(overCwd, now)).not.toBe(circumstances(overCwd, {}));
  expect(circumstances(overHook, now)).toBe(circumstances(overHook, {}));
});
