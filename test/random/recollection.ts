// What the tool may have on record, as the model has it: of tasks, of contents that it made, and of what is stored.
// Where nobody can know, all that is possible, until a build settles it.
import { isOwned } from './evaluation.ts';
import { ExpectedCache } from './expected-cache.ts';
import { KnownContents } from './known-contents.ts';
import { distinct, lastOf, type Memory, type Outputs, unfinished } from './memory.ts';
import type { Shape, StageShape } from './shape.ts';
import type { Node, Tree } from './tree.ts';

/** Paths: these certainly, and those perhaps. */
export interface Paths {
  readonly must: Set<string>;
  readonly may: Set<string>;
}

export function noPaths(): Paths {
  return { must: new Set(), may: new Set() };
}

export class Recollection {
  readonly cache = new ExpectedCache();
  readonly known = new KnownContents();
  /** By name, of stages that are gone too. */
  private readonly memories = new Map<string, readonly Memory[]>();

  of({ name }: StageShape): readonly Memory[] {
    return this.memories.get(name) ?? [{ kind: 'none' }];
  }

  put({ name }: StageShape, memories: readonly Memory[]): void {
    this.memories.set(name, distinct(memories));
  }

  /** All records may be lost, or some, or none. Ambiguous: what is lost depends on where the damage is. */
  mayBeLost(): void {
    for (const [name, memories] of this.memories) {
      const doubted = memories.filter(({ kind }) => kind !== 'none').map((one) => unfinished(one, false));
      this.memories.set(name, distinct([...memories, ...doubted, { kind: 'none' }]));
    }
    this.known.mayForget();
  }

  areLost(): void {
    this.memories.clear();
    this.known.forget();
  }

  /** What these stages are on record with, that lies there as it was made, and that `isConcerned`. */
  made(
    tree: Tree,
    stages: readonly StageShape[],
    isConcerned: (path: string, stage: StageShape) => boolean,
  ): Paths {
    const paths = noPaths();
    for (const stage of stages) {
      const records = this.of(stage).map(outputsOnRecord);
      for (const [path, node] of new Map(records.flatMap((outputs) => present(outputs, tree)))) {
        const knows = this.known.knows(path, node);
        if (knows === 'no' || !isConcerned(path, stage)) continue;
        paths.may.add(path);
        if (knows === 'yes' && records.every((outputs) => outputs.has(path))) paths.must.add(path);
      }
    }
    return paths;
  }

  /** Goes when a build of these begins, as no stage makes it now. */
  leaving(shape: Shape, tree: Tree, stages: readonly StageShape[]): Paths {
    return this.made(tree, stages, (path) => !isOwned(shape, path));
  }

  /** Whether anything is left of stages that make other files now or are gone, or of attempts that were killed. */
  hasLeftovers(shape: Shape, tree: Tree): boolean {
    const all = [...this.memories.values()].flat();
    const wasKilled = all.some((memory) => memory.kind === 'unfinished' && memory.killed);
    const paths = all.flatMap((memory) => [...outputsOnRecord(memory).keys()]);
    return wasKilled || paths.some((path) => tree.has(path) && !isOwned(shape, path));
  }
}

function outputsOnRecord(memory: Memory): Outputs {
  return lastOf(memory)?.outputs ?? new Map();
}

function present(outputs: Outputs, tree: Tree): readonly (readonly [string, Node])[] {
  return [...outputs.keys()].flatMap((path) => (tree.has(path) ? [[path, tree.get(path)!] as const] : []));
}
