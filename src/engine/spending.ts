// What the tasks of a run have reported that they used, and whether that is as much as the run may use.
import type { TaskId } from '../base/brand.ts';
import { didYouMean } from '../base/did-you-mean.ts';
import { shellQuote } from '../model/command/shell-line.ts';
import type { EventBody, Warning } from '../model/events.ts';
import {
  amountText,
  type Metrics,
  noMetrics,
  reachedLimit,
  type Spent,
  sumOfMetrics,
} from '../model/metrics.ts';
import type { Task } from '../model/task.ts';
import { listSome, plural } from '../model/words/amounts.ts';
import type { BuildOptions, Unspent } from './build-options.ts';
import type { Records } from './ports.ts';
import { named } from './task-state.ts';

const namedTasks = 5;

type Limited = Pick<BuildOptions, 'budget' | 'goOn' | 'watching'>;

export class Spending {
  private readonly options: Limited;
  private readonly emit: (event: EventBody) => void;
  private readonly forcedIn: Unspent['forcedIn'];
  private readonly byTask = new Map<TaskId, Metrics>();
  private sum = noMetrics;
  private limit: Spent | null = null;
  private readonly heldBack = new Set<TaskId>();

  constructor(options: Limited, emit: (event: EventBody) => void, forcedIn: Unspent['forcedIn'] = null) {
    this.options = options;
    this.emit = emit;
    this.forcedIn = forcedIn;
  }

  /** Of all attempts, whether they came to something or not; nothing where nothing was reported. */
  get told(): { readonly metrics?: Metrics } {
    return this.sum === noMetrics ? {} : { metrics: this.sum };
  }

  /**
   * Where it stopped, at what, what has not begun for that, and how to go on. `notBegun`: given what would have begun, the
   * same with what would have followed. And what budgets are about nothing that was ever reported. `known`: what is on
   * record; `null`: that is not all.
   */
  warnings(
    notBegun: (heldBack: ReadonlySet<TaskId>) => readonly TaskId[],
    known: Pick<Records, 'all' | 'withOtherParams'> | null = null,
  ): readonly Warning[] {
    return [...this.stopped(notBegun), ...this.aboutNothing(known)];
  }

  private stopped(notBegun: (heldBack: ReadonlySet<TaskId>) => readonly TaskId[]): readonly Warning[] {
    if (this.limit === null) return [];
    const { metric, spent, limit } = this.limit;
    const used = `${metric} ${amountText(spent)} of ${amountText(limit)}`;
    const names = notBegun(this.heldBack);
    const message = `the budget is spent: ${used}; ${plural(names.length, 'task')} did not begin: ${listSome(names, namedTasks)}`;
    const { goOn = withThatAlone } = this.options;
    const { forcedIn } = this;
    const hint = `to go on: ${goOn({ metric, limit: 2 * limit, left: names, forcedIn })}`;
    return [{ kind: 'warning', message, hint }];
  }

  /** A name that is written otherwise than it is reported would be a budget without end. */
  private aboutNothing(known: Pick<Records, 'all' | 'withOtherParams'> | null): readonly Warning[] {
    const reported = Object.keys(this.sum);
    if (known === null || reported.length === 0) return [];
    const unheard = Object.keys(this.options.budget).filter((metric) => this.sum[metric] === undefined);
    if (unheard.length === 0) return [];
    const records = [...known.all(), ...known.withOtherParams()];
    return unheard
      .filter((metric) => records.every(({ metrics }) => metrics[metric] === undefined))
      .map((metric): Warning => {
        const message = `nothing has reported "${metric}" yet, so its budget limits nothing; reported is ${listSome(reported, namedTasks)}`;
        const meant = didYouMean(metric, reported);
        return { kind: 'warning', message, ...(meant !== null && { hint: `did you mean "${meant}"?` }) };
      });
  }

  spend(task: Task, values: Metrics): void {
    this.byTask.set(task.id, sumOfMetrics(this.of(task), values));
    this.sum = sumOfMetrics(this.sum, values);
    this.emit({ kind: 'task-metric', ...named(task), values });
  }

  /** Of all attempts of the task. */
  of(task: Task): Metrics {
    return this.byTask.get(task.id) ?? noMetrics;
  }

  /** Asked for each task that would be started. */
  holdsBack(task: Task): boolean {
    this.limit = reachedLimit(this.sum, this.options.budget);
    if (this.limit === null) return false;
    this.heldBack.add(task.id);
    this.options.watching?.stoppedByBudget(task.id, this.sum);
    return true;
  }
}

function withThatAlone({ metric, limit }: Unspent): string {
  return `pipe build --budget ${shellQuote(metric)}=${limit}`;
}
