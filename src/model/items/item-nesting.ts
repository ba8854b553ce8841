// Items that would make a file where another stage needs a folder, or the other way round: what the names of items decide.
import type { Diagnostic } from '../diagnostic.ts';
import { AffixIndex } from '../glob/affix-index.ts';
import { mayNest, nestedFiles } from '../glob/nested-files.ts';
import type { PatternEntry } from '../glob/pattern-set.ts';
import type { Stage } from '../stage.ts';
import { type Task, taskOf } from '../task.ts';
import { mostProblems } from './records.ts';

/** `families`: the items of those stages of which all are known. What is so by the patterns alone, the graph has told. */
export function nestedAcross(
  stages: readonly Stage[],
  families: readonly { readonly stage: Stage; readonly tasks: readonly Task[] }[],
): readonly Diagnostic[] {
  // There may be very many items, and nearly always the patterns of their stages tell that there is nothing to be found.
  const outputs = families.length === 0 ? null : outputsOf(stages);
  const inQuestion = families.filter(({ stage }) => outputs !== null && mayMeet(stage, outputs));
  if (inQuestion.length === 0) return [];
  const known = new Set(inQuestion.map(({ stage }) => stage.name));
  const others = stages.filter(({ name }) => !known.has(name)).map((stage) => taskOf(stage));
  const makers = [...inQuestion.flatMap(({ tasks }) => tasks), ...others].filter(
    ({ stage }) => stage.produces !== null,
  );
  return nestedFiles(makers.map(({ stage }) => stage.produces!))
    .map(({ file, below, a, b }) => ({ one: makers[file]!, other: makers[below]!, a, b }))
    .filter(({ one, other }) => one.stage.name !== other.stage.name)
    .filter(({ one, other }) => one.item !== null || other.item !== null)
    .slice(0, mostProblems)
    .map(problemOf);
}

interface Output {
  readonly stage: Stage;
  readonly entry: PatternEntry;
}

/** By how they begin: there may be thousands of stages with items, each of which is held to all others. */
function outputsOf(stages: readonly Stage[]): AffixIndex<Output> {
  const outputs = stages.flatMap((stage) =>
    (stage.produces?.entries ?? []).map((entry): Output => ({ stage, entry })),
  );
  return new AffixIndex(outputs, ({ entry }) => ({ prefix: beginningOf(entry), tail: '' }));
}

function mayMeet(stage: Stage, outputs: AffixIndex<Output>): boolean {
  return (stage.produces?.entries ?? []).some((a) =>
    outputs
      .compatible({ prefix: beginningOf(a), tail: '' })
      .some(
        ({ stage: other, entry: b }) =>
          other !== stage && beginAlike(a, b) && (mayNest(a, b) || mayNest(b, a)),
      ),
  );
}

/** As they must where one is above the other; asked first, since it costs least. */
function beginAlike(a: PatternEntry, b: PatternEntry): boolean {
  const [one, other] = [beginningOf(a), beginningOf(b)];
  return one.startsWith(other) || other.startsWith(one);
}

function beginningOf({ glob }: PatternEntry): string {
  return glob.literal ?? glob.base;
}

function problemOf(nested: {
  readonly one: Task;
  readonly other: Task;
  readonly a: PatternEntry;
  readonly b: PatternEntry;
}): Diagnostic {
  const { one, other, a, b } = nested;
  return {
    code: 'PIPE052',
    message: `${nameOf(one)} produces the file ${a.source}, which would be a folder of what ${nameOf(other)} produces: ${b.source}`,
    at: `stages.${(other.item === null ? one : other).stage.name}.produces`,
    hint: 'give the item another name, or one of the outputs another path',
  };
}

function nameOf({ stage, item }: Task): string {
  return item === null ? `stage "${stage.name}"` : `item ${item} of stage "${stage.name}"`;
}
