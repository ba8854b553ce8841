// Says what is wrong with a graph of stages: double producers, stages that feed themselves, circles.

import type { Diagnostic } from '../diagnostic.ts';
import { type NestedFiles, nestedFiles } from '../glob/nested-files.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { Stage } from '../stage.ts';
import { placeOf } from '../validation/place.ts';
import { cyclesIn, type Successors } from './cycles.ts';
import type { Edge, FoundEdges } from './edges.ts';

/** Longer circles are shown with their middle left out. */
const mostStepsShown = 20;

/** Of thousands of stages that are declared in a loop, more would say nothing new. */
const mostNested = 20;

export function reportOverlaps(stages: readonly Stage[], found: FoundEdges): readonly Diagnostic[] {
  const doubles = found.doubleProducers.map(({ producer, consumer, a, b }): Diagnostic => {
    const [one, other] = [stages[producer]!, stages[consumer]!];
    const what = a.glob.text === b.glob.text ? a.source : `the same file: ${a.source} and ${b.source}`;
    return {
      code: 'PIPE014',
      message: `stages "${one.name}" and "${other.name}" may both produce ${what}`,
      at: `${placeOfOutput(one, a)}, ${placeOfOutput(other, b)}`,
      hint: 'give one of them another path, or join the stages',
    };
  });
  const loops = found.ownInputs.map(({ producer, a, b }): Diagnostic => {
    const stage = stages[producer]!;
    const requires = b.source === a.source ? 'requires it' : `requires ${b.source}`;
    return {
      code: 'PIPE015',
      message: `stage "${stage.name}" may produce ${a.source} and ${requires}`,
      at: placeOfOutput(stage, a),
      hint: "give the output another path, or exclude it from what is required: '!…'",
    };
  });
  const nested = nestedFiles(stages.map(({ produces }) => produces ?? { entries: [] }));
  return [...doubles, ...loops, ...nested.slice(0, mostNested).map((one) => reportNested(stages, one))];
}

function reportNested(stages: readonly Stage[], { file, below, a, b }: NestedFiles): Diagnostic {
  const [one, other] = [stages[file]!, stages[below]!];
  const what =
    file === below ? `other outputs of it: ${b.source}` : `what stage "${other.name}" produces: ${b.source}`;
  return {
    code: 'PIPE029',
    message: `stage "${one.name}" produces the file ${a.source}, which would be a folder of ${what}`,
    at: `${placeOfOutput(one, a)}, ${placeOfOutput(other, b)}`,
    hint: 'give one of them another path',
  };
}

/** One diagnostic for each knot of circles, with a shortest circle of it. */
export function reportCycles(
  stages: readonly Stage[],
  successors: Successors,
  edgeBetween: (from: Stage, to: Stage) => Edge,
): readonly Diagnostic[] {
  return cyclesIn(successors).map((cycle): Diagnostic => {
    const circle = [...cycle, cycle[0]!].map((position) => stages[position]!);
    const steps = circle.slice(1).map((to, i) => `-> ${to.name} (${tie(edgeBetween(circle[i]!, to))})`);
    return {
      code: 'PIPE018',
      message: `stages wait for each other: ${circle[0]!.name} ${shortened(steps).join(' ')}`,
      at: placeOf('stages', circle[0]!.name),
      hint: 'narrow a pattern, or take one "after" away',
    };
  });
}

function tie({ from, to, via }: Edge): string {
  const [pair] = via;
  if (pair === undefined) return `${to} runs after ${from}`;
  if (pair.requires === pair.produces) return `${to} requires ${pair.requires}, which ${from} produces`;
  return `${to} requires ${pair.requires}, which ${from} may produce as ${pair.produces}`;
}

function shortened(steps: readonly string[]): readonly string[] {
  if (steps.length <= mostStepsShown) return steps;
  const left = mostStepsShown / 2;
  const hidden = `-> … ${steps.length - mostStepsShown} more …`;
  return [...steps.slice(0, left), hidden, ...steps.slice(-left)];
}

/** Entries have the numbers of what the user wrote only as long as no `optional` holds several of them. */
function placeOfOutput(stage: Stage, entry: PatternEntry): string {
  const at = placeOf(placeOf('stages', stage.name), 'produces');
  const entries = stage.produces?.entries ?? [];
  return entries.some((one) => one.optional) ? at : `${at}[${entries.indexOf(entry)}]`;
}
