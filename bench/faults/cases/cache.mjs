// Results that a tool keeps: killed while it writes or copies them, damaged, and what of an output comes back.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { bytesIn } from '../files.mjs';
import { ending, firstFault, judge } from '../judge.mjs';
import { notApplicable, right, worstOf, wrong } from '../verdict.mjs';
import { copy } from './samples.mjs';

const mebibyte = 1 << 20;

/** The same text each time; no compression makes it much shorter. */
function noise(seed, sizeBytes) {
  const bytes = createHash('shake256', { outputLength: Math.ceil(sizeBytes * 0.75) })
    .update(seed)
    .digest();
  return bytes.toString('base64').slice(0, sizeBytes);
}

const names = Array.from({ length: 16 }, (_, i) => `${String(i).padStart(2, '0')}.txt`);
const big = () => Object.fromEntries(names.map((name) => [`in/${name}`, noise(name, 3 * mebibyte)]));
const totalBytes = names.length * 3 * mebibyte;
const copyAll = {
  name: 'copy',
  requires: ['in/*.txt'],
  produces: ['out/'],
  run: 'mkdir -p out; cp in/*.txt out/',
};
const allCopied = (files) => ({
  expected: Object.fromEntries(
    Object.entries(files).map(([file, text]) => [file.replace(/^in/, 'out'), text]),
  ),
});

/** Kills everything as soon as it is so far; `false` if it ended before. */
async function killWhen(scene, running, isSoFar) {
  let isOver = false;
  running.ended.then(() => {
    isOver = true;
  });
  while (!isOver && !isSoFar()) await new Promise(setImmediate);
  if (isOver) return false;
  scene.kill();
  await running.ended;
  return true;
}

/** Shares of the bytes that have arrived. */
const moments = [0.01, 0.35, 0.7];

function killedRounds(name, round) {
  return {
    name,
    isSlow: true,
    needs: ['cache', 'folders'],
    files: {},
    // Not among `files`, so that it is made only when it is needed: it is large.
    arrange(scene) {
      for (const [file, text] of Object.entries(big())) scene.write(file, text);
    },
    stages: [copyAll],
    async play(scene) {
      const claim = allCopied(big());
      const cells = [];
      for (const share of moments) {
        const cell = await round(scene, share * totalBytes, claim);
        if (cell !== null) cells.push(cell);
      }
      return cells.length === 0 ? notApplicable('no kill met it in the middle') : worstOf(cells);
    },
  };
}

async function killDuringRestore(scene, bytes, claim) {
  await scene.built();
  scene.remove('out');
  const isCopied = (file) => !scene.tool.isOwn(file) && !file.startsWith('in/');
  const wasMet = await killWhen(scene, scene.start(), () => bytesIn(scene.work, isCopied) >= bytes);
  return wasMet ? judge(scene, await scene.build(), claim) : null;
}

async function killDuringStore(scene, bytes, claim) {
  const { state } = scene.tool;
  scene.remove(state);
  scene.remove('out');
  const wasMet = await killWhen(scene, scene.start(), () => bytesIn(scene.path(state)) >= bytes);
  if (!wasMet) return null;
  const again = judge(scene, await scene.build(), claim);
  scene.remove('out');
  const without = judge(scene, await scene.build(), claim);
  return firstFault([
    ['one more build', again],
    ['without the outputs', without],
  ]);
}

/** Leaves nothing of what the tool keeps as it was. */
function damaged(name, damage) {
  const text = noise('blob', 64 << 10);
  return {
    name,
    needs: ['cache'],
    files: { 'in.txt': text },
    stages: [copy],
    async play(scene) {
      await scene.built();
      const contents = scene.tool.contents(scene.work);
      if (contents.length === 0)
        throw new Error(`${scene.tool.name}: keeps no contents where they were looked for`);
      for (const file of contents) damage(file);
      scene.remove('out.txt');
      return judge(scene, await scene.build(), { expected: { 'out.txt': text } });
    },
  };
}

/** A folder with a program, a link and an empty folder, made, deleted and built again. */
function comesBack(name, isAsMade) {
  return {
    name,
    needs: ['cache', 'folders'],
    files: { 'in.txt': 'first\n' },
    stages: [
      {
        ...copy,
        produces: ['out/'],
        run: 'mkdir -p out/empty; cp in.txt out/tool; chmod 755 out/tool; ln -sf tool out/link',
      },
    ],
    async play(scene) {
      await scene.built();
      scene.remove('out');
      const built = await scene.build();
      const found = isAsMade(scene);
      const seen = `${ending(built)}; ${found.seen}`;
      return built.code === 0 && found.ok ? right(seen) : wrong(seen);
    },
  };
}

export const cache = [
  killedRounds('all is killed while outputs come back from the cache; one more build', killDuringRestore),
  killedRounds(
    'all is killed while outputs go into the cache; one more build, and one without the outputs',
    killDuringStore,
  ),
  damaged('a byte of a kept result is flipped', (file) => {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1] ^= 0x01;
    // Some are kept without permission to write.
    fs.chmodSync(file, 0o600);
    fs.writeFileSync(file, bytes);
  }),
  damaged('a kept result is cut in half', (file) => {
    fs.chmodSync(file, 0o600);
    fs.truncateSync(file, fs.statSync(file).size >> 1);
  }),
  {
    name: 'an output that came from the cache is edited in place: the cache does not change with it',
    needs: ['cache'],
    files: { 'in.txt': 'first\n' },
    stages: [copy],
    async play(scene) {
      await scene.built();
      scene.remove('out.txt');
      await scene.build();
      fs.appendFileSync(scene.path('out.txt'), 'edited\n');
      scene.remove('out.txt');
      return judge(scene, await scene.build(), { expected: { 'out.txt': 'first\n' } });
    },
  },
  comesBack('an executable bit comes back', (scene) => {
    const isThere = fs.existsSync(scene.path('out/tool'));
    const mode = isThere ? (fs.statSync(scene.path('out/tool')).mode & 0o777).toString(8) : 'missing';
    return { ok: mode === '755', seen: `mode ${mode}` };
  }),
  comesBack('a symbolic link comes back', (scene) => {
    const stat = fs.lstatSync(scene.path('out/link'), { throwIfNoEntry: false });
    if (stat?.isSymbolicLink()) {
      const target = fs.readlinkSync(scene.path('out/link'));
      return { ok: target === 'tool', seen: `a link to ${target}` };
    }
    return { ok: false, seen: stat === undefined ? 'no link' : 'a file in its place' };
  }),
  comesBack('an empty folder comes back', (scene) => {
    const isThere = fs.existsSync(scene.path('out/empty'));
    return { ok: isThere, seen: isThere ? 'a folder' : 'no folder' };
  }),
  {
    name: 'the disk of the cache is full: the build is none the worse for it',
    needs: ['cache'],
    files: { 'in.txt': noise('large', mebibyte) },
    stages: [copy],
    async play(scene) {
      const text = scene.read('in.txt');
      if (!scene.mountSmallDisk(scene.tool.state)) {
        return notApplicable('a small file system could not be mounted here');
      }
      const first = judge(scene, await scene.build(), { expected: { 'out.txt': text } });
      scene.edit('in.txt', `${text}second\n`);
      const edited = judge(scene, await scene.build(), { expected: { 'out.txt': `${text}second\n` } });
      return firstFault([
        ['the first build', first],
        ['after an edit', edited],
      ]);
    },
  },
];
