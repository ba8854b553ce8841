// Makes the proof of a build of all that was looked at, and of what is known of each task.
import type { Vouched } from './onlooker.ts';
import { encodedPaths } from './path-list.ts';
import { encodedSights, encodeProof, type ProofHeader } from './proof-format.ts';
import { runsOf, type Sights, type TaskSight } from './sights.ts';

/** What is known of a task beside what it looked at. */
export type TaskFacts = Omit<TaskSight, 'paths'>;

/** The proof of a build that looked at everything; `tasks` in the order of the build. */
export function seal(
  { paths, stamps, common, byTask, junctions }: Vouched,
  header: ProofHeader,
  spec: string,
  facts: { readonly tasks: readonly TaskFacts[]; readonly edges: Sights['edges'] },
): readonly Uint8Array[] {
  const tasks = facts.tasks.map((one) => ({ ...one, paths: runsOf(byTask.get(one.task) ?? []) }));
  const sights = encodedSights({ common: runsOf(common), tasks, edges: facts.edges, junctions });
  return encodeProof({ header, spec: Buffer.from(spec), sights, paths: encodedPaths(paths), stamps });
}
