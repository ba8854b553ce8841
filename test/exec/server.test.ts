// The program beside a watch: begun anew when the one before is gone with all that it started, and ended with the watch.
import { expect, test } from 'vitest';
import type { Periods } from '../../src/exec/periods.ts';
import type { GroupEnd } from '../../src/exec/process-group.ts';
import { Server } from '../../src/exec/server.ts';
import { isAlive } from './scene.ts';

const lasting = { settleMs: 20, drainMs: 50, abandonMs: 10_000, lingerMs: 50 };
const soon: Periods = { ...lasting, interruptMs: 50, terminateMs: 50 };
/** Longer than any test: a test that needs one of these to pass hangs. */
const never: Periods = { ...lasting, interruptMs: 600_000, terminateMs: 600_000 };

class Beside {
  readonly server: Server;
  readonly lines: string[] = [];
  readonly ends: GroupEnd[] = [];
  private onNews = () => {};

  constructor(line: string, periods: Periods = never) {
    const told =
      <T>(into: T[]) =>
      (one: T) => {
        into.push(one);
        this.onNews();
      };
    this.server = new Server({
      ...{ line, cwd: '/', env: { PATH: process.env.PATH ?? '' }, periods },
      ...{ onLine: told(this.lines), onEnd: told(this.ends) },
    });
  }

  /** Resolves when so many lines, and so many ends, have been told in all. */
  async has(counts: { readonly lines?: number; readonly ends?: number }): Promise<void> {
    while (this.lines.length < (counts.lines ?? 0) || this.ends.length < (counts.ends ?? 0))
      await new Promise<void>((resolve) => {
        this.onNews = resolve;
      });
  }
}

/** Tells of itself and of a process that it has started. */
const family = 'sleep 1000 & echo "$$ $!"; wait';
const pids = (line: string | undefined) => line!.split(' ').map(Number);
const areAlive = (line: string | undefined) => pids(line).map(isAlive);

const childProcesses = () => process.getActiveResourcesInfo().filter((one) => one === 'ProcessWrap').length;

/** Two turns of the event loop: Node lets go of a process that has ended in the turn after the one that tells of it. */
const letGo = async () => {
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
};

test('one that is to be begun anew is not, if it is stopped before the last one is gone', async () => {
  const before = childProcesses();
  const beside = new Beside(family);
  beside.server.restart();
  expect(childProcesses()).toBe(before + 1);
  await beside.has({ lines: 1 });
  beside.server.restart();
  await beside.server.stop();
  await letGo();
  expect([childProcesses(), ...areAlive(beside.lines[0])]).toEqual([before, false, false]);
});

test('begun anew it starts when the one before is gone with all that it started, once however often it is asked', async () => {
  const beside = new Beside(family);
  beside.server.restart();
  await beside.has({ lines: 1 });
  expect(areAlive(beside.lines[0])).toEqual([true, true]);
  beside.server.restart();
  beside.server.restart();
  await beside.has({ lines: 2 });
  expect(beside.lines.map(areAlive)).toEqual([
    [false, false],
    [true, true],
  ]);
  await beside.server.stop();
  expect(areAlive(beside.lines[1])).toEqual([false, false]);
  // Nobody is told of an end that was asked for.
  expect([beside.lines.length, beside.ends]).toEqual([2, []]);
});

test('one that ends by itself is told of, with its last words, and started when it is asked for again', async () => {
  const beside = new Beside('printf "one\\nlast words"; exit 3');
  beside.server.restart();
  await beside.has({ ends: 1 });
  expect([beside.lines, beside.ends]).toEqual([['one', 'last words'], [{ kind: 'exited', code: 3 }]]);
  beside.server.restart();
  await beside.has({ ends: 2 });
  expect(beside.lines).toHaveLength(4);
  // There is none to wait for.
  await beside.server.stop();
});

const stubborn = `trap '' INT TERM; ${family}`;

test('one that heeds neither interrupt nor terminate is killed, with all that it started', async () => {
  const beside = new Beside(stubborn, soon);
  beside.server.restart();
  await beside.has({ lines: 1 });
  await beside.server.stop();
  expect(areAlive(beside.lines[0])).toEqual([false, false]);
});

test('asked to stop twice, it is killed at once', async () => {
  const beside = new Beside(stubborn);
  beside.server.restart();
  await beside.has({ lines: 1 });
  const stopped = beside.server.stop();
  await beside.server.stop();
  await stopped;
  expect(areAlive(beside.lines[0])).toEqual([false, false]);
});

test('what has left its process group is ended with it, unless it was started without its mark', async () => {
  const leaving = `const { PIPE_EXEC: _, ...unmarked } = process.env;
    const away = (env) => require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore', env }).pid;
    console.log(away(process.env), away(unmarked));`;
  const beside = new Beside(`'${process.execPath}' -e "${leaving}"`, soon);
  beside.server.restart();
  await beside.has({ lines: 1 });
  const [within = 0, without = 0] = pids(beside.lines[0]);
  await beside.server.stop();
  try {
    expect([isAlive(within), isAlive(without)]).toEqual([false, true]);
  } finally {
    process.kill(without, 'SIGKILL');
  }
});
