// Plays the programs of stages with items, and their hooks, within this process.
import fs from 'node:fs';
import path from 'node:path';
import type { Execution, ExecutionEnd, Executor, SharedItem } from '../../../src/engine/executor.ts';
import { fill } from './captures.ts';
import { addedByHook, isRefused, lettersIn, type Occasion, outcomeOf } from './labour.ts';
import type { Read } from './meddler.ts';
import { hookFile, type Recipe, serviceFile } from './recipes.ts';

const done: ExecutionEnd = { kind: 'succeeded' };
const failed: ExecutionEnd = {
  kind: 'failed',
  failure: { kind: 'exit', code: 1, line: '' },
  tail: [],
};

/** Who does something while a command runs. */
export interface Meddlesome {
  /** Whether it is this command: the so many-th of all, and of its stage. */
  readonly isMoment: (stage: string, nth: number, nthOfStage: number) => boolean;
  readonly when: 'before' | 'after';
  readonly meddle: (tasks: readonly string[], attempt: number, read: Read | null) => void;
}

export class PlayedLabour implements Executor {
  /** Settles when the engine has died. */
  readonly died: Promise<'died'>;
  /** Of tasks in batches, whether the last attempt was to succeed. */
  readonly witnessed = new Map<string, boolean>();
  /** Items that were reported as done before their batch crashed. */
  spared = 0;
  private readonly root: string;
  private readonly recipes: readonly Recipe[];
  private readonly dyingAt: number | null;
  private readonly meddler: Meddlesome | null;
  private executions = 0;
  private readonly ofStage = new Map<string, number>();
  /** The service. */
  private isUp = false;
  private endService: () => void = () => {};
  private die: () => void = () => {};
  private isDead = false;

  /** `dyingAt`: in this execution. */
  constructor(
    root: string,
    recipes: readonly Recipe[],
    dyingAt: number | null,
    meddler: Meddlesome | null = null,
  ) {
    this.root = root;
    this.recipes = recipes;
    this.dyingAt = dyingAt;
    this.meddler = meddler;
    this.died = new Promise((resolve) => {
      this.die = () => {
        this.isDead = true;
        resolve('died');
      };
    });
  }

  start(execution: Execution) {
    const isStart = execution.service?.does === 'start';
    return { ended: this.perform(execution), cancel: () => isStart && this.endService() };
  }

  atRest(): void {}

  hasLeftBehind(): boolean {
    return false;
  }

  async endLeftBehind(): Promise<'ended'> {
    return 'ended';
  }

  private async perform(execution: Execution): Promise<ExecutionEnd> {
    // Nobody starts anything any more.
    if (this.isDead) return new Promise(() => {});
    if (execution.service !== null) return this.serve(execution.service);
    const { context, hook, logPath } = execution;
    if (hook !== null && execution.task === null) return this.isToFail(hook) ? failed : done;
    const recipe = this.recipes.find(({ name }) => name === context.stage)!;
    if (recipe.service && hook === null && !this.isUp) throw new Error('the service is down');
    if (execution.batch !== null) return this.performBatch(execution, recipe);
    const values = { ...context.item?.captures, 'params.s': String(context.params.s ?? '') };
    const record = recipe.forEach?.kind === 'records' ? JSON.stringify(context.item?.value) : null;
    const nth = hook === null ? this.executions++ : null;
    const { meddler } = this;
    const isMoment = nth !== null && this.isMoment(recipe.name, nth);
    const name = context.item === null ? context.stage : `${context.stage}:${context.item.key}`;
    // What it is told of a record it was told before.
    const readsLate = meddler?.when === 'before' && record === null;
    const meddle = () => {
      if (isMoment) meddler?.meddle([name], context.attempt, readsLate ? 'late' : 'early');
    };
    if (meddler?.when === 'before') meddle();
    const inputs = this.inputsAt(context.requires);
    if (meddler?.when === 'after') meddle();
    const occasion = { inputs: inputs ?? [], values, record, attempts: context.attempt };
    // Others may be at work.
    await new Promise((resolve) => setImmediate(resolve));
    if (hook === 'before') return isRefused(recipe, occasion) ? failed : done;
    const [output] = recipe.produces.map((pattern) => fill(pattern, values));
    if (hook === 'after') {
      const added = addedByHook(recipe, values);
      if (added !== null) fs.appendFileSync(this.at(added.path), added.line);
      return done;
    }
    // Nothing that a stage writes: else their contents would be one in the cache.
    if (logPath !== null) fs.writeFileSync(logPath, `log of ${recipe.salt}\n`);
    execution.onMetric({ usd: 1 });
    if (output !== undefined && recipe.kind !== 'spread') this.write(output, 'half\n');
    if (nth === this.dyingAt) {
      this.die();
      return new Promise(() => {});
    }
    const outcome = outcomeOf({ ...recipe, hook: 'none' }, occasion);
    if (outcome.kind === 'failed' || inputs === null) return failed;
    for (const [at, text] of outcome.outputs) this.write(at, text);
    return done;
  }

  /** Around the run. */
  private isToFail(hook: string): boolean {
    return fs.readFileSync(this.at(hookFile), 'utf8').startsWith(hook[0]!);
  }

  private async serve({ does }: { readonly does: 'start' | 'check' }): Promise<ExecutionEnd> {
    if (does === 'check') return this.isUp ? done : failed;
    if (fs.readFileSync(this.at(serviceFile), 'utf8').startsWith('x')) return failed;
    this.isUp = true;
    return new Promise((resolve) => {
      this.endService = () => {
        this.isUp = false;
        resolve({ kind: 'cancelled' });
      };
    });
  }

  private isMoment(stage: string, nth: number): boolean {
    const nthOfStage = this.ofStage.get(stage) ?? 0;
    this.ofStage.set(stage, nthOfStage + 1);
    return this.meddler?.isMoment(stage, nth, nthOfStage) ?? false;
  }

  /** A c is made, and nothing is said of it; a k ends the process. */
  private async performBatch({ context, batch, logPath }: Execution, recipe: Recipe): Promise<ExecutionEnd> {
    const { items } = context;
    const unsaid: string[] = [];
    let saidDone = 0;
    if (logPath !== null) fs.writeFileSync(logPath, `log of ${recipe.salt}\n`);
    for (const { key } of items) {
      batch!.onMetric(key, { usd: 1 });
      this.witnessed.set(`${recipe.name}:${key}`, false);
    }
    for (const { produces } of items) for (const at of produces) this.write(at, 'half\n');
    const nth = this.executions++;
    const isMoment = this.isMoment(recipe.name, nth);
    if (nth === this.dyingAt) {
      this.die();
      return new Promise(() => {});
    }
    const { meddler } = this;
    const names = items.map(({ key }) => `${recipe.name}:${key}`);
    const meddle = () => {
      if (isMoment) meddler?.meddle(names, context.attempt, null);
    };
    if (meddler?.when === 'before') meddle();
    for (const [i, item] of items.entries()) {
      // What was said of those before may be on record.
      await new Promise((resolve) => setImmediate(resolve));
      const occasion = this.occasionOf(item, recipe, context);
      const outcome = occasion && outcomeOf(recipe, occasion);
      if (i === 0 && meddler?.when === 'after') meddle();
      if (occasion === null || outcome?.kind !== 'made') {
        if (outcome?.kind === 'failed' && outcome.crashes) {
          this.spared += saidDone;
          return failed;
        }
        batch!.onFailed(item.key, 'a letter');
        continue;
      }
      for (const [at, text] of outcome.outputs) this.write(at, text);
      if (lettersIn(occasion).includes('c')) unsaid.push(item.key);
      else {
        this.witnessed.set(`${recipe.name}:${item.key}`, true);
        batch!.onDone(item.key);
        saidDone++;
      }
    }
    for (const key of unsaid) this.witnessed.set(`${recipe.name}:${key}`, true);
    return done;
  }

  /** `null`: somebody has deleted one of its inputs. */
  private occasionOf(
    item: SharedItem,
    recipe: Recipe,
    { params, attempt }: Execution['context'],
  ): Occasion | null {
    const inputs = this.inputsAt(item.requires);
    if (inputs === null) return null;
    const record = recipe.forEach?.kind === 'records' ? JSON.stringify(item.value) : null;
    const values = { ...item.captures, 'params.s': String(params.s ?? '') };
    return { inputs, values, record, attempts: attempt };
  }

  /** `null`: one of them was there when its turn came, and somebody has deleted it since. */
  private inputsAt(paths: readonly string[]): Occasion['inputs'] | null {
    const present = paths.filter((at) => fs.existsSync(this.at(at)));
    const inputs = present.map((at) => ({ path: at, text: fs.readFileSync(this.at(at), 'utf8') }));
    return inputs.length < paths.length ? null : inputs;
  }

  private write(at: string, text: string): void {
    fs.mkdirSync(path.dirname(this.at(at)), { recursive: true });
    fs.writeFileSync(this.at(at), text);
  }

  private at(relative: string): string {
    return `${this.root}/${relative}`;
  }
}
