// Which checks could never be made, since their schema is none: known before anything is paid for.
import type { ContentCheck, StageCheck } from '../model/checks.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { checksOf } from '../model/fingerprint.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { recordIn } from '../model/record.ts';
import type { Selection } from '../model/selection.ts';
import type { Stage } from '../model/stage.ts';
import { stageOfTask, taskIdOf } from '../model/task.ts';
import type { Checker } from './checker.ts';
import { checksNow } from './checks-now.ts';
import type { World } from './world.ts';

type SchemaCheck = Extract<ContentCheck, { readonly kind: 'schema' | 'schema-file' }>;

/**
 * Nothing is said of a schema that is not there, nor of one that this build may make. What outputs have passed before is
 * not read: it takes a library, which most builds do without.
 */
export async function brokenSchemas(
  world: World,
  graph: StageGraph,
  selection: Selection,
  about: readonly { readonly stage: Stage }[],
): Promise<readonly Diagnostic[]> {
  const why = whyBroken(world.checker);
  const mayBeMade = ({ check }: StageCheck) =>
    check.kind === 'schema-file' &&
    graph.makers.of(check.schema).some(({ name }) => selection.names.has(name));
  const problems: Diagnostic[] = [];
  for (const { stage } of about) {
    const schemas = stage.checks.filter((one) => isSchema(one.check) && !mayBeMade(one));
    if (schemas.length === 0 || selection.asBefore?.has(stage.name) || hasPassed(world, stage)) continue;
    for (const { check, at } of schemas) {
      if (!isSchema(check) || (check.kind === 'schema-file' && world.files.look(check.schema) === null))
        continue;
      const message = await why(check);
      if (message !== null) problems.push(problemOf(stage, at, message));
    }
  }
  return problems;
}

/** Asked once of each; `null`: it can be made. */
export function whyBroken(checker: Checker): (check: ContentCheck) => Promise<string | null> {
  const known = new Map<string, string | null>();
  return async (check) => {
    const key = JSON.stringify(check);
    const before = known.get(key);
    if (before !== undefined) return before;
    const prepared = await checker.prepare(check);
    const why = prepared.ok ? null : prepared.error;
    known.set(key, why);
    return why;
  };
}

function isSchema(check: StageCheck['check']): check is SchemaCheck {
  return check.kind === 'schema' || check.kind === 'schema-file';
}

/** Whether anything that the stage has made was checked as it would be now. */
function hasPassed(world: World, stage: Stage): boolean {
  const own = recordIn(world.records.memory(taskIdOf(stage.name, null)));
  const made =
    stage.forEach === null
      ? [own]
      : world.records.all().filter(({ task }) => stageOfTask(task) === stage.name);
  const now = checksNow(world, stage);
  return made.some((record) => record !== null && checksOf(record.parts) === now);
}

function problemOf({ name }: Stage, at: string, why: string): Diagnostic {
  return {
    code: 'PIPE058',
    message: `stage "${name}" would check its outputs against a schema that is none: ${why}`,
    at,
    hint: 'mend the schema: nothing that the stage makes could pass',
  };
}
