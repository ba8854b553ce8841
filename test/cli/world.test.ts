// What a world is prepared for when it is opened.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openWorld } from '../../src/cli/world.ts';
import { leftoversElsewhere, unsettledInputs } from '../../src/engine/killed.ts';
import { makeRunId } from '../../src/journal/run-id.ts';
import { select, selectEverything } from '../../src/model/selection.ts';
import { taskOf } from '../../src/model/task.ts';
import { workspaceOf } from '../rig/workspace-of.ts';

/** A workspace in which an attempt at the stage `work` was killed, with these patterns. */
async function afterKill(produces: readonly string[]): Promise<string> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-world-')));
  onTestFinished(() => fs.rmSync(root, { recursive: true }));
  fs.mkdirSync(path.join(root, 'out/deep'), { recursive: true });
  fs.writeFileSync(path.join(root, 'out/deep/half.txt'), 'half');
  await opened(root, { work: { produces } }, ({ world, graph }) => {
    world.records.begin(taskOf(graph.stageNamed('work')).id, world.folders.runId, produces);
  });
  return root;
}

/** As a build of the selected ones opens it. */
async function opened<T>(
  root: string,
  stages: Readonly<Record<string, object>>,
  act: (open: Awaited<ReturnType<typeof worldOf>>) => T,
  only: readonly string[] = [],
): Promise<T> {
  const open = await worldOf(root, stages, only);
  try {
    return act(open);
  } finally {
    open.state.close();
  }
}

async function worldOf(root: string, stages: Readonly<Record<string, object>>, only: readonly string[]) {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: ':', ...stage }]);
  const workspace = workspaceOf(root, { stages: Object.fromEntries(named) });
  const { graph, pipeline, canonical } = workspace;
  const selected = select(graph, pipeline, { ...selectEverything, only }, canonical);
  if (!selected.ok) throw new Error('nothing is selected');
  const { world, state } = await openWorld({
    ...{ workspace, stages: selected.value.stages, flags: {}, sinks: [], writes: true },
    runId: makeRunId(0),
    onTrouble: (message) => {
      throw new Error(message);
    },
  });
  return { world, state, graph, selection: selected.value };
}

test('what a killed attempt left is found by its patterns, though no stage of today has any like them', async () => {
  const root = await afterKill(['out/**']);
  const left = await opened(root, { work: { produces: ['out/a.txt'] } }, ({ world, graph }) =>
    leftoversElsewhere(world, graph),
  );
  expect(left).toMatchObject([{ task: 'work', files: [{ path: 'out/deep/half.txt' }] }]);
});

test('so is what it left at a stage that this build leaves out', async () => {
  const root = await afterKill(['out/**']);
  const stages = { work: { produces: ['out/**'] }, last: { requires: ['out/deep/half.txt'] } };
  const told = await opened(
    root,
    stages,
    ({ world, graph, selection }) => unsettledInputs(world, graph, selection),
    ['last'],
  );
  expect(told).toMatchObject([{ message: expect.stringContaining('out/deep/half.txt, which may be') }]);
});
