// At a real terminal: Ctrl-C and Ctrl-S as typed, the window closed, a reader that leaves. Who has ended is told by the
// system.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { expect, test } from 'vitest';
import type { RunFinished } from '../../src/model/events.ts';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { gate, lifeline } from './signs.ts';

/** Says that it is there, then prints without end; so does a child of it, deaf to what a terminal sends. */
const talking = `{ stages: {
  talk: {
    requires: ['in.txt'], produces: ['out.txt'],
    run: 'test -e go || { exec 9> alive; (trap "" INT HUP; while :; do echo child; sleep 0.1; done) & echo begun >&9; while :; do echo line; sleep 0.1; done; }; cp in.txt out.txt',
  },
} }`;

/** `script` of util-linux gives a command a terminal of its own; that of BSD knows other options, and some have none. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasScript)
  console.warn(
    'no "script" of util-linux here: terminals are imitated by signals and closed pipes, not opened',
  );

interface Terminal {
  readonly running: Running;
  typeCtrlC(): void;
  /** From now on the terminal takes nothing more. */
  typeCtrlS(): void;
  close(): void;
}

/** `pipe build -v` with a terminal. It and all that it starts hold `alive` open. */
function atTerminal(rig: Rig): Terminal {
  const command = `exec 8> alive; echo $$ > pid; exec "${nodeUnderTest}" -- "${pipeCommand}" build -v`;
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm' };
  const options = { cwd: rig.root, env, stdio: 'pipe' as const };
  if (hasScript) {
    const child = spawn('script', ['-qefc', command, '/dev/null'], options);
    return {
      running: new Running(child),
      typeCtrlC: () => child.stdin.write('\x03'),
      typeCtrlS: () => child.stdin.write('\x13'),
      // The terminal's other end is gone at once, as when a window or a connection is.
      close: () => child.kill('SIGKILL'),
    };
  }
  const child = spawn('/bin/sh', ['-c', command], options);
  return {
    running: new Running(child),
    typeCtrlC: () => child.kill('SIGINT'),
    typeCtrlS: () => {
      child.stdout.pause();
      child.stderr.pause();
    },
    close: () => {
      child.stdout.destroy();
      child.stderr.destroy();
      child.kill('SIGHUP');
    },
  };
}

/** How the last run ended, as it wrote it down itself. */
function lastEnd(rig: Rig): RunFinished {
  const runs = fs.readdirSync(rig.path('.pipeline-cache/runs')).sort();
  return JSON.parse(
    rig
      .read(`.pipeline-cache/runs/${runs.at(-1)}/events.jsonl`)
      .trimEnd()
      .split('\n')
      .at(-1)!,
  );
}

async function expectRecovery(rig: Rig): Promise<void> {
  expect(lastEnd(rig)).toMatchObject({ kind: 'run-finished', outcome: 'cancelled', exitCode: 130 });
  rig.write('go', '');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['talk'], warnings: [] });
}

test('Ctrl-C typed once ends the build with all its processes', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, talking);
  const processes = lifeline(rig, 'alive');
  const terminal = atTerminal(rig);
  expect(await processes.firstLine).toBe('begun');
  terminal.typeCtrlC();
  expect((await terminal.running.ended).code).toBe(130);
  await processes.cut;
  await expectRecovery(rig);
});

test('a terminal that was stopped by Ctrl-S holds up neither a time limit nor a signal', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ stages: {
      talk: {
        requires: ['in.txt'], produces: ['out.txt'], timeout: '2s',
        run: 'test -e go || { exec 8>&- 9> talks; echo begun >&9; read _ < typed; yes "a line of usual length, as programs print them"; }; cp in.txt out.txt',
      },
    } }`,
  );
  gate(rig, 'typed');
  const all = lifeline(rig, 'alive');
  const stage = lifeline(rig, 'talks');
  const terminal = atTerminal(rig);
  expect(await stage.firstLine).toBe('begun');
  terminal.typeCtrlS();
  fs.writeFileSync(rig.path('typed'), 'go\n');
  // By its own limit, though nothing of what it prints gets to the terminal.
  await stage.cut;
  process.kill(Number(rig.read('pid')), 'SIGTERM');
  await all.cut;
  await expectRecovery(rig);
  terminal.close();
  await terminal.running.ended;
});

test('a terminal that is closed ends the build with all its processes, and the build writes down how it ended', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, talking);
  const processes = lifeline(rig, 'alive');
  const terminal = atTerminal(rig);
  expect(await processes.firstLine).toBe('begun');
  terminal.close();
  await processes.cut;
  await terminal.running.ended;
  await expectRecovery(rig);
});

test('head, which leaves after a line, ends the build with all its processes', async () => {
  await using rig = await Rig.compiled({ 'in.txt': 'v0' }, talking);
  const processes = lifeline(rig, 'alive');
  const command = `exec 8> alive; "${nodeUnderTest}" -- "${pipeCommand}" build -v | head -n 1`;
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: rig.root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = await new Running(child).ended;
  await processes.cut;
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toMatch(/^.*\n$/);
  await expectRecovery(rig);
});
