// The records of a workspace as they are for the parameters of this run: of a stage that has results for several values
// side by side, those of the present ones under the stage's name. Results for other values are nobody's leftovers.
import type { FilePath, RunId, TaskId } from '../base/brand.ts';
import { setOfTexts } from '../model/glob/pattern-set.ts';
import type { Manifest } from '../model/manifest.ts';
import {
  combinationText,
  type IdOnRecord,
  isPossible,
  readRecordId,
  recordId,
} from '../model/params/combination.ts';
import type { Memory, Overwriting, TaskRecord } from '../model/record.ts';
import type { Pipeline, Stage } from '../model/stage.ts';
import { stageOfTask } from '../model/task.ts';
import { OtherResults } from './other-results.ts';
import type { Records } from './ports.ts';

/** The same where there can be but one result of each stage. */
export function recordsFor(records: Records, pipeline: Pipeline): Records {
  return pipeline.stages.some(({ combination }) => combination !== '')
    ? new CombinedRecords(records, pipeline)
    : records;
}

/** Whose a record is. `other`: of another combination of values, that the stage may be asked for again. */
type Whose = 'own' | 'other' | 'gone';

class CombinedRecords implements Records {
  private readonly records: Records;
  private readonly stages: ReadonlyMap<string, Stage>;
  private readonly params: Pipeline['params'];
  /** The same record twice is the same object, as it is below. */
  private readonly named = new WeakMap<TaskRecord, TaskRecord>();
  /** Since the records were read: nothing is recorded here for other values, but that a result does not stand any more. */
  private others: OtherResults | null = null;

  constructor(records: Records, { stages, params }: Pipeline) {
    this.records = records;
    this.stages = new Map(stages.map((stage) => [stage.name, stage]));
    this.params = params;
  }

  memory(task: TaskId): Memory {
    const memory = this.records.memory(this.onRecord(task));
    switch (memory.kind) {
      case 'none':
        return memory;
      case 'unfinished':
        return memory.last === null ? memory : { ...memory, last: this.ofRun(memory.last) };
      case 'done':
        return { ...memory, record: this.ofRun(memory.record) };
    }
  }

  all(): readonly TaskRecord[] {
    return this.withoutOthers(this.records.all());
  }

  remembered(stage?: string): readonly TaskRecord[] {
    if (stage === undefined) return this.withoutOthers(this.records.remembered());
    const own = this.stages.get(stage);
    return own === undefined
      ? this.remembered().filter(({ task }) => stageOfTask(task) === stage)
      : this.records.remembered(stage + own.combination).map((record) => this.ofRun(record));
  }

  withOtherParams(): readonly TaskRecord[] {
    return this.records.remembered().filter(({ task }) => this.whose(readRecordId(task)) === 'other');
  }

  begin(task: TaskId, runId: RunId, produces: readonly string[] = []): void {
    const id = this.onRecord(task);
    this.spoil(id, runId, produces);
    this.records.begin(id, runId, produces);
  }

  /** Also those of others: what lies half-written there is no source for anybody. */
  killed(): ReturnType<Records['killed']> {
    return this.records.killed().map((one) => ({ ...one, task: this.inRun(one.task) }));
  }

  unfinished(stage?: string): readonly TaskId[] {
    if (stage === undefined) return this.records.unfinished().map((task) => this.inRun(task));
    const own = this.stages.get(stage);
    return own === undefined
      ? this.unfinished().filter((task) => stageOfTask(task) === stage)
      : this.records.unfinished(stage + own.combination).map((task) => this.inRun(task));
  }

  failed(task: TaskId, runId: RunId, left: Manifest = []): void {
    this.records.failed(this.onRecord(task), runId, left);
  }

  overwritten(task: TaskId, runId: RunId, by: Overwriting): void {
    this.records.overwritten(this.onRecord(task), runId, by);
  }

  commit(record: TaskRecord): void {
    this.records.commit({ ...record, task: this.onRecord(record.task) });
  }

  forget(task: TaskId): void {
    this.records.forget(this.onRecord(task));
  }

  hasProduced(...asked: Parameters<Records['hasProduced']>): boolean {
    return this.records.hasProduced(...asked);
  }

  changedElsewhere(): boolean {
    return this.records.changedElsewhere();
  }

  reload(): void {
    this.others = null;
    this.records.reload();
  }

  /**
   * Where two combinations have a path in common after all, as `{a}-{b}` has with dashes in values, the other result
   * goes with it: under `mtime` nobody would compare its content.
   */
  private spoil(id: TaskId, runId: RunId, produces: readonly string[]): void {
    const { stage, combination } = readRecordId(id);
    if (this.stages.get(stage)?.combination === '') return;
    this.others ??= new OtherResults(this.withOtherParams());
    for (const [task, path] of this.others.under(stage, setOfTexts(produces)))
      if (this.records.memory(task).kind === 'done')
        this.records.overwritten(task, runId, { path, params: combinationText(combination) });
  }

  private withoutOthers(records: readonly TaskRecord[]): readonly TaskRecord[] {
    return records
      .filter(({ task }) => this.whose(readRecordId(task)) !== 'other')
      .map((record) => this.ofRun(record));
  }

  private whose({ stage, combination }: IdOnRecord): Whose {
    const present = this.stages.get(stage);
    if (present === undefined) return 'gone';
    if (present.combination === combination) return 'own';
    return isPossible(combination, present, this.params) ? 'other' : 'gone';
  }

  private ofRun(record: TaskRecord): TaskRecord {
    const task = this.inRun(record.task);
    if (task === record.task) return record;
    const known = this.named.get(record);
    if (known !== undefined) return known;
    const named = { ...record, task };
    this.named.set(record, named);
    return named;
  }

  /** What is not of this run must not be taken for a task of it: a result from before there were parameters gets a mark. */
  private inRun(id: TaskId): TaskId {
    const parts = readRecordId(id);
    const { stage, combination, item } = parts;
    if (this.whose(parts) === 'own') return `${stage}${item}` as TaskId;
    return (combination === '' && this.stages.has(stage) ? `${stage}?${item}` : id) as TaskId;
  }

  private onRecord(task: TaskId): TaskId {
    const head = stageOfTask(task);
    const stage = this.stages.get(head);
    if (stage !== undefined) return recordId(task, stage);
    return (head.endsWith('?') ? `${head.slice(0, -1)}${task.slice(head.length)}` : task) as TaskId;
  }
}

/** Whether a stage has made the file for other values of its parameters: then it is as much its own as ever. */
export function madeWithOtherParams(records: Records): (path: FilePath) => boolean {
  return madeBy(() => records.withOtherParams());
}

/** The same, where that result still stands: it does not where the file was made for the present values since. */
export function standsForOtherParams(records: Records): (path: FilePath) => boolean {
  return madeBy(() => records.withOtherParams().filter(({ task }) => records.memory(task).kind === 'done'));
}

function madeBy(made: () => readonly TaskRecord[]): (path: FilePath) => boolean {
  let paths: ReadonlySet<string> | null = null;
  return (path) => {
    paths ??= new Set(made().flatMap((record) => record.outputs.map((output) => output.path)));
    return paths.has(path);
  };
}
