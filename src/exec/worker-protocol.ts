// What the engine and the process of a stage function say to each other: lines of JSON on descriptor 3.

import type { ExecutionContext } from '../engine/executor.ts';

export const channelDescriptor = 3;

/** Sent once, first. */
export interface WorkerRequest {
  /** Absolute path of the compiled module. */
  readonly module: string;
  /** Where the function is: the module's default export, or what `keys` lead to from the pipeline that it exports. */
  readonly export: 'default' | { readonly keys: readonly (string | number)[]; readonly whose: string };
  /** What the function is to do: the work of its stage, to check these outputs, or to see whether its service is healthy. */
  readonly does: 'work' | 'health' | { readonly files: readonly string[] };
  /** What people know the module as. */
  readonly name: string;
  readonly context: ExecutionContext;
  /** What is still open when the function is done is given so long, in milliseconds. */
  readonly lingerMs: number;
}

/** `done` is not the end yet: what the function left open may still throw. */
export type WorkerReply =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number }
  | { readonly kind: 'metric'; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'item-done'; readonly item: string }
  | { readonly kind: 'item-failed'; readonly item: string; readonly why: string }
  | { readonly kind: 'item-metric'; readonly item: string; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: 'retry-after'; readonly delayMs: number }
  | { readonly kind: 'problem'; readonly path: string; readonly message: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'threw'; readonly message: string; readonly stack: string | null };
