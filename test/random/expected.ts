// What a workspace must come to: a second, simple build tool that knows everything and does nothing.
// It foretells how each task may end, and is told how it did end.
import { createHash } from 'node:crypto';
import {
  afterOf,
  relevant,
  requirementsOf,
  type Shape,
  type StageShape,
  sources,
  upstreamOf,
} from './shape.ts';
import { listing, type Node, type Tree, textAt } from './tree.ts';
import { type Kind, outputsOf, owns, producesOf, shellLineOf } from './work.ts';

export type TaskEnd = 'executed' | 'restored' | 'fresh' | 'failed' | 'skipped';

interface Done {
  readonly kind: 'done';
  readonly key: string;
  readonly outputs: ReadonlyMap<string, Node>;
}

/** What may be on record of a task. */
type Memory = { readonly kind: 'none' } | { readonly kind: 'unfinished' } | Done;

export interface BuildRequest {
  /** Names; `null`: everything. */
  readonly only: readonly string[] | null;
  readonly force: boolean;
  readonly cache: boolean;
  readonly freshness: 'hash' | 'mtime';
  readonly keepGoing: boolean;
  readonly jobs: number;
}

export const plainBuild: BuildRequest = {
  only: null,
  force: false,
  cache: true,
  freshness: 'hash',
  keepGoing: true,
  jobs: 2,
};

/** Something that happens while a certain stage executes. */
export interface Meanwhile {
  readonly stage: string;
  readonly change: (tree: Tree) => void;
}

const handMade = /^hand-/;

export class Expected {
  shape: Shape;
  /** The workspace as it must be now. */
  tree: Tree;
  private memories = new Map<string, readonly Memory[]>();
  private cache = new Map<string, 'there' | 'maybe'>();
  private readonly doubtful = new Set<string>();
  /** Stages may have run over inputs that nobody has foreseen, and their results be in the cache. */
  private mayKnowMore = false;
  /** Outputs of stages that make something else now, by the stage's number: they go with the next build of it. */
  private readonly former = new Map<string, number>();
  /** What people made in the places of outputs; to be found somewhere for ever. */
  readonly byHand = new Set<string>();

  constructor(shape: Shape, tree: Tree) {
    this.shape = shape;
    this.tree = tree;
  }

  /** In an order in which they can be built. */
  get stages(): readonly StageShape[] {
    return [...this.shape].sort((a, b) => a.layer - b.layer || a.id - b.id);
  }

  selected({ only }: BuildRequest): readonly StageShape[] {
    return this.stages.filter((stage) => only === null || only.includes(stage.name));
  }

  /** Whether these ends fail the run. */
  fails(ends: ReadonlyMap<string, TaskEnd>): boolean {
    return this.shape.some(({ name, optional }) => !optional && ends.get(name) === 'failed');
  }

  /** An optional stage that failed stands in the way of those alone that need its files. */
  private isBlocked(stage: StageShape, bad: ReadonlyMap<StageShape, 'failed' | 'skipped'>): boolean {
    if ([...upstreamOf(this.shape, stage)].some((upstream) => bad.has(upstream))) return true;
    const after = afterOf(this.shape, stage);
    const end = after === null ? undefined : bad.get(after);
    return end === 'skipped' || (end === 'failed' && !after!.optional);
  }

  /** A file that people edit: one that the stage requires, where it does. */
  sourceOf(name: string, pick: number): string {
    const requirements = requirementsOf(this.shape, this.stages.find((one) => one.name === name)!);
    const its = sources.filter((source) => requirements.some(({ matches }) => matches(source)));
    const all = its.length > 0 ? its : sources;
    return all[pick % all.length]!;
  }

  /** A stage of these lacks a file that nobody will make: nothing may happen. What is to go counts as gone. */
  refuses(request: BuildRequest): 'certainly' | 'maybe' | 'never' {
    const selected = this.selected(request);
    const lacks = (gone: ReadonlySet<string>) =>
      selected.some((stage) =>
        requirementsOf(this.shape, stage).some(
          ({ optional, matches, producers }) =>
            !optional &&
            !this.has((path) => matches(path) && !gone.has(path)) &&
            !producers.some((producer) => selected.includes(producer)),
        ),
      );
    const leaving = [...this.former].flatMap(([path, id]) => {
      const stage = selected.find((one) => one.id === id);
      const node = this.tree.get(path);
      return stage === undefined || node === undefined || isByHand(node) ? [] : [{ path, stage }];
    });
    if (lacks(new Set(leaving.filter((one) => this.isOnRecord(one.stage, one.path)).map(({ path }) => path))))
      return 'certainly';
    return lacks(new Set(leaving.map(({ path }) => path))) ? 'maybe' : 'never';
  }

  /**
   * Follows a build that came to its end, stage by stage, and answers what is wrong with it: nothing, or
   * sentences. `ends` by stage name, in the order in which they came; `found` is what lies there now. Afterwards
   * `tree` is what must lie there.
   */
  follow(
    request: BuildRequest,
    ends: ReadonlyMap<string, TaskEnd>,
    found: Tree,
    meanwhile?: Meanwhile,
  ): readonly string[] {
    const selected = this.selected(request);
    const wrong = selected.filter(({ name }) => !ends.has(name)).map(({ name }) => `${name} has no end`);
    wrong.push(...this.retired(selected, found));
    const bad = new Map<StageShape, 'failed' | 'skipped'>();
    const stopped = !request.keepGoing && this.fails(ends);
    for (const [name, end] of ends) {
      const stage = selected.find((one) => one.name === name);
      if (stage === undefined) {
        wrong.push(`${name} was not selected, and ${end}`);
        continue;
      }
      const allowed = this.isBlocked(stage, bad) ? (['skipped'] as const) : this.allowedEnds(request, stage);
      const may: readonly TaskEnd[] = stopped ? [...allowed, 'skipped'] : allowed;
      // It ran when the edit came, so it was looked at once more, and may have found what it needs.
      if (meanwhile?.stage === name) meanwhile.change(this.tree);
      else if (!may.includes(end)) wrong.push(`${name} was ${end}, not ${may.join(' or ')}`);
      if (end === 'failed' || end === 'skipped') bad.set(stage, end);
      if (end !== 'skipped') this.ended(request, stage, end);
    }
    return wrong;
  }

  /**
   * A build died at some moment, or inputs were edited while it was at work, to what `before` does not have yet.
   * `found` is what lies there now, `dying` the stage that was certainly at work.
   */
  unforeseen(request: BuildRequest, before: Tree, found: Tree, dying: string | null): readonly string[] {
    const after = this.tree;
    const possible = new Map<string, Memory[]>();
    for (const tree of [before, after]) {
      this.tree = new Map(tree);
      for (const [name, memory] of this.goneThrough(request)) {
        possible.set(name, [...(possible.get(name) ?? []), memory]);
        if (memory.kind === 'done' && request.cache && this.cache.get(memory.key) !== 'there')
          this.cache.set(memory.key, 'maybe');
      }
    }
    for (const stage of this.selected(request)) {
      const memories: readonly Memory[] = [...this.memoriesOf(stage), { kind: 'unfinished' }];
      this.memories.set(stage.name, [...memories, ...(possible.get(stage.name) ?? [])]);
    }
    if (dying !== null) this.memories.set(dying, [{ kind: 'unfinished' }]);
    if (before !== after) this.mayKnowMore = true;
    const isFixed = (path: string) =>
      !this.former.has(path) && !this.shape.some((stage) => owns(stage, path));
    const wrong = differences(only(relevant(this.shape, after), isFixed), only(found, isFixed));
    this.adopt(found);
    return wrong;
  }

  /** What each stage would be on record with, if a build went through to its end; `tree` is changed accordingly. */
  private *goneThrough(request: BuildRequest): Iterable<readonly [string, Memory]> {
    const bad = new Map<StageShape, 'failed' | 'skipped'>();
    for (const stage of this.selected(request)) {
      const blocked = this.isBlocked(stage, bad);
      const reached = blocked ? null : this.reachedBy(stage);
      if (reached === null) bad.set(stage, blocked ? 'skipped' : 'failed');
      else {
        this.put(stage, reached.outputs);
        yield [stage.name, reached];
      }
    }
  }

  /** Deleted on request: recorded outputs, but for what people made. */
  cleaned(names: readonly string[], found: Tree): readonly string[] {
    const wrong: string[] = [];
    const stages = this.shape.filter((stage) => names.includes(stage.name));
    for (const [path, node] of this.tree) {
      const stage = stages.find((one) => owns(one, path));
      const isHandMade = isByHand(node);
      const isFormer = this.former.has(path);
      if (!found.has(path) && node.kind !== 'folder' && !isFormer && (stage === undefined || isHandMade))
        wrong.push(`clean deleted ${path}`);
      if (stage === undefined || isHandMade || !found.has(path)) continue;
      const isCertain = this.memoriesOf(stage).every((one) => one.kind === 'done' && one.outputs.has(path));
      if (isCertain) wrong.push(`clean left ${path}`);
    }
    for (const { name } of stages) this.memories.set(name, [{ kind: 'none' }]);
    this.adopt(found);
    return wrong;
  }

  /** All records may be lost, or some, or none. */
  recordsMayBeLost(): void {
    for (const stage of this.shape)
      this.memories.set(stage.name, [...this.memoriesOf(stage), { kind: 'unfinished' }, { kind: 'none' }]);
  }

  recordsAreLost(): void {
    this.memories.clear();
  }

  cacheIsLost(): void {
    this.cache.clear();
    this.doubtful.clear();
    this.mayKnowMore = false;
  }

  cacheMayBeLost(): void {
    for (const key of this.cache.keys()) this.cache.set(key, 'maybe');
  }

  /** A stored content is damaged: what needs it may be there or not. */
  contentIsDoubtful(digest: string): void {
    this.doubtful.add(digest);
  }

  /** The stage makes other files from now on. */
  madeAnew(id: number, kind: Kind): void {
    this.shape = this.shape.map((stage) => (stage.id === id ? { ...stage, kind } : stage));
    for (const stage of this.shape.filter((one) => one.id === id))
      for (const memory of this.memoriesOf(stage))
        if (memory.kind === 'done')
          for (const path of memory.outputs.keys()) if (!this.isOwned(path)) this.former.set(path, id);
    for (const path of this.former.keys()) if (this.isOwned(path)) this.former.delete(path);
  }

  /** Former outputs that went when the build began. They must have, where they are certainly on record. */
  private retired(selected: readonly StageShape[], found: Tree): readonly string[] {
    const left: string[] = [];
    for (const [path, id] of this.former) {
      const stage = selected.find((one) => one.id === id);
      const node = this.tree.get(path);
      if (!found.has(path) || node === undefined) this.former.delete(path);
      if (!found.has(path)) this.tree.delete(path);
      else if (stage !== undefined && node !== undefined && node.kind !== 'folder' && !isByHand(node)) {
        if (this.isOnRecord(stage, path)) left.push(`${path} is still there, which nobody makes now`);
      }
    }
    return left;
  }

  private isOnRecord(stage: StageShape, path: string): boolean {
    return this.memoriesOf(stage).every((one) => one.kind === 'done' && one.outputs.has(path));
  }

  private adopt(found: Tree): void {
    this.tree = found;
    for (const path of this.former.keys()) if (!found.has(path)) this.former.delete(path);
  }

  private isOwned(path: string): boolean {
    return this.shape.some((stage) => owns(stage, path));
  }

  renamed(from: string, to: string): void {
    this.shape = this.shape.map((stage) => (stage.name === from ? { ...stage, name: to } : stage));
  }

  private allowedEnds(request: BuildRequest, stage: StageShape): readonly TaskEnd[] {
    const reached = this.reachedBy(stage);
    const memories = this.memoriesOf(stage);
    const byTimes = request.freshness === 'mtime' && producesOf(stage).length > 0;
    // make's rule looks at times, and those are not foretold here.
    const mayBeNewer = byTimes && !request.force && memories.some(({ kind }) => kind !== 'unfinished');
    if (reached === null) return mayBeNewer ? ['failed', 'fresh'] : ['failed'];
    if (request.force) return ['executed'];
    const isDone = (memory: Memory) =>
      memory.kind === 'done' && memory.key === reached.key && this.lies(stage, memory.outputs);
    const ends = new Set<TaskEnd>();
    if (byTimes ? mayBeNewer : memories.some(isDone)) ends.add('fresh');
    if (byTimes || !memories.every(isDone)) {
      const cached = request.cache ? this.cachedAs(reached) : undefined;
      if (cached !== undefined || (request.cache && this.mayKnowMore)) ends.add('restored');
      if (cached !== 'there') ends.add('executed');
    }
    return [...ends];
  }

  private cachedAs(done: Done): 'there' | 'maybe' | undefined {
    const cached = this.cache.get(done.key);
    return cached !== undefined && this.isDoubtful(done) ? 'maybe' : cached;
  }

  private isDoubtful({ outputs }: Done): boolean {
    return [...outputs.values()].some(
      (node) =>
        node.kind === 'file' && this.doubtful.has(createHash('sha256').update(node.text).digest('hex')),
    );
  }

  private ended(request: BuildRequest, stage: StageShape, end: TaskEnd): void {
    if (end === 'failed') {
      for (const path of [...this.tree.keys()]) if (owns(stage, path)) this.tree.delete(path);
      this.memories.set(stage.name, [{ kind: 'unfinished' }]);
      return;
    }
    const reached = this.reachedBy(stage);
    const byTimes = request.freshness === 'mtime' && producesOf(stage).length > 0;
    if (reached === null || (end === 'fresh' && byTimes)) return;
    this.memories.set(stage.name, [reached]);
    if (end === 'fresh') return;
    this.put(stage, reached.outputs);
    if (request.cache) this.cache.set(reached.key, 'there');
  }

  /** What an execution now would be on record with; `null`: it would fail. */
  private reachedBy(stage: StageShape): Done | null {
    const requirements = requirementsOf(this.shape, stage);
    if (requirements.some(({ optional, matches }) => !optional && !this.has(matches))) return null;
    const inputs = this.inputsOf(stage);
    const texts = inputs.map((path) => ({ path, text: textAt(this.tree, path).text }));
    const outputs = outputsOf(stage, texts);
    if (outputs === null) return null;
    const seen = inputs.map((path) => [path, this.tree.get(path), textAt(this.tree, path)]);
    const requires = requirements.map(({ pattern }) => pattern);
    const key = JSON.stringify([shellLineOf(stage), stage.word, requires, producesOf(stage), seen]);
    return { kind: 'done', key, outputs };
  }

  private inputsOf(stage: StageShape): readonly string[] {
    const requirements = requirementsOf(this.shape, stage);
    return [...this.tree]
      .filter(([path, node]) => node.kind !== 'folder' && requirements.some(({ matches }) => matches(path)))
      .map(([path]) => path)
      .sort();
  }

  private put(stage: StageShape, outputs: ReadonlyMap<string, Node>): void {
    for (const path of [...this.tree.keys()]) if (owns(stage, path)) this.tree.delete(path);
    for (const [path, node] of outputs) this.tree.set(path, node);
  }

  private lies(stage: StageShape, outputs: ReadonlyMap<string, Node>): boolean {
    const present = only(this.tree, (path) => owns(stage, path));
    return differences(new Map(outputs), present).length === 0;
  }

  private memoriesOf(stage: StageShape): readonly Memory[] {
    return this.memories.get(stage.name) ?? [{ kind: 'none' }];
  }

  private has(matches: (path: string) => boolean): boolean {
    return [...this.tree].some(([path, node]) => node.kind !== 'folder' && matches(path));
  }
}

/** No stage writes such a text, and none makes such a link. */
function isByHand(node: Node): boolean {
  return node.kind === 'file'
    ? handMade.test(node.text)
    : node.kind === 'link' && node.target.startsWith('..');
}

/** Sentences about what is there and should not be, and the other way round. */
export function differences(expected: Tree, found: Tree): readonly string[] {
  const should = listing(expected);
  const is = listing(found);
  return [
    ...should.filter((line) => !is.includes(line)).map((line) => `missing: ${line}`),
    ...is.filter((line) => !should.includes(line)).map((line) => `too much: ${line}`),
  ];
}

function only(tree: Tree, keep: (path: string) => boolean): Tree {
  return new Map([...tree].filter(([path]) => keep(path)));
}

/** Throws what is wrong, if anything is. */
export function say(when: string, wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(`${when}: ${wrong.join('\n')}`);
}
