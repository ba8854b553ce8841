// What reaches the scheduler's loop from outside of it.
import type { Task } from '../model/task.ts';
import type { AttemptEnd } from './attempt-end.ts';
import type { EditedFiles } from './watching.ts';

export type Letter =
  | { readonly kind: 'attempt-ended'; readonly task: Task; readonly end: AttemptEnd }
  /** There may be room in a pool, or a service has answered. */
  | { readonly kind: 'admission' }
  | { readonly kind: 'pause-over'; readonly task: Task }
  | { readonly kind: 'interrupt'; readonly how: 'gently' | 'now' }
  | { readonly kind: 'edited'; readonly files: EditedFiles };
