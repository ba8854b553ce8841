// The port `Records` over the workspace's state.

import type { Digest, FilePath, RunId, TaskId } from '../base/brand.ts';
import type { Records } from '../engine/ports.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Memory, Overwriting, TaskRecord } from '../model/record.ts';
import type { State } from './state.ts';

export class StateRecords implements Records {
  private readonly state: State;

  constructor(state: State) {
    this.state = state;
  }

  memory(task: TaskId): Memory {
    return this.state.memory(task);
  }

  all(): readonly TaskRecord[] {
    return this.state.content.records();
  }

  remembered(stage?: string): readonly TaskRecord[] {
    return this.state.content.remembered(stage);
  }

  withOtherParams(): readonly TaskRecord[] {
    return [];
  }

  begin(task: TaskId, runId: RunId, produces: readonly string[] = []): void {
    this.state.write({ kind: 'begin', task, runId, produces }, true);
  }

  killed(): ReturnType<Records['killed']> {
    return this.state.content.killed();
  }

  unfinished(stage?: string): readonly TaskId[] {
    return this.state.content.unfinished(stage);
  }

  failed(task: TaskId, runId: RunId, left: Manifest = []): void {
    const files = left.filter((entry) => entry.kind !== 'folder');
    // First: without it, the files would count as a person's as soon as the attempt counts as orderly ended.
    if (files.length > 0)
      this.state.write({ kind: 'produced', paths: files.map(({ path, digest }) => [path, digest]) }, false);
    this.state.write({ kind: 'failed', task, runId }, false);
  }

  overwritten(task: TaskId, runId: RunId, by: Overwriting): void {
    this.state.write({ kind: 'failed', task, runId, overwritten: by }, false);
  }

  commit(record: TaskRecord): void {
    this.state.write({ kind: 'commit', record }, false);
  }

  forget(task: TaskId): void {
    if (this.memory(task).kind === 'none') return;
    this.state.write({ kind: 'forget', task }, true);
  }

  hasProduced(path: FilePath, digest: Digest): boolean {
    return this.state.hasProduced(path, digest);
  }

  changedElsewhere(): boolean {
    return this.state.changedElsewhere();
  }

  reload(): void {
    this.state.load();
  }
}
