// Whether a stage that a build of a part leaves out requires what another makes by another name: behind a link, where
// the patterns show no order. A build of all refuses that as soon as anything is to be done.
import fs from 'node:fs';
import path from 'node:path';
import type { FilePath, TaskId } from '../base/brand.ts';
import type { Whole } from '../engine/rest.ts';
import { endOfLinks } from '../files/end-of-links.ts';
import { isLinkIn } from '../glance/glance.ts';
import { isElsewhere, mayHaveLink } from '../glance/junctions.ts';
import { type ReadProof, stampLength } from '../glance/proof-format.ts';
import { someOf, type TaskSight } from '../glance/sights.ts';
import { setMatches } from '../model/glob/pattern-set.ts';
import { stageOfTask } from '../model/task.ts';

/** `others`: the tasks that are left out, and those that look at what they looked at before. */
export function hidesOrder(
  root: string,
  proof: ReadProof,
  others: () => readonly TaskSight[],
  whole: Whole,
): boolean {
  const { junctions } = proof.sights();
  if (junctions !== null && !mayHaveLink(root, junctions)) return false;
  const paths = proof.paths();
  const linksAbove = linksBelow(root);
  const isLink = (position: number) => isLinkIn(proof.stamps, position * stampLength);
  let folder = '.';
  let above = linksAbove(folder);
  return others().some(({ task, paths: positions }) =>
    someOf(positions, (position) => {
      const file = paths[position]!;
      if (isElsewhere(file)) return false;
      // Most lie in the folder of the one before.
      const isBeside = file.startsWith(folder) && file.lastIndexOf('/') === folder.length;
      if (!isBeside) {
        folder = path.posix.dirname(file);
        above = linksAbove(folder);
      }
      if (!isLink(position) && above.length === 0) return false;
      return isMadeByAnother({ root, task, file: file as FilePath, above }, whole);
    }),
  );
}

/** Those among the folder and the ones above it that are links; each is looked at once. */
function linksBelow(root: string): (folder: string) => readonly FilePath[] {
  const known = new Map<string, readonly FilePath[]>([['.', []]]);
  const linksAbove = (folder: string): readonly FilePath[] => {
    let answer = known.get(folder);
    if (answer === undefined) {
      const above = linksAbove(path.posix.dirname(folder));
      const stat = fs.lstatSync(path.join(root, folder), { throwIfNoEntry: false });
      answer = stat?.isSymbolicLink() === true ? [...above, folder as FilePath] : above;
      known.set(folder, answer);
    }
    return answer;
  };
  return linksAbove;
}

interface Linked {
  readonly root: string;
  readonly task: string;
  readonly file: FilePath;
  /** The links above it. */
  readonly above: readonly FilePath[];
}

/** Whether a stage that need not come before makes the end of the links, or one of the links. */
function isMadeByAnother({ root, task, file, above }: Linked, whole: Whole): boolean {
  const { graph, selection } = whole();
  const name = stageOfTask(task as TaskId);
  if (!setMatches(graph.stageNamed(name).requires, file)) return false;
  const end = endOfLinks(path.join(root, file));
  const places = [...above];
  if (end?.startsWith(`${root}/`)) places.push(end.slice(root.length + 1) as FilePath);
  const makers = places
    .flatMap((place) => graph.makers.of(place))
    .filter(({ name }) => selection.names.has(name));
  if (makers.length === 0) return false;
  const before = graph.upstreamOf([name]);
  return makers.some((maker) => maker.name === name || !before.has(maker.name));
}
