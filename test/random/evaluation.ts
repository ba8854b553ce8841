// What a stage sees in a tree, and what it would make of it: pure, and without any memory.
import type { Outputs } from './memory.ts';
import { type Requirement, requirementsOf, type Shape, type StageShape } from './shape.ts';
import { endOfLinks, fileAt, listing, type Node, type Tree } from './tree.ts';
import { type Input, owns, producesOf, shellLineOf } from './work.ts';

export interface Sight {
  /** All that is no file. */
  readonly definition: string;
  /** Everything that the result depends on. */
  readonly key: string;
  /** Sorted by path. */
  readonly inputs: readonly Input[];
}

/** Whether one of these stages requires what is not there, and none of them makes. */
export function lacksInput(shape: Shape, tree: Tree, stages: readonly StageShape[]): boolean {
  return stages.some((stage) =>
    missingOf(shape, tree, stage).some(({ producers }) => !producers.some((one) => stages.includes(one))),
  );
}

/** `null`: a required file is not there. */
export function sightOf(shape: Shape, tree: Tree, stage: StageShape): Sight | null {
  const requirements = requirementsOf(shape, stage);
  if (missingOf(shape, tree, stage).length > 0) return null;
  const paths = [...tree]
    .filter(([path, node]) => node.kind !== 'folder' && requirements.some(({ matches }) => matches(path)))
    .map(([path]) => path)
    .sort();
  const inputs = paths.map((path) => ({ path, text: fileAt(tree, path)?.text ?? null }));
  const requires = requirements.map(({ pattern }) => pattern);
  const definition = JSON.stringify([shellLineOf(stage), stage.word, requires, producesOf(stage)]);
  const seen = paths.map((path) => [path, tree.get(path), fileAt(tree, path)]);
  return { definition, key: JSON.stringify([definition, seen]), inputs };
}

function missingOf(shape: Shape, tree: Tree, stage: StageShape): readonly Requirement[] {
  const files = [...tree].filter(([, node]) => node.kind !== 'folder');
  return requirementsOf(shape, stage).filter(
    ({ optional, matches }) => !optional && !files.some(([path]) => matches(path)),
  );
}

/** Whether the stage would read the file, be it through a link. */
export function reads(sight: Sight | null, tree: Tree, file: string): boolean {
  return sight?.inputs.some(({ path }) => endOfLinks(tree, path) === file) ?? false;
}

/** The same inputs, as they read while that file has this text. */
export function inputsWith(sight: Sight, tree: Tree, file: string, text: string): readonly Input[] {
  return sight.inputs.map((input) => (endOfLinks(tree, input.path) === file ? { ...input, text } : input));
}

/** What lies in the places of a stage's outputs. */
export function ownedIn(tree: Tree, stage: StageShape): Map<string, Node> {
  return new Map([...tree].filter(([path]) => owns(stage, path)));
}

export function isOwned(shape: Shape, path: string): boolean {
  return shape.some((stage) => owns(stage, path));
}

export function sameNode(a: Node | undefined, b: Node | undefined): boolean {
  return a !== undefined && b !== undefined && sameNodes(new Map([['', a]]), new Map([['', b]]));
}

export function sameNodes(a: Outputs, b: Outputs): boolean {
  return a.size === b.size && listing(new Map(a)).join('\n') === listing(new Map(b)).join('\n');
}
