// `pipe list`: the stages as declared and the named pipelines.

import { type Flags, isSet } from './flags.ts';
import { hidingSecrets } from './hidden-secrets.ts';
import { listJson, listLines } from './listing.ts';
import { outLook, printJson, printLines } from './print.ts';
import { openWorkspace } from './workspace.ts';
import { callerEnv } from './world.ts';

export async function list(_positional: readonly string[], flags: Flags): Promise<number> {
  const { pipeline, graph, root, configPath } = await openWorkspace(flags);
  if (isSet(flags, 'json')) {
    const hide = hidingSecrets(pipeline.stages, callerEnv(flags));
    printJson({ ...listJson(pipeline, graph, hide), root, config: configPath });
  } else printLines(listLines(pipeline, outLook()));
  return 0;
}
