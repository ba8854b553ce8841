// `pipe list`: the stages as declared and the named pipelines.

import { type Flags, isSet } from './flags.ts';
import { listJson, listLines } from './listing.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace } from './workspace.ts';

export async function list(_positional: readonly string[], flags: Flags): Promise<number> {
  const {
    told: pipeline,
    graph,
    root,
    configPath,
  } = await openWorkspace(flags, {
    writes: false,
    params: 'open',
  });
  if (isSet(flags, 'json')) printJson({ ...listJson(pipeline, graph), root, config: configPath });
  else printLines(listLines(pipeline, outLook()));
  return 0;
}
