// In which ways a task may go, given what may be on record of it: the rules of a build, written once more and simply.
import type { BuildRequest, TaskEnd } from './builder.ts';
import { inputsWith, ownedIn, reads, type Sight, sameNode, sameNodes, sightOf } from './evaluation.ts';
import type { CourseOfCache, ExpectedCache } from './expected-cache.ts';
import type { KnownContents } from './known-contents.ts';
import { type Done, type Memory, type Outputs, unfinished } from './memory.ts';
import { matcherOf, type Shape, type StageShape } from './shape.ts';
import { isNewer, type TimesByPath } from './times.ts';
import { file, type Node, type Tree } from './tree.ts';
import { type Input, isOwnPath, outputsOf, owns, producesOf, readable } from './work.ts';

/** Everything that decides, at the moment at which a task is looked at. */
export interface Situation {
  readonly request: BuildRequest;
  readonly shape: Shape;
  readonly tree: Tree;
  /** `null`: unknown. */
  readonly times: TimesByPath | null;
  readonly cache: ExpectedCache;
  readonly known: KnownContents;
}

export interface Course extends CourseOfCache {
  readonly end: TaskEnd;
  /** What lies in the places of its outputs afterwards; `null`: what lay there before. */
  readonly leaves: Outputs | null;
  readonly memory: Memory;
  /** A person's files that were put aside. */
  readonly keeps: readonly string[];
  /** What counts as made by the tool from now on. */
  readonly makes: Outputs;
  /** What the cache is asked for. */
  readonly key: string;
}

const nothing: Outputs = new Map();

/** A file that is edited while the stage runs, and what then lies there. */
export interface EditMeanwhile {
  readonly source: string;
  /** What the stage reads. */
  readonly text: string;
  readonly change: (tree: Tree) => void;
}

export function coursesOf(situation: Situation, stage: StageShape, memory: Memory): readonly Course[] {
  const { request, shape, tree, cache } = situation;
  const sight = sightOf(shape, tree, stage);
  if (sight === null) return [unchanged('failed', memory)];
  const freshness = request.force ? 'no' : isFresh(situation, stage, memory, sight);
  if (freshness === 'yes') return [unchanged('fresh', memory)];
  const mayBeFresh = freshness === 'maybe' ? [unchanged('fresh', memory)] : [];
  const made = outputsOf(stage, sight.inputs);
  const entries = request.force || !request.cache ? [null] : cache.mayHold(sight.key, made);
  // Ambiguous: what a person had made before a kill may be told from what it left, or not.
  const views = wasKilled(memory) && !stage.protect ? [memory, unfinished(memory, false)] : [memory];
  const attempts = handMadeIn(situation, stage).flatMap((handMade) =>
    views.flatMap((view) =>
      entries.flatMap((entry) => attemptsOf({ situation, stage, memory: view, sight, handMade, entry })),
    ),
  );
  return [...mayBeFresh, ...attempts];
}

/** As `coursesOf`, where a file is edited in the middle of the execution that it comes to first. */
export function coursesOverEdit(
  situation: Situation,
  stage: StageShape,
  memory: Memory,
  { source, text, change }: EditMeanwhile,
): readonly Course[] {
  const { request, shape, tree, cache, known } = situation;
  const sight = sightOf(shape, tree, stage)!;
  const edited = new Map(tree);
  change(edited);
  const isRead = reads(sight, tree, source);
  const inputs = isRead ? inputsWith(sight, tree, source, text) : sight.inputs;
  const entries = request.force || !request.cache ? [null] : cache.mayHold(sight.key, null);
  const executed = entries.filter((entry) => entry === null || cache.isWhole(entry) !== 'yes');
  return handMadeIn(situation, stage).flatMap((handMade) =>
    executed.flatMap((entry) => {
      const first = executionOf({ situation, stage, memory, sight, handMade, entry }, inputs);
      const isSeen = isRead || reads(sightOf(shape, edited, stage), edited, source);
      if (first.end === 'failed' || !isSeen) return [first];
      // What it made is put away, or stays as the tool's own where the tool updates in place; and it is tried again.
      const stays = stage.inPlace ? first.leaves! : nothing;
      const now = withOutputs(edited, stage, stays);
      const again = { ...situation, tree: now, known: stage.inPlace ? known.with(first.makes) : known };
      return coursesOf(again, stage, unfinished(memory, false)).map((course) => ({
        ...course,
        leaves: course.leaves ?? stays,
        keeps: [...new Set([...first.keeps, ...course.keeps])],
      }));
    }),
  );
}

export function withOutputs(tree: Tree, stage: StageShape, outputs: Outputs): Tree {
  const others = [...tree].filter(([path]) => !owns(stage, path));
  return new Map([...others, ...outputs]);
}

function unchanged(end: TaskEnd, memory: Memory): Course {
  return { end, leaves: null, memory, keeps: [], makes: nothing, ...untouched, key: '' };
}

const untouched = { drops: null, stores: null, finds: null, brings: null } as const;

function isFresh(
  { request, tree, times }: Situation,
  stage: StageShape,
  memory: Memory,
  { definition, key, inputs }: Sight,
): 'yes' | 'no' | 'maybe' {
  const present = ownedIn(tree, stage);
  if (goesByContent(request, stage)) {
    const isSame = memory.kind === 'done' && memory.key === key && sameNodes(memory.outputs, present);
    return isSame ? 'yes' : 'no';
  }
  if (memory.kind === 'unfinished') return 'no';
  if (memory.kind === 'done' && memory.definition !== definition) return 'no';
  const outputs = [...present.keys()];
  if (!producesOf(stage).every((pattern) => outputs.some(matcherOf(pattern)))) return 'no';
  if (times === null) return 'maybe';
  const read = inputs.map(({ path }) => path);
  return isNewer(times, read, outputs) ? 'no' : 'yes';
}

function goesByContent({ freshness }: BuildRequest, stage: StageShape): boolean {
  return freshness === 'hash' || producesOf(stage).length === 0;
}

/** What counts as a person's among the outputs; where some of it is doubtful, without and with that. */
function handMadeIn({ tree, known }: Situation, stage: StageShape): readonly ReadonlySet<string>[] {
  const present = [...ownedIn(tree, stage)];
  const of = (...answers: readonly string[]) =>
    new Set(
      present.filter(([path, node]) => answers.includes(known.knows(path, node))).map(([path]) => path),
    );
  const certain = of('no');
  const possible = of('no', 'maybe');
  return possible.size === certain.size ? [certain] : [certain, possible];
}

interface Attempted {
  readonly situation: Situation;
  readonly stage: StageShape;
  readonly memory: Memory;
  readonly sight: Sight;
  readonly handMade: ReadonlySet<string>;
  /** What the cache has of it. */
  readonly entry: Outputs | null;
}

function attemptsOf(about: Attempted): readonly Course[] {
  const { situation, stage, memory, sight, handMade, entry } = about;
  const { request, tree, cache } = situation;
  const isThere = entry !== null && goesByContent(request, stage) && sameNodes(entry, ownedIn(tree, stage));
  const mustWait = stage.protect && !request.force && !wasKilled(memory) && handMade.size > 0;
  if (!isThere && mustWait) return [unchanged('waiting', memory)];
  if (entry === null) return [executionOf(about, sight.inputs)];
  // What lies there already is not read from the cache.
  const missing = isThere ? nothing : missingOf(about, entry);
  const restored: Course = {
    ...{ end: 'restored', leaves: isThere ? null : entry, memory: doneWith(sight, entry), makes: entry },
    ...{ keeps: isThere ? [] : keptBefore(about), key: sight.key, drops: null, stores: null },
    ...{ finds: entry, brings: missing },
  };
  const isWhole = cache.isWhole(missing);
  return [
    ...(isWhole !== 'no' ? [restored] : []),
    ...(isWhole !== 'yes' ? [executionOf(about, sight.inputs)] : []),
  ];
}

/** What of the entry does not lie there as pipe made it. */
function missingOf({ situation: { request, tree }, stage, handMade }: Attempted, entry: Outputs): Outputs {
  const present = goesByContent(request, stage) ? ownedIn(tree, stage) : nothing;
  const stands = ([path, node]: readonly [string, Node]) =>
    !handMade.has(path) && sameNode(present.get(path), node);
  return new Map([...entry].filter((one) => !stands(one)));
}

function executionOf(about: Attempted, inputs: readonly Input[]): Course {
  const { situation, stage, memory, sight, handMade, entry } = about;
  const made = outputsOf(stage, inputs);
  const leavesHalf = stage.kind === 'picky' && readable(inputs) !== null;
  const half = leavesHalf ? new Map([[`${stage.base}.txt`, file('half\n')]]) : nothing;
  const written = made ?? half;
  const present = ownedIn(situation.tree, stage);
  const goes = new Set(keptBefore(about));
  // What the tool does not touch, where it updates in place.
  const standing = [...present].filter(
    ([path]) => stage.inPlace && !isOwnPath(stage, path) && !goes.has(path),
  );
  const lies = new Map<string, Node>([...standing, ...written]);
  const handLeft = isLeftover(about) ? [] : [...handMade].filter((path) => !goes.has(path));
  // Written anew with the same content it is as if the tool had left it alone.
  const stayTheirs = new Set(handLeft.filter((path) => sameNode(present.get(path), lies.get(path))));
  const kept = [...goes, ...handLeft.filter((path) => !stayTheirs.has(path))];
  const makes = new Map([...lies].filter(([path]) => !stayTheirs.has(path)));
  const asked = { key: sight.key, drops: entry, finds: null, brings: null, keeps: kept };
  if (made === null) {
    const left = { leaves: stage.inPlace ? lies : nothing, makes: stage.inPlace ? makes : nothing };
    return { end: 'failed', ...left, memory: unfinished(memory, false), ...asked, stores: null };
  }
  const stores = situation.request.cache && stayTheirs.size === 0 ? lies : null;
  return { end: 'executed', leaves: lies, memory: doneWith(sight, lies), makes, ...asked, stores };
}

/** Put aside for a person before anything is written. Where a tool updates in place, copies are kept of what it changes. */
function keptBefore(about: Attempted): readonly string[] {
  const { stage, handMade, entry } = about;
  return isLeftover(about) || (stage.inPlace && entry === null) ? [] : [...handMade];
}

/** After a kill an edit cannot be told from a half-written file; work that costs hands counts as theirs. */
function isLeftover({ memory, stage }: Attempted): boolean {
  return wasKilled(memory) && !stage.protect;
}

function wasKilled(memory: Memory): boolean {
  return memory.kind === 'unfinished' && memory.killed;
}

function doneWith({ key, definition }: Sight, outputs: Outputs): Done {
  return { kind: 'done', key, definition, outputs };
}
