// What V8 compiled of the command is kept for the next start. Damaged, it costs time and never a start: V8 would die of it.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';

let folder: string;
let file: string;
let whole: Buffer;
let help: string;

/** As much of the command as tells of itself. Throws unless it ends well. */
async function start(): Promise<string> {
  const command = path.join(folder, 'pipe.cjs');
  return (await promisify(execFile)(nodeUnderTest, ['--', command, '--help'])).stdout;
}

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-compiled-'));
  for (const name of ['pipe.cjs', 'help.cjs'])
    fs.copyFileSync(path.join(path.dirname(pipeCommand), name), path.join(folder, name));
  help = await start();
  const [kept] = fs.readdirSync(path.join(folder, 'compiled'));
  file = path.join(folder, 'compiled', kept!);
  whole = fs.readFileSync(file);
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

/** It starts as ever, and leaves compiled code of use to the next one. */
async function expectMended(damaged: Buffer): Promise<void> {
  fs.writeFileSync(file, damaged);
  expect(await start()).toBe(help);
  const { ino } = fs.statSync(file);
  expect(fs.readFileSync(file).equals(damaged)).toBe(false);
  expect(await start()).toBe(help);
  expect(fs.statSync(file).ino).toBe(ino);
}

test('a bit that is not as it was, wherever it is, is noticed', async () => {
  const places = 20;
  for (let i = 0; i < places; i++) {
    const damaged = Buffer.from(whole);
    damaged[Math.floor((whole.length * (i + 0.5)) / places)]! ^= 1 << (i % 8);
    await expectMended(damaged);
  }
});

test('a file that ends too early, or is empty or nothing but zeros, is noticed', async () => {
  const half = whole.length / 2;
  for (const length of [0, 1, 64, half / 2, half, whole.length - 2, whole.length - 1])
    await expectMended(whole.subarray(0, Math.floor(length)));
  await expectMended(Buffer.alloc(whole.length));
});

test('code is kept of a build that has done its work, however little of it those before had come to', async () => {
  // Where it finds the packages that it needs.
  const built = fs.mkdtempSync(`${path.dirname(pipeCommand)}-`);
  fs.cpSync(path.dirname(pipeCommand), built, {
    recursive: true,
    filter: (source) => path.basename(source) !== 'compiled',
  });
  await using rig = await Rig.with(
    { 'in.txt': 'a' },
    `export default { stages: { copy: { requires: ['in.txt'], produces: ['out.txt'], run: 'cat in.txt > out.txt' } } };`,
  );
  const build = async () => {
    const command = path.join(built, 'pipe.cjs');
    await promisify(execFile)(nodeUnderTest, ['--', command, 'build'], { cwd: rig.root });
  };
  /** By use: `glance`, `part`, `plain`, and the same followed by `-early` of those that came to little. */
  const kept = (): Record<string, fs.Stats> => {
    const compiled = path.join(built, 'compiled');
    const useOf = (name: string) => /^(\w+)-build(?:(-early)?)/.exec(name)!.slice(1).join('');
    const stats = (name: string) => fs.statSync(path.join(compiled, name));
    return Object.fromEntries(fs.readdirSync(compiled).map((name) => [useOf(name), stats(name)]));
  };

  // From nothing: there is no proof, which is all that a glance finds out.
  await build();
  expect(Object.keys(kept()).sort()).toEqual(['glance-early', 'plain']);
  // As long as it takes until what was too new to be trusted is known, which leaves a proof.
  for (let builds = 0; builds < 3; builds++) await build();
  const { glance, 'glance-early': early } = kept();
  expect(glance!.size).toBeGreaterThan(1.2 * early!.size);

  // Only touched, so that nothing is to be run.
  const now = new Date();
  fs.utimesSync(rig.path('in.txt'), now, now);
  await build();
  expect(kept()).toHaveProperty('part-early');
  expect(kept()).not.toHaveProperty('part');
  // It left no proof.
  for (let builds = 0; builds < 2; builds++) await build();
  rig.write('in.txt', 'b');
  await build();
  expect(kept().part!.size).toBeGreaterThan(1.2 * kept()['part-early']!.size);

  // Nor is that taken away by those that come to less of it.
  const { part } = kept();
  for (let builds = 0; builds < 2; builds++) await build();
  fs.utimesSync(rig.path('in.txt'), now, now);
  await build();
  expect([kept().glance!.ino, kept().part!.ino]).toEqual([glance!.ino, part!.ino]);
  fs.rmSync(built, { recursive: true });
});
