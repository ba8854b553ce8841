// A workspace as the command opens it, without a configuration file: from the stages themselves.
import path from 'node:path';
import type { Workspace } from '../../src/cli/workspace.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { accepted } from '../model/validation/sample-config.ts';

/** `root`: absolute. `spec`: as `definePipeline` is given it, without functions and modules. `params`: as typed. */
export function workspaceOf(root: string, spec: object, params: readonly string[] = []): Workspace {
  const configPath = path.join(root, 'pipeline.config.ts');
  const place = { root, home: '/nowhere', configPath, folderName: path.basename(root) };
  const pipeline = accepted(spec, place, { params: { typed: params, open: false } });
  const graph = buildGraph(pipeline);
  if (!graph.ok) throw new Error(graph.error.map((one) => one.message).join('\n'));
  return {
    ...{
      root,
      state: path.join(root, '.pipeline-cache'),
      configPath,
      pipeline,
      told: pipeline,
      graph: graph.value,
    },
    canonical: (typed) => typed as ReturnType<Workspace['canonical']>,
    compiledPath: '',
    spec,
    newLockFile: null,
    pathsOfCode: () => [],
    isCodeFollowed: () => true,
    isOfPresentConfig: async () => true,
    codeOf: async () => ({
      identify: () => {
        throw new Error('no stage here has code');
      },
      editedBehind: () => [],
    }),
  };
}
