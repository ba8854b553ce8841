// The real command, killed at any moment of a build or a restore: the next build puts all right, and nothing is left running.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive } from '../exec/scene.ts';
import { Rig } from '../rig/rig.ts';
import { seeded } from '../rig/seeded.ts';

const kills = process.env.PIPE_FAULTS === 'all' ? 300 : 20;
const seed = Number(process.env.PIPE_FAULTS_SEED ?? Math.floor(Math.random() * 1e9));

/** Each stage says who it is, so that one can look whether it is still there. */
const config = `{ stages: {
  many: { requires: ['in.txt'], produces: ['many/'], run: 'echo $$ >> pids; mkdir -p many/deep; for i in 1 2 3 4 5 6 7 8; do cat in.txt > many/$i; echo $i >> many/$i; cp many/$i many/deep/$i; done; ln -s deep/1 many/link; chmod +x many/8; mkdir many/empty' },
  slow: { requires: ['in.txt'], produces: ['slow.txt'], run: 'echo $$ >> pids; echo half > slow.txt; sleep 0.1; cat in.txt in.txt > slow.txt' },
  lines: { requires: ['many/**'], produces: ['out/lines.txt'], run: 'echo $$ >> pids; cat many/[1-8] > out/lines.txt' },
  sum: { requires: ['out/lines.txt', 'slow.txt'], produces: ['out/sum.txt'], run: 'echo $$ >> pids; cat slow.txt out/lines.txt > out/sum.txt' },
} }`;

/** What a build from nothing makes of this input. */
function cleanBuild(input: string): Readonly<Record<string, string>> {
  const numbers = ['1', '2', '3', '4', '5', '6', '7', '8'];
  const file = (i: string) => `${input}${i}\n`;
  const lines = numbers.map(file).join('');
  const made = numbers.flatMap((i) => [
    [`many/${i}`, `${i === '8' ? 'program' : 'file'} ${file(i)}`],
    [`many/deep/${i}`, `file ${file(i)}`],
  ]);
  return {
    ...Object.fromEntries(made),
    'many/deep': 'folder',
    'many/empty': 'folder',
    'many/link': 'link to deep/1',
    'out/lines.txt': `file ${lines}`,
    'out/sum.txt': `file ${input}${input}${lines}`,
    'slow.txt': `file ${input}${input}`,
  };
}

function outputsOf(rig: Rig): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const enter = (folder: string) => {
    for (const name of fs.readdirSync(rig.path(folder))) look(`${folder}/${name}`);
  };
  const look = (file: string) => {
    const stat = fs.lstatSync(rig.path(file));
    if (stat.isSymbolicLink()) found[file] = `link to ${fs.readlinkSync(rig.path(file))}`;
    else if (stat.isFile()) found[file] = `${stat.mode & 0o100 ? 'program' : 'file'} ${rig.read(file)}`;
    else {
      found[file] = 'folder';
      enter(file);
    }
  };
  for (const top of ['many', 'out']) enter(top);
  look('slow.txt');
  return found;
}

test('killed at any moment, a build or restore is put right by the next, and nothing is left running', async () => {
  await using rig = await Rig.with({ 'in.txt': 'a\n' }, config);
  const random = seeded(seed);
  const startedMs = performance.now();
  await rig.build();
  // Follows what the machine does: a kill that came too late makes the next ones come earlier.
  let latestMs = performance.now() - startedMs;
  let started = 0;
  for (let kill = 1; kill <= kills; ) {
    // Few inputs, so that often there is something to restore; and sometimes it is not to be had.
    const input = `${'abcde'[random.upTo(4)]}\n`;
    const args = ['build', ...(random.isOneOf(3) ? ['--no-cache'] : [])];
    const where = `kill ${kill}, PIPE_FAULTS_SEED=${seed}`;
    rig.write('in.txt', input);
    rig.write('pids', '');
    const running = rig.start(args);
    const timer = setTimeout(() => running.child.kill('SIGKILL'), (latestMs * random.upTo(100)) / 100);
    const struck = (await running.ended).signal === 'SIGKILL';
    clearTimeout(timer);
    started++;
    latestMs *= struck ? 1.05 : 0.8;
    if (struck) kill++;

    const next = await rig.build();
    expect(next.code, `${where}: ${next.stderr}${next.stdout}`).toBe(0);
    expect(outputsOf(rig), where).toEqual(cleanBuild(input));
    const again = await rig.build();
    expect(again, where).toMatchObject({ code: 0, fresh: ['lines', 'many', 'slow', 'sum'], warnings: [] });
    const pids = rig
      .read('pids')
      .split('\n')
      .filter((line) => line !== '');
    expect(pids.filter(isAlive), where).toEqual([]);
  }
  process.stdout.write(`killed ${kills} of ${started} builds and restores; PIPE_FAULTS_SEED=${seed}\n`);
}, 3_600_000);
