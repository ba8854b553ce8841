// Looks at what an execution made: every pattern has its file, nothing was written through a link.
import type { FilePath } from '../base/brand.ts';
import type { Failure } from '../model/failure.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Task } from '../model/task.ts';
import type { World } from './world.ts';

export function inspectOutputs(
  world: World,
  task: Task,
): { readonly outputs: Manifest } | { readonly failure: Failure } {
  const { produces } = task.stage;
  if (produces === null) return { outputs: [] };
  const expansion = world.files.expand(produces, 'output');
  const missing = expansion.unmatched.filter((entry) => !entry.optional).map((entry) => entry.source);
  if (missing.length > 0) return { failure: { kind: 'output-missing', patterns: missing } };
  const folders = new Map<string, FilePath>(expansion.files.map((file) => [folderOf(file.path), file.path]));
  for (const path of folders.values()) {
    const blocked = world.outputs.blockedBy(path);
    if (blocked !== null) return { failure: { kind: 'output-blocked', ...blocked } };
  }
  const seen = world.files.observe(expansion.files, 'output');
  const [unreadable] = [...expansion.unreadable, ...seen.unreadable];
  if (unreadable !== undefined) return { failure: { kind: 'output-blocked', ...unreadable } };
  return { outputs: seen.manifest };
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
