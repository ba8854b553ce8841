// A file name for any task id.

import { createHash } from 'node:crypto';
import type { TaskId } from '../base/brand.ts';

const READABLE_CHARS = 80;

/**
 * The id itself where it is a plain lower-case name, else as much of it as can be read, and a hash.
 * Different ids never share a name, also where upper and lower case are one: a plain name has no `~`.
 */
export function taskFileName(task: TaskId): string {
  if (/^[a-z0-9_][a-z0-9_.-]*$/.test(task) && task.length <= READABLE_CHARS) return task;
  const readable = task
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[.-]+/, '')
    .slice(0, READABLE_CHARS);
  return `${readable}~${createHash('sha256').update(task).digest('hex').slice(0, 16)}`;
}

/** Of the log of one attempt in the folder of logs. `attempt` counts the logs of a task from 1. */
export function logFileName(task: TaskId, attempt: number): string {
  return `${taskFileName(task)}${attempt === 1 ? '' : `~${attempt}`}.log`;
}

/** Where the logs of the pipeline's hooks are, in the folder of a run. */
export const hookFolder = 'hooks';

export function hookLogName(hook: string): string {
  return `${hook}.log`;
}
