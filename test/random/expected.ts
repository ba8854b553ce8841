// What a workspace must come to: a second, simple build tool that knows everything and does nothing.
// It foretells how each task may end, and is told how it did end.
import type { BuildRequest, TaskEnd } from './builder.ts';
import {
  type Course,
  coursesOf,
  coursesOverEdit,
  type EditMeanwhile,
  type Situation,
  withOutputs,
} from './courses.ts';
import { isOwned, lacksInput, ownedIn, sameNodes, sightOf } from './evaluation.ts';
import { type Memory, unfinished } from './memory.ts';
import { Obstacles } from './obstacles.ts';
import { noPaths, type Paths, Recollection } from './recollection.ts';
import { matcherOf, relevant, requirementsOf, type Shape, type StageShape } from './shape.ts';
import { setTimes, type TimesByPath } from './times.ts';
import { differences, endOfLinks, only, type Tree } from './tree.ts';
import { producesOf } from './work.ts';

export interface Meanwhile extends EditMeanwhile {
  /** The stage in whose execution it comes. */
  readonly stage: string;
}

/** A build that came to its end, as far as the workspace shows it. */
export interface Finished {
  /** By stage name, in the order in which they came. */
  readonly ends: ReadonlyMap<string, TaskEnd>;
  /** What lies there now. */
  readonly found: Tree;
  /** Of what lay there when it began, and of what lies there now. */
  readonly times: { readonly before: TimesByPath; readonly after: TimesByPath };
  readonly meanwhile: Meanwhile | null;
}

export class Expected {
  shape: Shape;
  /** The cache is to hold next to nothing. */
  tightCache = false;
  /** The workspace as it must be now. */
  tree: Tree;
  readonly recollection = new Recollection();
  /** What people made in the places of outputs; to be found somewhere for ever. */
  readonly byHand = new Set<string>();

  constructor(shape: Shape, tree: Tree) {
    this.shape = shape;
    this.tree = tree;
  }

  redefine(id: number, fields: Partial<StageShape>): void {
    this.shape = this.shape.map((stage) => (stage.id === id ? { ...stage, ...fields } : stage));
  }

  /** A stage of these lacks a file that nobody will make: nothing may happen. What is to go counts as gone. */
  refuses(request: BuildRequest): 'certainly' | 'maybe' | 'never' {
    const selected = this.selected(request);
    const lacks = (gone: ReadonlySet<string>) =>
      lacksInput(
        this.shape,
        only(this.tree, (path) => !gone.has(path)),
        selected,
      );
    const { must, may } = this.recollection.leaving(this.shape, this.tree, selected);
    if (lacks(must)) return 'certainly';
    return lacks(may) ? 'maybe' : 'never';
  }

  /** Whether there is more to warn of than what was put aside. */
  mayWarn(): boolean {
    return this.recollection.hasLeftovers(this.shape, this.tree);
  }

  /**
   * Follows a build, stage by stage. Answers what is wrong with it, in sentences, and what was put aside for a person.
   * Afterwards `tree` is what must lie there.
   */
  follow(request: BuildRequest, finished: Finished) {
    const { ends, found, times, meanwhile } = finished;
    const selected = this.selected(request);
    const wrong = selected.filter(({ name }) => !ends.has(name)).map(({ name }) => `${name} has no end`);
    const kept = noPaths();
    wrong.push(...this.retire(selected, found, kept));
    const obstacles = new Obstacles(this.shape, request);
    const now = new Map(times.before);
    for (const [name, end] of ends) {
      const stage = selected.find((one) => one.name === name);
      if (stage === undefined) {
        wrong.push(`${name} was not selected, and ${end}`);
        continue;
      }
      if (!obstacles.allow(stage, end)) wrong.push(`${name} was ${end}`);
      else if (end !== 'skipped') {
        const situation = this.situation(request, now);
        const isDisturbed = meanwhile?.stage === name;
        const courses = this.recollection
          .of(stage)
          .flatMap((memory) =>
            isDisturbed
              ? coursesOverEdit(situation, stage, memory, meanwhile)
              : coursesOf(situation, stage, memory),
          );
        if (isDisturbed) {
          meanwhile.change(this.tree);
          setTimes(now, times.after, this.leadingTo(meanwhile.source));
        }
        wrong.push(...this.take(stage, end, courses, { found, kept, alone: request.jobs === 1 }));
        setTimes(now, times.after, ownedIn(this.tree, stage).keys());
      }
      obstacles.ended(stage, end);
    }
    this.recollection.cache.settle();
    if (this.tightCache && request.cache) this.recollection.cache.mayLoseAny();
    return { wrong, kept };
  }

  /**
   * A build died at some moment, or inputs were edited at some moment, which `before` shows as they were; else it is
   * `null`. `found` is what lies there now, `dying` the stage that was certainly at work; what stages that failed have left in
   * their places is the tool's own, whatever they read.
   */
  unforeseen(
    request: BuildRequest,
    about: {
      readonly before: Tree | null;
      readonly found: Tree;
      readonly dying: string | null;
      readonly failed?: readonly string[];
    },
  ): readonly string[] {
    const { before, found, dying, failed = [] } = about;
    const { cache, known } = this.recollection;
    const after = this.tree;
    const selected = this.selected(request);
    const possible = new Map<StageShape, readonly Memory[]>();
    const leaving = this.recollection.leaving(this.shape, after, selected).may;
    const trees = before === null ? [after] : [before, after];
    // What stages no longer make is gone when they are looked at; or the build did not come so far, or had no right to it.
    const without = (tree: Tree) => new Map([...tree].filter(([path]) => !leaving.has(path)));
    for (const tree of [...trees, ...trees.map(without)])
      for (const preferred of ['executed', 'restored', 'fresh'] as const) {
        this.tree = new Map(tree);
        for (const [stage, { memory, makes, key, stores }] of this.goThrough(request, preferred)) {
          possible.set(stage, [...(possible.get(stage) ?? []), memory]);
          known.mayAdd(makes);
          if (stores !== null) cache.mayStore(key, stores);
        }
      }
    for (const stage of selected) {
      if (stage.inPlace && failed.includes(stage.name)) known.mayAdd(ownedIn(found, stage));
      const memories = this.recollection.of(stage);
      const killed = memories.map((memory) => unfinished(memory, true));
      const all = [...memories, ...killed, ...(possible.get(stage) ?? [])];
      this.recollection.put(stage, dying === stage.name ? killed : all);
    }
    // Ambiguous: of an edit at any moment one stage may have seen the file before it, and another one after it.
    cache.mayHaveBeenUsed(before !== null);
    if (this.tightCache) cache.mayLoseAny();
    const isFixed = (path: string) => !leaving.has(path) && !isOwned(this.shape, path);
    const wrong = differences(only(relevant(this.shape, after), isFixed), only(found, isFixed));
    this.tree = found;
    return wrong;
  }

  /** Deleted on request: recorded outputs, but for what people made. */
  cleaned(names: readonly string[], found: Tree): readonly string[] {
    const stages = this.shape.filter(({ name }) => names.includes(name));
    const others = (stage: StageShape) => this.shape.filter((one) => one !== stage);
    const { must, may } = this.recollection.made(
      this.tree,
      stages,
      (path, stage) => !isOwned(others(stage), path),
    );
    for (const stage of stages) this.recollection.put(stage, [{ kind: 'none' }]);
    const wrong = [...this.tree].flatMap(([path, node]) => {
      if (node.kind === 'folder') return [];
      if (found.has(path)) return must.has(path) ? [`clean left ${path}`] : [];
      return may.has(path) ? [] : [`clean deleted ${path}`];
    });
    this.tree = found;
    return wrong;
  }

  /** Whether a person can take what lies there as the result. */
  canAccept(stage: StageShape): boolean {
    const outputs = [...ownedIn(this.tree, stage).keys()];
    const isComplete = producesOf(stage).every((pattern) => outputs.some(matcherOf(pattern)));
    return sightOf(this.shape, this.tree, stage) !== null && producesOf(stage).length > 0 && isComplete;
  }

  /** It was taken so. Answers as `follow`. */
  accept(stage: StageShape, found: Tree) {
    const kept = noPaths();
    const wrong = this.retire([stage], found, kept);
    const sight = sightOf(this.shape, this.tree, stage);
    if (sight === null) return { wrong: [...wrong, 'it lacks an input'], kept };
    const { key, definition } = sight;
    this.recollection.put(stage, [{ kind: 'done', key, definition, outputs: ownedIn(this.tree, stage) }]);
    return { wrong, kept };
  }

  /** In an order in which they can be built. */
  private selected({ only }: BuildRequest): readonly StageShape[] {
    return this.shape
      .filter(({ name }) => only === null || only.includes(name))
      .sort((a, b) => a.layer - b.layer || a.id - b.id);
  }

  private situation(request: BuildRequest, times: TimesByPath | null): Situation {
    const { shape, tree } = this;
    const { cache, known } = this.recollection;
    return { request, shape, tree, times, cache, known };
  }

  /** Goes one of the courses: that which ends so and leaves what lies there. */
  private take(
    stage: StageShape,
    end: TaskEnd,
    courses: readonly Course[],
    about: { readonly found: Tree; readonly kept: Paths; readonly alone: boolean },
  ): readonly string[] {
    const { found, kept, alone } = about;
    const { cache, known } = this.recollection;
    const lay = ownedIn(this.tree, stage);
    const lies = ownedIn(found, stage);
    const ending = courses.filter((course) => course.end === end);
    const fitting = ending.filter(({ leaves }) => sameNodes(leaves ?? lay, lies));
    const taken = fitting.length > 0 ? fitting : ending;
    const [first] = taken;
    if (first === undefined) {
      const ends = [...new Set(courses.map((course) => course.end))].join(' or ');
      return [`${stage.name} was ${end}, not ${ends}`];
    }
    if (first.leaves !== null) this.tree = withOutputs(this.tree, stage, first.leaves);
    this.recollection.put(
      stage,
      taken.map(({ memory }) => memory),
    );
    for (const path of taken.flatMap(({ keeps }) => keeps)) {
      kept.may.add(path);
      if (taken.every(({ keeps }) => keeps.includes(path))) kept.must.add(path);
    }
    const certain = [...first.makes].filter(([path]) => taken.every(({ makes }) => makes.has(path)));
    known.add(new Map(certain));
    for (const { makes } of taken) known.mayAdd(makes);
    cache.goThrough(first.key, taken, alone);
    return [];
  }

  /** What each stage might come to, if a build went through to its end; `tree` is changed accordingly. */
  private *goThrough(request: BuildRequest, preferred: TaskEnd): Iterable<readonly [StageShape, Course]> {
    const obstacles = new Obstacles(this.shape, { ...request, keepGoing: true });
    for (const stage of this.selected(request)) {
      if (obstacles.block(stage)) {
        obstacles.ended(stage, 'skipped');
        continue;
      }
      const situation = this.situation(request, null);
      const courses = this.recollection.of(stage).flatMap((memory) => coursesOf(situation, stage, memory));
      for (const course of courses) yield [stage, course];
      const { end, leaves } = courses.find((course) => course.end === preferred) ?? courses[0]!;
      obstacles.ended(stage, end);
      if (leaves !== null) this.tree = withOutputs(this.tree, stage, leaves);
    }
  }

  /** What stages no longer make goes first. It must, where it is certainly on record. */
  private retire(selected: readonly StageShape[], found: Tree, kept: Paths): readonly string[] {
    const { must, may } = this.recollection.leaving(this.shape, this.tree, selected);
    return [...may].flatMap((path) => {
      const isFolder = this.tree.get(path)!.kind === 'folder';
      if (found.has(path))
        return must.has(path) && !isFolder ? [`${path} is still there, which nobody makes now`] : [];
      this.tree.delete(path);
      // Somebody may have come to rely on it.
      if (isFolder || !this.isRequired(path)) return [];
      kept.may.add(path);
      if (must.has(path)) kept.must.add(path);
      return [];
    });
  }

  private isRequired(path: string): boolean {
    return this.shape.some((stage) => requirementsOf(this.shape, stage).some(({ matches }) => matches(path)));
  }

  private leadingTo(source: string): readonly string[] {
    return [...this.tree.keys()].filter((at) => endOfLinks(this.tree, at) === source);
  }
}
