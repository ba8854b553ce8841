// Looks at one task's files and takes the verdict. The same look serves `build`, `status` and `why`.
import type { TaskId } from '../base/brand.ts';
import { type Once, once } from '../base/once.ts';
import type { Failure } from '../model/failure.ts';
import { fingerprintOf } from '../model/fingerprint.ts';
import type { PatternEntry } from '../model/glob/pattern-set.ts';
import { judgeByHash, withReason } from '../model/judge.ts';
import { type NamedTasks, noTasks } from '../model/named-tasks.ts';
import { type FingerprintPart, type Memory, measuredMs, recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Verdict } from '../model/verdict.ts';
import { type Assessment, type AssessmentOrFailure, isFailure, type Reading } from './assessment.ts';
import { circumstancesOf } from './circumstances.ts';
import { type Definition, definitionOf } from './definition.ts';
import type { Forced } from './forced.ts';
import { inputFilesOf } from './input-files.ts';
import { judgeTimes } from './judge-times.ts';
import { MadeForOthers } from './made-for-another.ts';
import { type Expectation, type ItemsTook, itemsTook } from './past-items.ts';
import type { ListedFile, Stamp } from './ports.ts';
import { inputsSince, type SinceFresh, type WasFresh } from './since-fresh.ts';
import type { World } from './world.ts';

const fresh: Verdict = { kind: 'fresh' };

export class Assessor {
  private readonly world: World;
  private readonly forced: Forced;
  private readonly audited: NamedTasks;
  private readonly remembered: Map<TaskId, AssessmentOrFailure>;
  private readonly wereFresh: Map<TaskId, WasFresh>;
  private readonly again = new Set<TaskId>();
  private madeForOthers: MadeForOthers;
  private readonly itemsTook: Once<ReadonlyMap<string, ItemsTook>>;

  /** `standing`: what was assessed before and still holds; `wereFresh`: what does but for a few files. */
  constructor(
    world: World,
    forced: Forced = noTasks,
    audited: NamedTasks = noTasks,
    standing: Iterable<readonly [TaskId, AssessmentOrFailure]> = [],
    wereFresh: ReadonlyMap<TaskId, WasFresh> = new Map(),
  ) {
    this.remembered = new Map(standing);
    this.wereFresh = new Map(wereFresh);
    this.world = world;
    this.madeForOthers = new MadeForOthers(world.records);
    this.forced = forced;
    this.audited = audited;
    this.itemsTook = once(() => itemsTook(world.records));
  }

  /** What is remembered. */
  entries(): Iterable<readonly [TaskId, AssessmentOrFailure]> {
    return this.remembered;
  }

  /** What tells the looks that are remembered from later ones. */
  readings(): ReadonlySet<Assessment['read']> {
    return new Set([...this.remembered.values()].flatMap((one) => (isFailure(one) ? [] : [one.read])));
  }

  /** Whether only those files of the task were looked at. */
  lookedAgainAt(task: TaskId): boolean {
    return this.again.has(task);
  }

  /** Something ran or another process wrote: look again. */
  forget(): void {
    this.remembered.clear();
    this.wereFresh.clear();
    this.world.files.forget();
  }

  /** Another process has written to the records as well. */
  reload(): void {
    this.world.records.reload();
    this.madeForOthers = new MadeForOthers(this.world.records);
    this.forget();
  }

  /** `isPlanned` tells which unmatched patterns a stage that is yet to run will serve. */
  assess(task: Task, isPlanned: (entry: PatternEntry) => boolean = () => false): AssessmentOrFailure {
    const known = this.remembered.get(task.id);
    if (known !== undefined && isSameItem(known.task, task)) {
      if (known.task === task) return known;
      // Looked at for another build of this watch: this one has tasks of its own, and knows them by identity.
      const own = { ...known, task };
      this.remembered.set(task.id, own);
      return own;
    }
    this.world.onLook?.(task.id);
    const assessed = this.look(task, isPlanned);
    this.world.onLook?.(null);
    this.remembered.set(task.id, assessed);
    return assessed;
  }

  private look(task: Task, isPlanned: (entry: PatternEntry) => boolean): AssessmentOrFailure {
    const { stage } = task;
    const definition = definitionOf(this.world, stage);
    if ('problems' in definition) return { task, ...definition };
    const since = this.since(task);
    if (since !== null) return this.onRecordBut(task, definition, since);
    const inputs = inputFilesOf(this.world, stage, { modules: definition.modules, isPlanned });
    if ('failure' in inputs) return { task, failure: inputs.failure };
    const listedOutputs = stage.produces === null ? null : this.world.files.expand(stage.produces, 'output');
    // What cannot be seen must not be overwritten: it may be a person's.
    const [hidden] = listedOutputs?.unreadable ?? [];
    if (hidden !== undefined) return { task, failure: { kind: 'output-blocked', ...hidden } };
    const outputs = listedOutputs?.files ?? [];
    const memory = this.world.records.memory(task.id);
    const read = once(() => this.read(definition.parts, inputs.files));
    const expected = () => this.expected(task, memory);
    const parts = definition.told;
    const circumstances = (over: Failure) => circumstancesOf(this.world, { task, outputs }, parts, over);
    const assessed = (verdict: Verdict): Assessment => ({
      ...{ task, verdict, memory, parts, inputs: inputs.files, outputs, read, expected, circumstances },
    });
    if (stage.freshness === 'mtime' && stage.produces !== null && listedOutputs !== null) {
      const now = { task, memory, parts, inputs: inputs.files };
      const verdict = judgeTimes(this.world, now, stage.produces, {
        listed: listedOutputs,
        others: this.madeForOthers,
      });
      return assessed(this.asked(task, verdict));
    }
    if (memory.kind === 'none')
      return assessed(this.asked(task, { kind: 'stale', reasons: [{ code: 'never-built' }] }));
    const reading = read();
    if ('failure' in reading) return { task, failure: reading.failure };
    const present = {
      parts: definition.told,
      inputs: reading.seen.manifest,
      outputs: memory.kind === 'done' ? this.world.files.observe(outputs, 'output').manifest : [],
    };
    const verdict = this.asked(task, judgeByHash(memory, present));
    if (verdict.kind === 'fresh' && memory.kind === 'done' && present.inputs.length === inputs.files.length)
      return this.asOnRecord(task, memory, reading.seen.stamps);
    return assessed(verdict);
  }

  private since(task: Task): SinceFresh | null {
    const before = this.wereFresh.get(task.id);
    if (before === undefined || !isSameItem(before.assessed.task, task)) return null;
    const since = inputsSince(this.world, before);
    if (since !== null) this.again.add(task.id);
    return since;
  }

  /** All but these inputs is as its record says. */
  private onRecordBut(
    task: Task,
    { parts, told }: Definition,
    { memory, inputs, stamps }: SinceFresh,
  ): Assessment {
    const { outputs } = memory.record;
    const verdict = this.asked(task, judgeByHash(memory, { parts: told, inputs, outputs }));
    if (verdict.kind === 'fresh') return this.asOnRecord(task, memory, stamps);
    const seen = { manifest: inputs, stamps, missing: [], unreadable: [] };
    const read = once(() => ({ seen, fingerprint: once(() => fingerprintOf(parts, inputs)) }));
    read();
    const expected = () => this.expected(task, memory);
    const circumstances = (over: Failure) => circumstancesOf(this.world, { task, outputs }, told, over);
    return { task, verdict, memory, parts: told, inputs, outputs, read, expected, circumstances };
  }

  /** What is fresh is as its record says: there may be very many of them, and nothing of what was read need be kept. */
  private asOnRecord(
    task: Task,
    memory: Memory & { readonly kind: 'done' },
    stamps: readonly Stamp[],
  ): Assessment {
    const { record } = memory;
    const { parts, inputs, outputs } = record;
    const expected = () => this.expected(task, memory);
    return {
      task,
      verdict: fresh,
      memory,
      parts,
      inputs,
      outputs,
      expected,
      circumstances: (over) => circumstancesOf(this.world, { task, outputs }, parts, over),
      read: once(() => this.readAgain(task, inputs)),
      stamps,
    };
  }

  private readAgain({ stage }: Task, inputs: readonly ListedFile[]): Reading | { readonly failure: Failure } {
    const definition = definitionOf(this.world, stage);
    return 'problems' in definition ? { failure: definition.failure } : this.read(definition.parts, inputs);
  }

  private expected({ stage }: Task, memory: Memory): Expectation | null {
    const last = recordIn(memory);
    if (last !== null && measuredMs(last) !== null) return last;
    if (stage.item === null) return null;
    return this.itemsTook().get(stage.name)?.mean ?? null;
  }

  private asked(task: Task, verdict: Verdict): Verdict {
    if (this.forced.has(task)) return withReason(verdict, { code: 'forced' });
    if (this.audited.has(task)) return withReason(verdict, { code: 'audited' });
    return task.stage.always && verdict.kind === 'fresh' ? withReason(verdict, { code: 'always' }) : verdict;
  }

  private read(
    parts: readonly FingerprintPart[],
    inputs: readonly ListedFile[],
  ): Reading | { readonly failure: Failure } {
    const seen = this.world.files.observe(inputs, 'input');
    const [unreadable] = seen.unreadable;
    if (unreadable !== undefined) return { failure: { kind: 'input-unreadable', ...unreadable } };
    return { seen, fingerprint: once(() => fingerprintOf(parts, seen.manifest)) };
  }
}

/** A record that says something else now is another item under the same name. */
function isSameItem(known: Task, task: Task): boolean {
  const { item } = task.stage;
  return item === null || item.path !== null || known === task;
}
