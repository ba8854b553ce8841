// `pipe build --profile`: where the time of a build went, whatever kind of build it is.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PipeEvent, RunProfiled } from '../../src/model/events.ts';
import type { WorkKind } from '../../src/model/profile.ts';
import { type Built, pipeCommand, Rig } from '../rig/rig.ts';
import { text, words } from './words.ts';

function profileIn(built: Built): RunProfiled {
  const kinds = built.events.map(({ kind }) => kind);
  expect(kinds.slice(-2)).toEqual(['run-profiled', 'run-finished']);
  const profile = built.events.at(-2) as PipeEvent & RunProfiled;
  const sum = profile.spent.reduce((ms, part) => ms + part.ms, 0);
  expect(profile.totalMs).toBeCloseTo(sum, 0);
  // The start comes on top of what the run itself counts.
  expect(profile.totalMs).toBeGreaterThan(built.finished?.durationMs ?? Number.POSITIVE_INFINITY);
  return profile;
}

const counted = ({ spent }: RunProfiled, work: WorkKind) => spent.find((part) => part.work === work)?.counts;

test('a build that works, one that restores, one that finds nothing to do, and a plan', async () => {
  await using rig = await Rig.compiled(text, words);
  const planned = profileIn(await rig.build(['--profile', '-n']));
  expect(planned.commands).toBeNull();
  expect(rig.exists('.pipeline-cache/runs')).toBe(false);

  const worked = profileIn(await rig.build(['--profile', '-j', '2']));
  expect(worked.commands).toMatchObject({ count: 4, jobs: 2 });
  expect(counted(worked, 'config')).toEqual({ stages: 4 });
  expect(counted(worked, 'running')).toEqual({ commands: 4 });
  expect(counted(worked, 'recording')).toEqual({ records: 4 });
  expect(counted(worked, 'storing')).toMatchObject({ files: 4 });
  expect(counted(worked, 'hashing')?.bytes).toBeGreaterThan(0);
  expect(worked.slowest).toHaveLength(4);
  expect(worked.chain.map(({ task }) => task).at(-1)).toBe('count');

  rig.remove('out/joined.txt');
  const restored = profileIn(await rig.build(['--profile']));
  expect(counted(restored, 'restoring')).toEqual({ files: 1, bytes: expect.any(Number) });
  expect(restored.commands).toBeNull();

  const { stdout } = await rig.pipe(['build', '--profile']);
  expect(stdout).toMatch(/^nothing to do: 4 fresh in .*\n\nwork +took +share +what\nstart +[\d.]+m?s +\d+% /);
  expect(stdout).toMatch(/\nstamping .* \d+ files looked at without reading\n/);
  expect(stdout).toMatch(
    /\ntotal +[\d.]+m?s +from the start of the process\nhint: with --profile everything/,
  );
  // The history has it as it was told, and all the same where it was not told at all.
  const table = stdout.slice(stdout.indexOf('\nwork'));
  expect((await rig.pipe(['show'])).stdout).toContain(table);
  expect((await rig.pipe(['build', '--profile', '-q'])).stdout).toBe('');
  expect((await rig.pipe(['show'])).stdout).toContain('\nwork  ');
});

test('a build that fails, and one that is interrupted', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '' },
    `{ stages: {
      fails: { requires: ['in.txt'], produces: ['no.txt'], run: 'echo no >&2; exit 3' },
      waits: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo waits; exec sleep 600' },
    } }`,
  );
  const failed = await rig.build(['--profile', 'fails']);
  expect(failed.code).toBe(1);
  expect(profileIn(failed).slowest.map(({ task }) => task)).toEqual(['fails']);

  const running = rig.start(['build', '--profile', '-v', 'waits']);
  await running.printed(/waits \| waits/);
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/\ninterrupted: 1 cancelled in .*\n\nwork +took/);
  expect(stdout).toMatch(/\nrunning +.* 1 command started and waited for/);
});

test('what takes the time is loaded for nobody else', async () => {
  const folder = path.dirname(pipeCommand);
  const holders = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.cjs'))
    .filter((name) => fs.readFileSync(path.join(folder, name), 'latin1').includes('eventLoopUtilization'));
  expect(holders).toEqual(['profiling.cjs']);

  await using rig = await Rig.compiled(text, words);
  expect((await rig.build()).events.map(({ kind }) => kind)).not.toContain('run-profiled');
});
