// Fans stages with items out on the board: in full when all is done that may make items, or one item after the other.
import type { Failure } from '../model/failure.ts';
import { withReason } from '../model/judge.ts';
import { isManyTasks, type Task } from '../model/task.ts';
import type { Assessor } from './assess.ts';
import { type AssessmentOrFailure, isFailure } from './assessment.ts';
import type { Board } from './board.ts';
import type { BuildTasks } from './build-tasks.ts';
import type { Arrival } from './family.ts';
import { doubtOfDocument, itemsTakenAway } from './made-items.ts';
import { taskOfRecordNow } from './own-record.ts';
import type { World } from './world.ts';

export class FanningOut {
  private readonly world: World;
  private readonly assessor: Assessor;
  private readonly board: Board;
  private readonly tasks: BuildTasks;
  private readonly pending: Arrival[] = [];
  /** What the start of the run told of, by stage. */
  private readonly expected: ReadonlyMap<string, number>;

  constructor(options: {
    readonly world: World;
    readonly assessor: Assessor;
    readonly board: Board;
    readonly tasks: BuildTasks;
    readonly expected: ReadonlyMap<string, number>;
  }) {
    this.world = options.world;
    this.assessor = options.assessor;
    this.board = options.board;
    this.tasks = options.tasks;
    this.expected = options.expected;
  }

  /** What comes next, looked at; or a stage that cannot fan out. `null`: nothing as yet. */
  next(): AssessmentOrFailure | null {
    for (;;) {
      // After a failure only what is there for that goes on, and it takes its items as they lie.
      if (!this.board.hasStopped)
        for (const arrival of this.board.families.takeArrivals()) this.pending.push(arrival);
      for (let arrival = this.pending.shift(); arrival !== undefined; arrival = this.pending.shift()) {
        const failure = this.goOn(arrival);
        if (failure !== null) return { task: arrival.stage, failure };
      }
      const task = this.board.takeReady();
      if (task === null || !isManyTasks(task)) return task && this.lookAt(task);
      const failure = this.begin(task);
      if (failure !== null) return { task, failure };
    }
  }

  /** At a task whose turn has come. What is there for failures runs over each of them, whatever it made before. */
  lookAt(task: Task): AssessmentOrFailure {
    const assessed = this.overRecordNow(task);
    const failed = task.stage.when === 'failure' ? this.board.places.failedBefore(task) : [];
    const [first, ...rest] = failed.map((stage) => ({ code: 'upstream-failed', stage }) as const);
    if (first === undefined || isFailure(assessed)) return assessed;
    return { ...assessed, verdict: { kind: 'stale', reasons: [first, ...rest] } };
  }

  /** Its stage may have fanned out long ago: the verdict is over what is its record now, by which its attempt goes, too. */
  private overRecordNow(task: Task): AssessmentOrFailure {
    const now = taskOfRecordNow(this.world, task);
    if (now === task) return this.assessor.assess(task);
    if (now !== null) return { ...this.assessor.assess(now), task };
    const assessed = this.assessor.assess(task);
    const { forEach } = task.stage;
    if (isFailure(assessed) || forEach?.kind !== 'records') return assessed;
    const reason = { code: 'input-changed', path: forEach.document } as const;
    return { ...assessed, verdict: withReason(assessed.verdict, reason) };
  }

  /** The stage's turn has come. Answers why it cannot fan out, if so. */
  private begin(task: Task): Failure | null {
    if (this.board.places.isUnneeded(task)) {
      this.board.families.fanOut(task, [], this.expectedOf(task));
      return null;
    }
    const { haveEnded, spoiledBy, early } = this.board.families.sourcesOf(task);
    if (haveEnded && spoiledBy.length === 0) return this.complete(task);
    const made = early.flatMap((one) => this.itemsMadeBy(task, one));
    const others = this.tasks.itemsOfNobody(task.stage);
    this.board.families.fanOut(task, [...others, ...made], haveEnded ? this.expectedOf(task) : null);
    return null;
  }

  private goOn({ stage, from }: Arrival): Failure | null {
    const { families } = this.board;
    const isSpoiled = families.sourcesOf(stage).spoiledBy.length > 0;
    if (from === null && !isSpoiled) return this.complete(stage);
    const items = from === null ? [] : this.itemsMadeBy(stage, from);
    families.fanOut(stage, items, from === null ? this.expectedOf(stage) : null);
    return null;
  }

  /** All is done that may make items: the files say which there are, and of what is left of others. */
  private complete(task: Task): Failure | null {
    const found = this.tasks.itemsOf(task.stage);
    const hasFailed = (one: Task) => this.board.places.hasFailed(one);
    const makers = this.tasks.makersOf(task).filter((one) => !hasFailed(one));
    const doubt = doubtOfDocument(this.world, task, makers);
    if (doubt !== null) return doubt;
    if (found.kind === 'unclear') return found.failure;
    const tasks = [...found.tasks, ...itemsTakenAway(this.tasks, task, found.tasks, hasFailed)];
    // What of their files is gone a failure before it may have taken away.
    const isCertain = this.board.places.spoilersOf(task).length === 0;
    // What reads those files may have been looked at before.
    if (isCertain && this.tasks.clearUp({ stage: task.stage, tasks })) this.assessor.forget();
    this.board.families.fanOut(task, tasks, this.expectedOf(task));
    return null;
  }

  private expectedOf({ id }: Task): { readonly expected: number } {
    return { expected: this.expected.get(id) ?? 0 };
  }

  private itemsMadeBy({ stage }: Task, maker: Task): readonly Task[] {
    const memory = this.world.records.memory(maker.id);
    if (memory.kind !== 'done') return [];
    return memory.record.outputs.flatMap(({ path }) => this.tasks.itemMadeBy(maker, stage, path) ?? []);
  }
}
