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

test('the code of a glance is kept once a glance was enough, however little of it the first build had come to', async () => {
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
  const kept = () =>
    Object.fromEntries(
      fs
        .readdirSync(path.join(built, 'compiled'))
        .filter((name) => name.startsWith('glance-build-'))
        .map((name) => [
          name.startsWith('glance-build-early-') ? 'early' : 'whole',
          fs.statSync(path.join(built, 'compiled', name)),
        ]),
    );

  // From nothing: there is no proof, which is all that a glance finds out.
  await build();
  expect(Object.keys(kept())).toEqual(['early']);
  // As long as it takes until what was too new to be trusted is known, which leaves a proof.
  for (let builds = 0; builds < 3; builds++) await build();
  const { early, whole } = kept();
  expect(whole!.size).toBeGreaterThan(1.2 * early!.size);

  // Nor does a build that comes to less of it take that away.
  rig.write('in.txt', 'b');
  for (let builds = 0; builds < 2; builds++) await build();
  expect(kept().whole!.ino).toBe(whole!.ino);
  fs.rmSync(built, { recursive: true });
});
