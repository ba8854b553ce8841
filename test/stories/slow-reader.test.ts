// A reader of the output that is slow, or has stopped: the build waits for it, and yet hears signals and keeps time.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { PipeEvent } from '../../src/model/events.ts';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { StoppedReader } from '../rig/stopped-reader.ts';
import { everyFile, gate, lifeline, tell } from './signs.ts';

/** More than the engine and the system hold for a reader together: with nobody who reads, it is never all written. */
const muchBytes = 8 * 1024 * 1024;

/** The most that the engine may ever hold. Node alone takes about 60. */
const mostMib = 256;

/** Writes down the most memory that the engine held, when it ends. A stage does not see the variable. */
const measure = `process.on('exit', () =>
  require('node:fs').writeFileSync(__dirname + '/peak', String(process.resourceUsage().maxRSS)));`;

const line = 'a line of usual length, as programs print them';
const flooding = `yes "${line}" | head -c ${muchBytes}`;

/**
 * Says that it is there, then prints without end; `alive` is open as long as any process of it lives. In place of its
 * shell: one that gets INT while it starts another program may swallow it, and TERM comes five seconds later.
 */
const endless = (more = '') => `{ stages: {
  talk: {
    requires: ['in.txt'], produces: ['out.txt'], ${more}
    run: 'test -e go || { exec 9> alive; echo begun >&9; exec yes "${line}"; }; cp in.txt out.txt',
  },
} }`;

/** Prints much, once it may, and comes to an end. */
const plentiful = `{ stages: {
  talk: { requires: ['in.txt'], produces: ['out.txt'], run: 'read _ < at; ${flooding}; echo; cp in.txt out.txt' },
} }`;

const withStage = (config: string) => Rig.compiled({ 'in.txt': 'v0', 'measure.cjs': measure }, config);

function watched(rig: Rig, args: readonly string[], stdout?: number): Running {
  const env = { NODE_OPTIONS: `--require ${rig.path('measure.cjs')}` };
  return rig.start(args, { env, ...(stdout !== undefined && { stdout }) });
}

function expectBoundedMemory(rig: Rig): void {
  expect(Number(rig.read('peak')) / 1024).toBeLessThan(mostMib);
}

function logOf(rig: Rig): string {
  const [log] = everyFile(rig, '.pipeline-cache/runs').filter((file) => file.endsWith('.log'));
  return fs.readFileSync(log!, 'utf8');
}

function eventsIn(text: string): readonly PipeEvent[] {
  return text
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one) as PipeEvent);
}

/** What stage "talk" printed, as the events tell it. */
function printedIn(events: readonly PipeEvent[]): string {
  return events.map((event) => (event.kind === 'task-output' ? event.text : '')).join('');
}

async function expectRecovery(rig: Rig): Promise<void> {
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  const events = eventsIn(rig.read(`.pipeline-cache/runs/${runs.at(-1)}/events.jsonl`));
  expect(events.at(-1)).toMatchObject({ kind: 'run-finished', outcome: 'cancelled', exitCode: 130 });
  rig.write('go', '');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['talk'], warnings: [] });
}

describe('while nobody reads', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'one %s ends the build with all its processes, and the build writes down how it ended',
    async (signal) => {
      await using rig = await withStage(endless());
      using reader = new StoppedReader(rig.path('screen'));
      const processes = lifeline(rig, 'alive');
      const running = watched(rig, ['build', '-v'], reader.descriptor);
      expect(await processes.firstLine).toBe('begun');
      running.child.kill(signal);
      expect(await running.ended).toMatchObject({ code: 130, signal: null, stderr: '' });
      await processes.cut;
      expectBoundedMemory(rig);
      await expectRecovery(rig);
    },
  );

  test('a time limit ends a stage that prints without end, and a signal then the build', async () => {
    await using rig = await withStage(endless("timeout: '1s',"));
    using reader = new StoppedReader(rig.path('screen'));
    const processes = lifeline(rig, 'alive');
    const running = watched(rig, ['build', '-v'], reader.descriptor);
    // By the stage's own limit: no signal was sent so far.
    await processes.cut;
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 130, signal: null });
    expectBoundedMemory(rig);
    await expectRecovery(rig);
  });

  test('problems that nobody reads hold up a signal as little', async () => {
    await using rig = await withStage(
      `{ stages: {
        bad: { run: 'echo no; exit 1' },
        talk: { requires: ['in.txt'], produces: ['out.txt'], run: 'test -e go || { exec 9> alive; echo begun >&9; read _ < never; }; cp in.txt out.txt' },
      } }`,
    );
    gate(rig, 'never');
    using reader = new StoppedReader(rig.path('screen'));
    const processes = lifeline(rig, 'alive');
    const running = rig.start(['build', '--json', '-k', '-j', '1'], { stderr: reader.descriptor });
    expect(await processes.firstLine).toBe('begun');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 130, signal: null });
    expect(eventsIn(ended.stdout).at(-1)).toMatchObject({ kind: 'run-finished', failed: 1, cancelled: 1 });
    await processes.cut;
  });

  test('what a stage prints after the interruption is in its log, to its end', async () => {
    await using rig = await withStage(`{ stages: { talk: { run: './talk.sh' } } }`);
    rig.write(
      'talk.sh',
      `#!/bin/sh\ntrap '${flooding}; echo; echo cleaned; exit 1' INT\nexec 9> alive\necho begun >&9\nread _ < never\n`,
    );
    fs.chmodSync(rig.path('talk.sh'), 0o755);
    gate(rig, 'never');
    using reader = new StoppedReader(rig.path('screen'));
    const processes = lifeline(rig, 'alive');
    const running = watched(rig, ['build', '-v'], reader.descriptor);
    expect(await processes.firstLine).toBe('begun');
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, signal: null });
    expectBoundedMemory(rig);
    expect(logOf(rig).length).toBeGreaterThan(muchBytes);
    expect(logOf(rig)).toMatch(/\ncleaned\n$/);
  });

  test('a result from the cache is recorded before its output is told again, so not even a kill loses it', async () => {
    await using rig = await withStage(plentiful);
    gate(rig, 'at');
    const first = rig.start(['build']);
    await tell(rig, 'at');
    expect(await first.ended).toMatchObject({ code: 0 });
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      rig.remove('out.txt');
      using reader = new StoppedReader(rig.path(signal), 'empty');
      const running = watched(rig, ['build', '-v'], reader.descriptor);
      await reader.saw(`talk | ${line}`);
      running.child.kill(signal);
      expect(await running.ended).toMatchObject(
        signal === 'SIGTERM' ? { code: 130, signal: null } : { code: null, signal },
      );
      expect(await rig.build()).toMatchObject({ code: 0, fresh: ['talk'] });
    }
    expectBoundedMemory(rig);
  });

  test('logs that are followed end by a signal, in good order', async () => {
    await using rig = await withStage(plentiful);
    gate(rig, 'at');
    const first = rig.start(['build']);
    await tell(rig, 'at');
    expect(await first.ended).toMatchObject({ code: 0 });
    using reader = new StoppedReader(rig.path('screen'), 'empty');
    const running = rig.start(['logs', '-f'], { stdout: reader.descriptor });
    await reader.saw(line);
    running.child.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: 130, signal: null, stderr: '' });
  });

  test('a build with nothing to do, and an answer, end by a signal as any program does', async () => {
    await using rig = await Rig.compiled(
      {
        'announce.cjs': `const fs = require('node:fs');
          const { writeSync } = fs;
          fs.writeSync = (descriptor, ...rest) => {
            if (descriptor === 1) writeSync(2, 'writes\\n');
            return writeSync(descriptor, ...rest);
          };`,
      },
      `{ stages: { a: { produces: ['out.txt'], run: 'echo made > out.txt' } } }`,
    );
    expect(await rig.build()).toMatchObject({ executed: ['a'] });
    using reader = new StoppedReader(rig.path('screen'));
    for (const words of [['build', '--json'], ['list']]) {
      const running = rig.start(words, {
        env: { NODE_OPTIONS: `--require ${rig.path('announce.cjs')}` },
        stdout: reader.descriptor,
      });
      await running.printed('writes');
      running.child.kill('SIGTERM');
      expect(await running.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    }
  });
});

describe('when the reader reads on', () => {
  test('all that a stage printed has come, and is in the log', async () => {
    await using rig = await withStage(plentiful);
    gate(rig, 'at');
    using reader = new StoppedReader(rig.path('screen'));
    const running = watched(rig, ['build', '-v'], reader.descriptor);
    await tell(rig, 'at');
    const text = await reader.readOn();
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
    const printed = text.split('\n').filter((one) => one.startsWith('talk | '));
    expect(printed.map((one) => `${one.slice('talk | '.length)}\n`).join('')).toBe(logOf(rig));
    expect(logOf(rig).length).toBeGreaterThan(muchBytes);
    expect(text).toMatch(/\n1 ran in .*\n$/);
    expectBoundedMemory(rig);
  });

  test('all events have come over a socket, too', async () => {
    await using rig = await withStage(plentiful);
    gate(rig, 'at');
    const running = watched(rig, ['build', '--json']);
    running.child.stdout!.pause();
    await tell(rig, 'at');
    running.child.stdout!.resume();
    const ended = await running.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(printedIn(eventsIn(ended.stdout))).toBe(logOf(rig));
    expectBoundedMemory(rig);
  });

  test('after an interruption it still gets the end, and no event is missing in between', async () => {
    await using rig = await withStage(endless());
    using reader = new StoppedReader(rig.path('screen'));
    const processes = lifeline(rig, 'alive');
    const running = watched(rig, ['build', '--json'], reader.descriptor);
    expect(await processes.firstLine).toBe('begun');
    running.child.kill('SIGINT');
    const events = eventsIn(await reader.readOn());
    expect(await running.ended).toMatchObject({ code: 130 });
    expect(events.at(-1)).toMatchObject({ kind: 'run-finished', exitCode: 130 });
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i));
  });

  test('a large answer has come whole', async () => {
    const description = 'x'.repeat(3_000_000);
    await using rig = await Rig.compiled(
      {},
      `{ stages: { a: { description: 'x'.repeat(${description.length}), produces: ['out.txt'], run: 'true' } } }`,
    );
    using reader = new StoppedReader(rig.path('screen'));
    const running = rig.start(['list', '--json'], { stdout: reader.descriptor });
    const answer = JSON.parse(await reader.readOn());
    expect(answer.stages).toMatchObject([{ name: 'a', description }]);
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  });
});

/** Whether who shares this open file is told "not now" instead of waiting: as the system knows it. */
const saysNotNow = (fdinfo: string) =>
  (Number.parseInt(/flags:\s*(\d+)/.exec(fdinfo)![1]!, 8) & 0o4000) !== 0;

const hasProc = fs.existsSync('/proc/self/fdinfo');
if (!hasProc) console.warn('no /proc here: that others share the output unharmed is seen by what they write');

describe('others who write to the same output', () => {
  test('wait for the reader as before, while a build is at work and after it', async () => {
    await using rig = await withStage(endless());
    using reader = new StoppedReader(rig.path('screen'));
    const processes = lifeline(rig, 'alive');
    const running = rig.start(['build', '-v'], { stdout: reader.descriptor });
    expect(await processes.firstLine).toBe('begun');
    const duringIt = hasProc && saysNotNow(fs.readFileSync(`/proc/self/fdinfo/${reader.descriptor}`, 'utf8'));
    expect(duringIt).toBe(false);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 130 });
  });

  test('wait for the reader after a build that wrote to a socket', async () => {
    await using rig = await withStage(endless());
    rig.write('go', '');
    // The next command of a script, which nobody told that a socket may say "not now".
    const next = `"${nodeUnderTest}" -e 'require("node:fs").writeSync(1, "y".repeat(${muchBytes}))'`;
    const child = spawn('/bin/sh', ['-c', `"${nodeUnderTest}" -- "${pipeCommand}" build; ${next}`], {
      cwd: rig.root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = await new Running(child).ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/1 ran in .*\ny/);
    expect(/y*$/.exec(ended.stdout)![0].length).toBe(muchBytes);
  });
});
