// Stores, restores or collects in one cache, over and over, and says what it saw that must not be.
import fs from 'node:fs';
import path from 'node:path';
import { WorkspaceOutputs } from '../../src/files/workspace-outputs.ts';
import { FolderActions } from '../../src/store/actions.ts';
import { FolderBlobs } from '../../src/store/blobs.ts';
import { collectCache } from '../../src/store/collect.ts';
import { action, digest, entry } from './samples.ts';

const [role, state, own, times] = process.argv.slice(2) as [string, string, string, string];
const actions = new FolderActions(state);
const blobs = new FolderBlobs(state);
const say = (line: string): void => void fs.writeSync(1, `${line}\n`);
fs.mkdirSync(own, { recursive: true });

/** What each of a few keys stands for: the same for all who store it. */
const keys = ['a', 'b', 'c'];
const contentsOf = (key: string) => [1, 2, 3].map((i) => `${key}${i}`.repeat(40_000));
const actionOf = (key: string) =>
  action(
    key,
    contentsOf(key).map((content, i) => entry(`out/${i}`, content)),
  );

function store(key: string): void {
  try {
    for (const content of contentsOf(key)) {
      const file = path.join(own, 'source');
      fs.writeFileSync(file, content);
      blobs.put(file, digest(content), Buffer.byteLength(content));
    }
    actions.put(actionOf(key));
  } catch (problem) {
    // A collection without grace takes half-made files too; storing says so, and nothing is stored.
    if ((problem as NodeJS.ErrnoException).code !== 'ENOENT') throw problem;
  }
}

/** Whole and right, or a miss; nothing between. */
function restore(key: string): 'restored' | 'missed' {
  const found = actions.get(digest(key));
  if (found === null) return 'missed';
  const outputs = new WorkspaceOutputs({ root: own, state });
  const staged = outputs.stage(found.outputs, (one) => blobs.pathOf(one));
  if (staged === null) return 'missed';
  staged.place();
  contentsOf(key).forEach((content, i) => {
    if (fs.readFileSync(path.join(own, 'out', String(i)), 'utf8') !== content) say(`wrong: ${key} ${i}`);
  });
  return 'restored';
}

const counts = { restored: 0, missed: 0, collected: 0 };
/** Who collects may be done before the others have begun: it goes on until it has met them. */
const isDone = (turn: number) => turn >= Number(times) && (role !== 'collect' || counts.collected > 0);
for (let i = 0; !isDone(i); i++) {
  const key = keys[i % keys.length]!;
  try {
    if (role === 'store') store(key);
    else if (role === 'restore') counts[restore(key)]++;
    else {
      // Without grace and below what one entry takes: all of it goes, whoever is using it.
      const { removedBlobs } = collectCache({ state, maxBytes: 100, nowMs: Date.now() + 1000, graceMs: 0 });
      counts.collected += removedBlobs;
    }
  } catch (problem) {
    say(`${role}: ${problem instanceof Error ? problem.stack : problem}`);
  }
}
say(`done ${JSON.stringify(counts)}`);
