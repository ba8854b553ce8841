// What inputs a task has now that was found fresh, where it is known of which files something was heard since: only these are
// looked at, and the rest is as its record says. There may be ten thousand of them.
import type { FilePath } from '../base/brand.ts';
import { type Manifest, positionIn } from '../model/manifest.ts';
import { type Memory, recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Stamp } from './ports.ts';
import type { World } from './world.ts';

export interface HeardOf {
  readonly path: FilePath;
  /** Whether it was looked at by its name, and not only listed with others. */
  readonly isNamed: boolean;
}

/** What was found, of which nothing may be otherwise but these. */
export interface WasFresh {
  readonly assessed: {
    readonly task: Task;
    readonly memory: Memory;
    /** Of the inputs on record one by one. */
    readonly stamps?: readonly Stamp[];
  };
  readonly heard: readonly HeardOf[];
}

export interface SinceFresh {
  readonly memory: Memory & { readonly kind: 'done' };
  readonly inputs: Manifest;
  readonly stamps: readonly Stamp[];
}

/** `null`: all has to be looked at, as it may be more than the content of inputs that is otherwise. */
export function inputsSince(world: World, { assessed, heard }: WasFresh): SinceFresh | null {
  const { task, stamps: before } = assessed;
  const memory = world.records.memory(task.id);
  if (memory.kind !== 'done' || memory.record !== recordIn(assessed.memory) || before === undefined)
    return null;
  const { record } = memory;
  // What a link leads to has another name.
  if (record.inputs.some(({ kind }) => kind !== 'file')) return null;
  const edited: number[] = [];
  for (const one of heard) {
    const at = positionIn(record.inputs, one.path);
    if (at !== null) edited.push(at);
    else if (!isNothingToIt(world, task, one, record.outputs)) return null;
  }
  const { manifest, stamps } = world.files.observe(
    edited.map((at) => record.inputs[at]!),
    'input',
  );
  if (manifest.length < edited.length || manifest.some(({ kind }) => kind !== 'file')) return null;
  const [inputs, now] = [[...record.inputs], [...before]];
  edited.forEach((at, i) => {
    inputs[at] = manifest[i]!;
    now[at] = stamps[i]!;
  });
  return { memory, inputs, stamps: now };
}

/** A neighbour of its files that is not there and never was one of them, such as what editors write and then rename. */
function isNothingToIt(
  world: World,
  { stage }: Task,
  { path, isNamed }: HeardOf,
  outputs: Manifest,
): boolean {
  if (isNamed || positionIn(outputs, path) !== null) return false;
  // There it makes a difference whether a folder is empty.
  if (stage.produces?.entries.some(({ glob }) => glob.ownsFolder)) return false;
  try {
    return world.files.look(path) === null;
  } catch {
    return false;
  }
}
