// The shape of a random pipeline, and its meaning as a configuration. Stages stand in layers, so there are no circles.
import fc from 'fast-check';
import type { Pipeline } from './builder.ts';
import type { Tree } from './tree.ts';
import { type Kind, owns, producesOf, shellLineOf, type Work } from './work.ts';

/** Input files that people edit. `src/opt.txt` need not be there; `src/link.txt` leads to another one. */
export const sources = [
  'src/a.txt',
  'src/b c.txt',
  'src/deep/x/d.txt',
  'src/many/1.txt',
  'src/many/2.txt',
] as const;
export const optionalSource = 'src/opt.txt';
export const sourceLink = 'src/link.txt';

export interface StageShape extends Work {
  /** Fixed for ever; names may change. */
  readonly id: number;
  readonly name: string;
  readonly layer: number;
  /** Its failure does not fail the run. */
  readonly optional: boolean;
  /** What a person edited among its outputs stops the build. */
  readonly protect: boolean;
  /** Chooses a stage of a lower layer that must be done first, without a file in between. */
  readonly afterPick: number | null;
  /** What the choices for `requires` are made with: each picks one of all that lies in lower layers. */
  readonly picks: readonly number[];
}

export type Shape = readonly StageShape[];

/** A pattern that a stage requires, and the stages whose outputs it is about. */
export interface Requirement {
  readonly pattern: string;
  readonly optional: boolean;
  readonly matches: (path: string) => boolean;
  readonly producers: readonly StageShape[];
}

const rarely = fc.nat(7).map((n) => n === 7);

export function shapes(most: number): fc.Arbitrary<Shape> {
  const stage = fc.record({
    kind: fc.constantFrom<Kind>('sum', 'sum', 'first', 'first', 'two', 'split', 'folder', 'picky', 'check'),
    stepsUp: fc.boolean(),
    optional: fc.boolean(),
    protect: rarely,
    inPlace: rarely,
    afterPick: fc.option(fc.nat(999), { freq: 4 }),
    picks: fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }),
  });
  const any = fc.array(stage, { minLength: 1, maxLength: most, size: 'max' });
  // A deep chain: each stage requires the one before.
  const chain = fc
    .array(fc.constantFrom<Kind>('sum', 'first', 'two'), { minLength: 2, maxLength: most, size: 'max' })
    .map((all) =>
      all.map((kind) => ({
        ...{ kind, stepsUp: true, optional: false, protect: false, inPlace: false },
        ...{ afterPick: null, picks: [0] },
      })),
    );
  return fc.oneof({ weight: 5, arbitrary: any }, { weight: 1, arbitrary: chain }).map((stages) => {
    let layer = 0;
    return stages.map(({ stepsUp, ...stage }, id): StageShape => {
      if (stepsUp && id > 0) layer++;
      return { ...stage, id, name: `s${id}`, layer, base: `l${layer}/s${id}`, salt: 's0', word: 'w0' };
    });
  });
}

/** What the stage may choose from: the newest outputs first, so that a chain is all zeros. */
function choicesOf(shape: Shape, stage: StageShape): readonly Requirement[] {
  const below = shape.filter((other) => other.layer < stage.layer).reverse();
  const outputs = below.flatMap((producer) =>
    producesOf(producer).map((pattern) => requirementOf(pattern, [producer])),
  );
  const layers = [...new Set(below.map((producer) => producer.layer))].flatMap((layer) => {
    const producers = below.filter(
      (one) => one.layer === layer && ['sum', 'first', 'two', 'picky'].includes(one.kind),
    );
    return producers.length === 0 ? [] : [requirementOf(`l${layer}/*.txt`, producers)];
  });
  return [
    ...outputs,
    ...layers,
    ...sources.map((source) => requirementOf(source, [])),
    requirementOf(sourceLink, []),
    requirementOf('src/*.txt', []),
    requirementOf('src/many/*.txt', []),
    requirementOf('src/deep/**/*.txt', []),
    { ...requirementOf(optionalSource, []), optional: true },
  ];
}

/** In the order of declaration, each once. There is always one that must match, so that no command reads from nowhere. */
export function requirementsOf(shape: Shape, stage: StageShape): readonly Requirement[] {
  const choices = choicesOf(shape, stage);
  const picked = [...new Set(stage.picks.map((pick) => choices[pick % choices.length]!))];
  return picked.every((one) => one.optional) ? [...picked, requirementOf(sources[0], [])] : picked;
}

function requirementOf(pattern: string, producers: readonly StageShape[]): Requirement {
  return { pattern, optional: false, matches: matcherOf(pattern), producers };
}

/** Written here once more, and simply: the matcher under test must not judge itself. */
export function matcherOf(pattern: string): (path: string) => boolean {
  if (pattern.endsWith('/')) return (path) => path.startsWith(pattern);
  const pieces = pattern.split(/(\*\*\/|\*)/).map((piece) => {
    if (piece === '**/') return '(?:(?!\\.)[^/]+/)*';
    return piece === '*' ? '(?!\\.)[^/]*' : piece.replaceAll('.', '\\.');
  });
  const expression = new RegExp(`^${pieces.join('')}$`);
  return (path) => expression.test(path);
}

/** A file that people edit: one that the stage requires, where it does. */
export function sourceOf(shape: Shape, name: string | null, pick: number): string {
  const stage = shape.find((one) => one.name === name);
  const requirements = stage === undefined ? [] : requirementsOf(shape, stage);
  const its = sources.filter((source) => requirements.some(({ matches }) => matches(source)));
  const all = its.length > 0 ? its : sources;
  return all[pick % all.length]!;
}

/** The stages that must be done before, by the files. */
export function upstreamOf(shape: Shape, stage: StageShape): ReadonlySet<StageShape> {
  return new Set(requirementsOf(shape, stage).flatMap((requirement) => requirement.producers));
}

export function afterOf(shape: Shape, stage: StageShape): StageShape | null {
  const below = shape.filter((other) => other.layer < stage.layer);
  if (stage.afterPick === null || below.length === 0) return null;
  return below[stage.afterPick % below.length]!;
}

/** What `definePipeline` is given. */
export function specOf({ shape, tightCache }: Pipeline) {
  const stages = shape.map((stage) => {
    const produces = producesOf(stage);
    const after = afterOf(shape, stage);
    return [
      stage.name,
      {
        requires: requirementsOf(shape, stage).map(({ pattern, optional }) =>
          optional ? { kind: 'optional' as const, patterns: [pattern] } : pattern,
        ),
        ...(produces.length > 0 ? { produces } : {}),
        ...(after === null ? {} : { after: [after.name] }),
        ...(stage.optional ? { optional: true } : {}),
        ...(stage.protect ? { protect: true } : {}),
        ...(stage.inPlace ? { clean: false } : {}),
        env: { WORD: stage.word },
        run: shellLineOf(stage),
      },
    ] as const;
  });
  const cache = tightCache ? { cache: { maxSize: '1B' } } : {};
  return { name: 'random', ...cache, stages: Object.fromEntries(stages) };
}

/** What of a tree counts: an empty folder only where a stage owns it, and not what a killed restore has left. */
export function relevant(shape: Shape, tree: Tree): Tree {
  return new Map(
    [...tree].filter(([path, node]) =>
      node.kind === 'folder'
        ? shape.some((stage) => stage.kind === 'folder' && owns(stage, path))
        : !path.includes('/.pipe-tmp-'),
    ),
  );
}
