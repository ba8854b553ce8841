// What a stage costs that is executed, besides its command: calls to the file system, which do not depend on how fast the
// machine is. Fails where there are more than is recorded, by more than the margin that stands there.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { pipeCommand } from '../rig/rig.ts';
import { builtWorkspace, counted } from './counted-run.ts';
import { margin, recordedWork } from './recorded.ts';

const few = { stages: 2, files: 2 };
const moreFiles = { stages: 2, files: 102 };
const moreStages = { stages: 42, files: 2 };

test('from nothing, a further file and a further stage cost as many calls as is known, and no more', async () => {
  const [base, withFiles, withStages] = await Promise.all([few, moreFiles, moreStages].map(callsFromNothing));

  const perFile = (withFiles! - base!) / (moreFiles.stages * (moreFiles.files - few.files));
  const perStage = (withStages! - base!) / (moreStages.stages - few.stages) - few.files * perFile;
  expect(perFile).toBeLessThan(recordedWork.callsPerFile * margin.calls);
  expect(perStage).toBeLessThan(recordedWork.callsPerStage * margin.calls);
  // If nothing were counted, nothing would ever be too much.
  expect(perFile).toBeGreaterThan(4);
});

async function callsFromNothing({ stages, files }: typeof few): Promise<number> {
  await using rig = await builtWorkspace(stages, files);
  for (const made of ['out', '.pipeline-cache']) fs.rmSync(rig.path(made), { recursive: true });
  // One after the other, so that each run does the same.
  const { calls } = await counted(rig, [pipeCommand, 'build', '--jobs', '1']);
  return Object.values(calls).reduce((all, count) => all + count, 0);
}
