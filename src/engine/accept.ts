// Takes the present outputs of a task as its result, as a person asks.
import type { Failure } from '../model/failure.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { type Acceptance, recordIn, type TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { Assessor } from './assess.ts';
import { isFailure } from './assessment.ts';
import { type FormerOutputs, formerOutputs, leavingWith, worldWithout } from './former.ts';
import { clearGround } from './ground.ts';
import { formerWarnings } from './leftovers.ts';
import { unknownAmong } from './ownership.ts';
import { inspectOutputs } from './produced.ts';
import { hide } from './secrets.ts';
import { onRecord, unnameableNow } from './unnameable.ts';
import { untoldCopies } from './untold-copies.ts';
import type { World } from './world.ts';

export type Accepted = { readonly record: TaskRecord } | { readonly failure: Failure };

/**
 * `former`: of what `formerOutputs` found for all stages, what concerns the task and is still there, where many are
 * accepted one after the other (`FormerByTask`).
 */
export interface AcceptanceOptions {
  readonly graph: StageGraph;
  readonly task: Task;
  readonly acceptance: Omit<Acceptance, 'paths'>;
  readonly former?: readonly FormerOutputs[];
}

/**
 * Holds while the inputs stay as they are. Not stored in the cache: nothing executed this. What the task once made and
 * no longer produces goes as before a build, for with its old record it would be forgotten.
 */
export function acceptOutputs(world: World, options: AcceptanceOptions): Accepted {
  const { graph, task, acceptance, former = formerOutputs(world, graph) } = options;
  const { name } = task.stage;
  const selection = { names: new Set([name]), stages: [task.stage] };
  const leaving = leavingWith(former, selection.names);
  const looked = present(worldWithout(world, leaving), task);
  if ('failure' in looked) return looked;
  // Only now: a refusal leaves everything as it is.
  for (const warning of formerWarnings(world, graph, former, selection)) world.events.emit(warning);
  const isCleared = clearGround(world, graph, selection);
  if (isCleared) world.files.forget();
  // With nothing out of the way, what was seen is what there is: of thousands of items each is looked at once.
  const taken = isCleared || leaving.size > 0 ? present(world, task) : looked;
  if ('failure' in taken) return taken;
  const { assessed, reading, made } = taken;
  // There times decide, and an edit may be older than an input: accepted means newer, as after `make -t`.
  if (task.stage.freshness === 'mtime') {
    world.outputs.touch(made.outputs.map((output) => output.path));
    world.files.forget();
  }
  const paths = unknownAmong(world, assessed.outputs).map((file) => file.path);
  const told = (text: string) => hide(world, task.stage, text);
  const record: TaskRecord = {
    task: task.id,
    fingerprint: reading.fingerprint(),
    parts: assessed.parts,
    inputs: reading.seen.manifest,
    outputs: made.outputs,
    runId: world.folders.runId,
    finishedAtMs: acceptance.atMs,
    durationMs: recordIn(assessed.memory)?.durationMs ?? 0,
    metrics: {},
    accepted: { by: told(acceptance.by), atMs: acceptance.atMs, reason: told(acceptance.reason), paths },
    ...onRecord(unnameableNow(world, assessed)),
  };
  const copies = untoldCopies(world, assessed);
  copies.tell((message, hint) => world.events.emit({ kind: 'warning', message, hint }));
  world.records.commit(record);
  copies.dropOthers();
  return { record };
}

/** The inputs and outputs as they are. */
function present(world: World, task: Task) {
  const assessed = new Assessor(world).assess(task);
  if (isFailure(assessed)) return { failure: assessed.failure };
  const reading = assessed.read();
  if ('failure' in reading) return reading;
  const made = inspectOutputs(world, task);
  return 'failure' in made ? made : { assessed, reading, made };
}
