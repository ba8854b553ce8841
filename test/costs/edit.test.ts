// What an edit of one file costs: of all that has nothing to do with it, no more than a glance does. Counts, which do
// not depend on how fast the machine is. Fails where there is more than is recorded, by more than the margin that stands there.
import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pipeCommand, type Rig } from '../rig/rig.ts';
import { builtWorkspace, type Counted, counted, noop } from './counted-run.ts';
import { margin, recordedEdit } from './recorded.ts';

const few = { stages: 2, files: 2 };
const moreFiles = { stages: 2, files: 302 };
const moreStages = { stages: 82, files: 2 };

let rigs: readonly Rig[] = [];
/** Another command, since what is compiled under flags of Node does for no run without them. */
let commandApart = '';

beforeAll(async () => {
  rigs = await Promise.all(
    [few, moreFiles, moreStages].map(({ stages, files }) => builtWorkspace(stages, files)),
  );
  const built = path.dirname(pipeCommand);
  fs.cpSync(built, `${built}-edits`, { recursive: true });
  commandApart = path.join(`${built}-edits`, 'pipe.cjs');
});

afterAll(async () => {
  for (const rig of rigs) await rig[Symbol.asyncDispose]();
  fs.rmSync(path.dirname(commandApart), { recursive: true, force: true });
});

/** What a further file of each stage adds, and a further stage with its files, which the edit does not concern. */
async function ofMore(amountOf: (rig: Rig) => Promise<number>) {
  const [base, withFiles, withStages] = [
    await amountOf(rigs[0]!),
    await amountOf(rigs[1]!),
    await amountOf(rigs[2]!),
  ];
  return {
    perFile: (withFiles - base) / (moreFiles.files - few.files),
    perStage: (withStages - base) / (moreStages.stages - few.stages),
  };
}

/** Of the last of several: the first ones compile what such a build takes, which is kept at their end. */
async function edited(rig: Rig, command: string, flags: readonly string[] = []): Promise<Counted> {
  let last: Counted | undefined;
  for (const edit of ['once', 'twice', 'three times']) {
    rig.write('in/0/0.txt', `${edit} ${flags}`);
    last = await counted(rig, [command, ...noop.glance], flags);
  }
  return last!;
}

test('after an edit, a stage that it does not concern is looked at as at a glance', async () => {
  const { perFile, perStage } = await ofMore(async (rig) => {
    const { calls } = await edited(rig, pipeCommand);
    return Object.values(calls).reduce((all, count) => all + count, 0);
  });
  expect(perFile).toBeLessThan(recordedEdit.callsPerFile * margin.calls);
  expect(perStage).toBeLessThan(recordedEdit.callsPerStage * margin.calls);
  // If nothing were counted, nothing would ever be too much.
  expect(perStage).toBeGreaterThan(3.6);
});

test('nor is more allocated for it', async () => {
  // So large that nothing is collected: what is on the heap at the end is all that ever was.
  const flags = ['--min-semi-space-size=128', '--max-semi-space-size=128'];
  const { perStage } = await ofMore(async (rig) => (await edited(rig, commandApart, flags)).heapBytes);
  expect(perStage).toBeLessThan(recordedEdit.heapBytesPerStage * margin.heapBytes);
  expect(perStage).toBeGreaterThan(100);
});
