// Looks at what an execution made: every pattern has its file, nothing was written through a link.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import { blockedAbove, folderForFile } from './obstruction.ts';
import type { Expansion } from './ports.ts';
import type { World } from './world.ts';

/** `null`: the task makes no files. */
export function listOutputs(world: World, { stage: { produces } }: Task): Expansion | null {
  return produces === null ? null : world.files.expand(produces, 'output');
}

export function inspectOutputs(
  world: World,
  task: Task,
  expansion: Expansion | null = listOutputs(world, task),
): { readonly outputs: Manifest } | { readonly failure: Failure } {
  if (expansion === null) return { outputs: [] };
  const missing = expansion.unmatched.filter((entry) => !entry.optional).map((entry) => entry.source);
  if (missing.length > 0)
    return { failure: folderForFile(world, task) ?? { kind: 'output-missing', patterns: missing } };
  const folders = new Map<string, FilePath>(expansion.files.map((file) => [folderOf(file.path), file.path]));
  const blocked = blockedAbove(world, task, folders.values());
  if (blocked !== null) return { failure: blocked };
  const seen = world.files.observe(expansion.files, 'output', 'gone');
  const [unreadable] = [...expansion.unreadable, ...seen.unreadable];
  if (unreadable !== undefined) return { failure: { kind: 'output-blocked', ...unreadable } };
  return { outputs: seen.manifest };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
