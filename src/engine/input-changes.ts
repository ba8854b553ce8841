// Were the inputs edited while the stage ran? Compared by stamps, so that an edit that was taken back shows too.
import type { FilePath } from '../base/brand.ts';
import type { Task } from '../model/task.ts';
import type { Assessment } from './assess.ts';
import type { Observation, Stamp } from './ports.ts';
import type { World } from './world.ts';

/** Paths that came, went or were touched since `seen`, sorted. */
export function inputsThatChanged(
  world: World,
  task: Task,
  assessment: Assessment,
  seen: Observation,
): readonly FilePath[] {
  const before = new Map(seen.manifest.map((entry, i) => [entry.path, seen.stamps[i]!]));
  const paths = new Set<FilePath>(assessment.inputs.map((file) => file.path));
  for (const file of world.files.expand(task.stage.requires, 'input').files) paths.add(file.path);
  const now = [...paths].sort();
  const stamps = world.files.stamp(now, 'input');
  return now.filter((path, i) => !same(before.get(path), stamps[i] ?? null));
}

function same(before: Stamp | undefined, now: Stamp | null): boolean {
  if (before === undefined || now === null) return before === undefined && now === null;
  return (
    before.kind === now.kind &&
    before.inode === now.inode &&
    before.sizeBytes === now.sizeBytes &&
    before.mtimeNs === now.mtimeNs &&
    before.ctimeNs === now.ctimeNs &&
    before.mode === now.mode
  );
}
