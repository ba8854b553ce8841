// What may be on record of a task, as the model has it.
import { listing, type Node } from './tree.ts';

export type Outputs = ReadonlyMap<string, Node>;

export interface Done {
  readonly kind: 'done';
  /** Of all that it was made of. */
  readonly key: string;
  /** The part of it that is no file. */
  readonly definition: string;
  readonly outputs: Outputs;
}

export type Memory =
  | { readonly kind: 'none' }
  /** `killed`: nothing says how the attempt ended, so that files of it may lie around. */
  | { readonly kind: 'unfinished'; readonly killed: boolean; readonly last: Done | null }
  | Done;

/** The last result, whether it still stands or not. */
export function lastOf(memory: Memory): Done | null {
  switch (memory.kind) {
    case 'none':
      return null;
    case 'unfinished':
      return memory.last;
    case 'done':
      return memory;
  }
}

export function unfinished(memory: Memory, killed: boolean): Memory {
  return { kind: 'unfinished', killed, last: lastOf(memory) };
}

/** Each once. */
export function distinct(memories: readonly Memory[]): readonly Memory[] {
  return [...new Map(memories.map((memory) => [textOf(memory), memory])).values()];
}

function textOf(memory: Memory): string {
  const last = lastOf(memory);
  const how = memory.kind === 'unfinished' ? `${memory.kind} ${memory.killed}` : memory.kind;
  return [how, last?.key ?? '', ...(last === null ? [] : listing(new Map(last.outputs)))].join('\n');
}
