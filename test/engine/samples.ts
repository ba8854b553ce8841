// Records for tests that are not about their content.
import type { RunId, TaskId } from '../../src/base/brand.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import type { TaskRecord } from '../../src/model/record.ts';

export function recordOf(task: string, more: Partial<TaskRecord> = {}): TaskRecord {
  return {
    task: task as TaskId,
    fingerprint: digestOf(task),
    parts: [],
    inputs: [],
    outputs: [],
    runId: 'run-000' as RunId,
    finishedAtMs: 0,
    durationMs: 0,
    metrics: {},
    ...more,
  };
}
