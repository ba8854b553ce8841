// Begins and commits tasks without end, and says after each step what it did.
import fs from 'node:fs';
import type { RunId, TaskId } from '../../src/base/brand.ts';
import { openState } from '../../src/store/open-state.ts';
import { record } from './samples.ts';

const { records } = openState({ folder: process.argv[2]!, bootId: 'boot', onTrouble: () => process.exit(1) });
for (let i = 0; ; i++) {
  const task = `task-${i % 7}` as TaskId;
  const runId = `run-${i}` as RunId;
  records.begin(task, runId);
  fs.writeSync(1, `begin ${task} ${runId}\n`);
  records.commit(record(task, runId, 40));
  fs.writeSync(1, `commit ${task} ${runId}\n`);
}
