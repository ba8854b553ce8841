// Checks what a task has made, before anything of it is accepted.
import path from 'node:path';
import { type CheckProblem, checkedFiles, type StageCheck } from '../model/checks.ts';
import type { Failure } from '../model/failure.ts';
import { isAboutChecks } from '../model/fingerprint.ts';
import { type Manifest, sameEntry, sameManifest } from '../model/manifest.ts';
import type { TaskRecord } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import { listSome } from '../model/words/amounts.ts';
import { explainFailure } from '../model/words/failures.ts';
import type { Assessment } from './assessment.ts';
import { type CancelledEnd, type FailedEnd, failed } from './attempt-end.ts';
import type { FileCheck } from './checker.ts';
import type { Executing } from './executing.ts';
import type { Prepared } from './execution.ts';
import type { Execution } from './executor.ts';
import type { ListedFile } from './ports.ts';
import { isRefusal } from './refusal.ts';
import type { World } from './world.ts';

const mostProblems = 20;
/** Of a function of a stage without a time limit of its own. */
const longestCheckMs = 60_000;

/** The recorded result, where it stands as it was made and has to be checked anew alone. */
export function resultToCheck(
  world: World,
  { task, verdict, memory }: Assessment,
  outputs: readonly ListedFile[],
): TaskRecord | null {
  if (task.stage.checks.length === 0 || verdict.kind === 'fresh' || memory.kind !== 'done') return null;
  if (!verdict.reasons.every(isAboutChecks)) return null;
  const seen = world.files.observe(outputs, 'output');
  const isThere = seen.unreadable.length === 0 && sameManifest(seen.manifest, memory.record.outputs);
  return isThere ? memory.record : null;
}

/** The checks of one task, ready to be made. */
export class Checking {
  private readonly world: World;
  private readonly task: Task;
  private readonly executing: Executing;
  private readonly prepared: readonly (readonly [StageCheck, FileCheck | null])[];

  private constructor(world: World, task: Task, executing: Executing, prepared: Checking['prepared']) {
    this.world = world;
    this.task = task;
    this.executing = executing;
    this.prepared = prepared;
  }

  /** Before the command has cost anything. */
  static async of(world: World, task: Task, executing: Executing): Promise<Checking | Failure> {
    const prepared: [StageCheck, FileCheck | null][] = [];
    for (const one of task.stage.checks) {
      if (one.check.kind === 'function') {
        prepared.push([one, null]);
        continue;
      }
      const check = await world.checker.prepare(one.check);
      if (!check.ok) return { kind: 'check-broken', at: one.at, message: check.error };
      prepared.push([one, check.value]);
    }
    return new Checking(world, task, executing, prepared);
  }

  /** How the attempt ends that has these outputs in place and may not accept them; `null`: they pass. */
  async endOf(made: Manifest, prepared: Prepared): Promise<FailedEnd | CancelledEnd | null> {
    const fault = await this.faultIn(made, prepared.execution);
    if (fault === null) return null;
    return fault === 'cancelled' ? { kind: 'cancelled' } : failed(fault, [], prepared);
  }

  /** `execution`: what functions are called with. */
  private async faultIn(made: Manifest, execution: Execution): Promise<Failure | 'cancelled' | null> {
    const problems: CheckProblem[] = [];
    for (const [one, check] of this.prepared) {
      const files = checkedFiles(one, made);
      if (files.length === 0) continue;
      const found =
        check === null
          ? await this.foundByCall(one, files, execution)
          : await this.foundByReading(one, files, check);
      if (!Array.isArray(found)) return found;
      problems.push(...found);
    }
    if (problems.length === 0) return null;
    const shown = problems.slice(0, mostProblems);
    const more = problems.length - shown.length;
    return { kind: 'check-failed', problems: shown, more, kept: this.keptIn() };
  }

  private async foundByReading(
    one: StageCheck,
    files: Manifest,
    check: FileCheck,
  ): Promise<CheckProblem[] | Failure> {
    const problems: CheckProblem[] = [];
    try {
      for (const file of files) {
        const found = await check(file);
        if (!found.ok) return { kind: 'check-broken', at: one.at, message: found.error };
        problems.push(...found.value);
      }
    } catch (problem) {
      // Somebody may have deleted it.
      const fault = isRefusal(problem) ? this.overEdits(one, files) : null;
      if (fault === null) throw problem;
      return fault;
    }
    return (problems.length > 0 && this.overEdits(one, files)) || problems;
  }

  private async foundByCall(
    one: StageCheck,
    files: Manifest,
    execution: Execution,
  ): Promise<CheckProblem[] | Failure | 'cancelled'> {
    const problems: CheckProblem[] = [];
    const paths = files.map((file) => file.path);
    const call = this.callOf(one, paths, execution, (problem) => problems.push(problem));
    const end = await this.executing.alone(call);
    if (end.kind === 'cancelled') return 'cancelled';
    if (end.kind === 'failed')
      return { kind: 'check-broken', at: one.at, message: explainFailure(end.failure)[0] };
    return this.overEdits(one, files) ?? problems;
  }

  /** What was looked at would not be what is recorded, and what was found may be about an edit. */
  private overEdits({ at }: StageCheck, files: Manifest): Failure | null {
    const edited = this.editedAmong(files);
    if (edited.length === 0) return null;
    const message = `${listSome(edited, 3)} was edited or deleted meanwhile, by the check itself or by somebody`;
    return { kind: 'check-broken', at, message, edited };
  }

  private editedAmong(files: Manifest): readonly string[] {
    const { folders, files: now } = this.world;
    now.forget(files.map((file) => path.resolve(folders.root, file.path)));
    const listed = files.flatMap((file) => now.look(file.path) ?? []);
    const seen = new Map(now.observe(listed, 'output').manifest.map((entry) => [entry.path, entry]));
    return files.flatMap((file) => {
      const entry = seen.get(file.path);
      return entry !== undefined && sameEntry(entry, file) ? [] : [file.path];
    });
  }

  private callOf(
    { check }: StageCheck,
    files: readonly string[],
    execution: Execution,
    onProblem: (problem: CheckProblem) => void,
  ): Execution {
    const code = this.world.code.identify(null);
    const keys = check.kind === 'function' ? check.keys : [];
    return {
      ...execution,
      command: { kind: 'function' },
      module: 'compiledPath' in code ? code.compiledPath : null,
      timeoutMs: this.task.stage.timeoutMs ?? longestCheckMs,
      stdin: 'closed',
      tracer: null,
      check: { keys, files },
      onProblem: ({ path: file, message }) => onProblem({ path: file, line: null, pointer: null, message }),
    };
  }

  private keptIn(): string | null {
    const { folders } = this.world;
    if (!this.task.stage.clean) return null;
    return path.relative(folders.root, folders.keep('rejected', this.task.id));
  }
}
