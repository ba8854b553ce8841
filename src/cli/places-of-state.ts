// Where the state file of this moment tells of the tasks of a proof.
import fs from 'node:fs';
import { once } from '../base/once.ts';
import type { ReadProof } from '../glance/proof-format.ts';
import { type Concerned, isFamily } from '../glance/sights.ts';
import { markOf, type StateMark } from '../glance/state-mark.ts';
import type { Task } from '../model/task.ts';
import { type PlacedLines, type Places, placesIn } from '../store/places.ts';

export interface MarkedPlaces {
  readonly mark: StateMark;
  /** `null`: not known. */
  readonly places: Places | null;
}

/** `null`: there is no such file. Throws what the file system refuses. */
export function placesOf(stateFile: string): MarkedPlaces | null {
  const mark = markOf(stateFile);
  if (mark === null) return null;
  const bytes = fs.readFileSync(stateFile);
  return { mark, places: bytes.length === mark.sizeBytes ? placesIn(bytes, 0, null) : null };
}

/** The same where the file of the proof has grown since: then the places of what it told before are as they were. */
export function placesSince(stateFile: string, { header }: ReadProof): MarkedPlaces | null {
  const mark = markOf(stateFile);
  if (mark === null) return null;
  const { state, inState } = header;
  const unknown = { mark, places: null };
  if (inState === null || mark.inode !== state.inode || mark.sizeBytes < state.sizeBytes) return unknown;
  const added = Buffer.alloc(mark.sizeBytes - state.sizeBytes);
  const fd = fs.openSync(stateFile, 'r');
  try {
    const read = fs.readSync(fd, added, 0, added.length, state.sizeBytes);
    if (read < added.length) return unknown;
  } finally {
    fs.closeSync(fd);
  }
  return { mark, places: placesIn(added, state.sizeBytes, { ...inState, records: new Map() }) };
}

/** For `TaskSight.recordAt`; `known`: from before. Not all that is fresh is so by its content. */
export function recordPlace({ id, stage }: Task, places: Places | null, known: number | null): number | null {
  if (places === null || stage.freshness !== 'hash' || stage.combination !== '') return null;
  return places.records.has(id) ? (places.records.get(id) ?? null) : known;
}

/**
 * The records of those that are concerned and of those before them; `null`: not all of them are known. `leftOut`: places
 * of further tasks before them.
 */
export function placedFor(
  { header, sights, findTask }: ReadProof,
  { again, changed, before }: Concerned,
  leftOut: () => readonly number[],
): PlacedLines | null {
  const { state, inState } = header;
  if (inState === null) return null;
  const { tasks } = sights();
  const { boot, last, tools } = inState;
  const at = [...tools];
  // Whether they are asked for at all is known when what comes before them has run.
  const laterPlaces = new Map<string, number>();
  for (const place of [...again, ...before].flatMap(findTask)) {
    const { task, isFresh, recordAt } = tasks[place]!;
    if (isFamily(task)) continue;
    if (!isFresh || recordAt === null) return null;
    if (changed.has(task)) at.push(recordAt);
    else laterPlaces.set(task, recordAt);
  }
  const isLeftOut = once(() => {
    const marks = new Uint8Array(tasks.length);
    for (const place of leftOut()) marks[place] = 1;
    return marks;
  });
  const later = (task: string) => {
    const known = laterPlaces.get(task);
    const [place] = known === undefined && !changed.has(task) ? findTask(task) : [];
    if (place === undefined || isLeftOut()[place] === 0) return known;
    const { isFresh, recordAt } = tasks[place]!;
    return isFresh ? recordAt : null;
  };
  return { boot, last, inode: state.inode, sizeBytes: state.sizeBytes, at, later };
}
