// What is done at the end of a run, under the lock: saves what was learned, keeps cache and history within bounds.
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Upkeep } from '../engine/ports.ts';
import { dropProofs } from '../glance/proof-file.ts';
import { growHistory } from '../journal/grow-history.ts';
import { manyRuns, runIds } from '../journal/history.ts';
import type { FolderActions } from '../store/actions.ts';
import type { FolderBlobs } from '../store/blobs.ts';
import { growCache } from '../store/cache-size.ts';
import type { OpenState } from '../store/open-state.ts';
import type { Workspace } from './workspace.ts';

export function upkeepOf(options: {
  readonly workspace: Workspace;
  readonly state: OpenState;
  readonly cache: { readonly blobs: FolderBlobs; readonly actions: FolderActions } | null;
  readonly runId: RunId;
}): Upkeep {
  const { workspace, state, cache, runId } = options;
  const begin = once(() => {
    // Something is done, so that nothing proves any more that there is nothing to do.
    dropProofs(path.join(workspace.state, 'runs'));
    growHistory({ state: workspace.state, current: runId });
  });
  const boundCache = once(() => {
    const maxBytes = workspace.pipeline.cacheMaxBytes;
    if (cache === null || maxBytes === null) return;
    const { blobs, actions } = cache;
    const addedBytes = blobs.addedBytes + actions.addedBytes;
    const { beganEmpty } = blobs;
    growCache({ state: workspace.state, addedBytes, beganEmpty, maxBytes, nowMs: Date.now() });
  });
  return {
    // Runs that do nothing leave a trace too.
    isDue: () => state.unsaved() || runIds(workspace.state).length > manyRuns,
    begin: () => begin(),
    perform() {
      state.save();
      begin();
      boundCache();
    },
  };
}
