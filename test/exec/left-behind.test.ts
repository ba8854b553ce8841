// What is on record of programs while they run, and afterwards.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { RunningPrograms } from '../../src/exec/left-behind.ts';
import { defaultPeriods } from '../../src/exec/periods.ts';
import { marksIn } from '../../src/exec/process-table.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function scene() {
  const folder = path.join(temporaryFolder(), 'running');
  const texts = () => fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
  return { folder, texts, programs: new RunningPrograms(folder) };
}

const of = (stage: string) => ({ marks: [`PIPE_RUN_ID=1`, `PIPE_STAGE=${stage}`], leaves: [] });
const said = (stage: string) => `{"marks":["PIPE_RUN_ID=1","PIPE_STAGE=${stage}"],"leaves":[]}\n`;

test('programs are on record as long as they run: those at the same time each in a file, others in one after the other', () => {
  const { texts, programs } = scene();
  const a = programs.begins(of('a'));
  // Before it has a number: an engine that is killed now has left a program that can be found.
  expect(texts()).toEqual([said('a')]);
  a.started(17);
  const b = programs.begins(of('b'));
  expect(texts()).toEqual([`${said('a')}17\n`, said('b')]);
  a.ended();
  expect(texts()).toEqual(['', said('b')]);
  programs.begins(of('c')).started(18);
  expect(texts()).toEqual([`${said('c')}18\n`, said('b')]);
  b.ended();
  expect(texts()).toEqual([`${said('c')}18\n`, '']);
});

test('when nothing runs and nothing will, nothing is on record', async () => {
  const { folder, programs } = scene();
  for (const stage of ['a', 'b']) programs.begins(of(stage)).ended();
  expect(programs.hasAny()).toBe(true);
  programs.atRest();
  expect(fs.readdirSync(folder)).toEqual([]);
  // More may come all the same.
  programs.begins(of('c'));
  expect(programs.hasAny()).toBe(true);
});

test('of an engine that was killed between two programs nothing is left to be ended', async () => {
  const { folder, programs } = scene();
  programs.begins(of('a')).ended();
  const found: number[] = [];
  const how = { onFound: (count: number) => found.push(count), signal: new AbortController().signal };
  expect(await new RunningPrograms(folder).endLeftBehind(how)).toBe('ended');
  expect(found).toEqual([]);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('what is left is asked to end before it is killed, and who does not wait for that leaves it on record', async () => {
  const { folder, programs } = scene();
  const marks = { PIPE_RUN_ID: folder, PIPE_STAGE: 'deaf' };
  const script =
    "process.on('SIGTERM', () => console.log('heard')); console.log('up'); setInterval(() => {}, 1000)";
  const deaf = spawn(process.execPath, ['-e', script], { detached: true, env: { ...process.env, ...marks } });
  const over = once(deaf, 'exit');
  const lines = createInterface(deaf.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('up');
  programs.begins({ marks: marksIn(marks), leaves: [] }).started(deaf.pid!);

  const patient = new RunningPrograms(folder, { ...defaultPeriods, terminateMs: 600_000 });
  const giveUp = new AbortController();
  const found: number[] = [];
  const onFound = (count: number) => found.push(count);
  const waiting = patient.endLeftBehind({ onFound, signal: giveUp.signal });
  expect((await lines.next()).value).toBe('heard');
  giveUp.abort();
  expect(await waiting).toBe('cancelled');
  expect(patient.hasAny()).toBe(true);

  const { signal } = new AbortController();
  const hasty = new RunningPrograms(folder, { ...defaultPeriods, terminateMs: 50 });
  expect(await hasty.endLeftBehind({ onFound, signal })).toBe('ended');
  expect(await over).toEqual([null, 'SIGKILL']);
  expect(found).toEqual([1, 1]);
  expect(hasty.hasAny()).toBe(false);
});

test('where the folder is deleted while something runs, what begins then is on record in a new one', () => {
  const { folder, texts, programs } = scene();
  const a = programs.begins(of('a'));
  programs.begins(of('b')).ended();
  fs.rmSync(folder, { recursive: true });
  a.ended();
  programs.begins(of('c'));
  expect(texts()).toEqual([said('c')]);
});

test('what runs after the state folder was moved away is on record where the next engine looks', () => {
  const { folder, texts, programs } = scene();
  programs.begins(of('a')).ended();
  fs.renameSync(folder, `${folder}.old`);
  programs.begins(of('b')).started(17);
  expect(texts()).toEqual([`${said('b')}17\n`]);
});
