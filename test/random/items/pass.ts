// Holds a build of a pipeline with items against what it must come to, task by task.
import { callOf, comesBefore, type EndOfStage, worstOf } from './calls.ts';
import type { FileTimes } from './file-times.ts';
import type { Foretelling } from './foretelling.ts';
import { LeftOver } from './left-over.ts';
import type { Meddled, Read } from './meddler.ts';
import type { Recipe, StageName } from './recipes.ts';
import { rerunOf } from './rerun.ts';
import { type Items, lyingOf, sameTexts, type TaskView, type Texts, tasksOf } from './tasks.ts';
import type { End, Request, Told, ToldEnd } from './told.ts';

/** What became of a stage. `made`: its tasks that are done. */
interface StageEnd extends EndOfStage {
  readonly isGood: boolean;
  readonly made: readonly TaskView[];
}

/** A task as it is now, and as it was before an edit in the middle; `null`: the same. */
interface Seen {
  readonly late: TaskView;
  readonly early: TaskView | null;
}

export interface Followed {
  /** In sentences. */
  readonly wrong: readonly string[];
  /** Tasks and stages that failed over what had been changed since it was made. */
  readonly distrusted: number;
  /** Whether the hook before the run kept it from executing anything. */
  readonly isPrevented: boolean;
}

/** Follows a build, stage by stage. Answers what is wrong with it; the model knows then what must lie there. */
export function follow(
  model: Foretelling,
  request: Request,
  told: Told,
  { meddled = null, times = null }: Circumstances = {},
): Followed {
  return new Pass(model, request, told, { meddled, times }).go();
}

interface Circumstances {
  readonly meddled?: Meddled | null;
  /** `null`: no stage goes by them. */
  readonly times?: FileTimes | null;
}

class Pass {
  private readonly model: Foretelling;
  private readonly request: Request;
  private readonly told: Told;
  private readonly meddled: Meddled | null;
  private readonly times: FileTimes | null;
  private readonly stages = new Map<StageName, StageEnd>();
  private readonly wrong: string[] = [];
  private readonly unheard: Set<string>;
  /** Something failed, or the money is spent: then nobody can say what else was begun. */
  private readonly isStopped: boolean;
  private readonly left: LeftOver;
  private spent = 0;
  private distrusted = 0;
  private isPrevented = false;
  /** Once what a task had made was changed: the tasks that read it. */
  private spoilt: Set<string> | null = null;

  constructor(
    model: Foretelling,
    request: Request,
    told: Told,
    { meddled, times }: { readonly meddled: Meddled | null; readonly times: FileTimes | null },
  ) {
    this.meddled = meddled;
    this.times = times;
    this.model = model;
    this.request = request;
    this.told = told;
    this.unheard = new Set(told.ends.keys());
    const hasFailed = [...told.ends].some(([name, { end }]) => end === 'failed' && !this.isOptional(name));
    this.isStopped = (hasFailed && !request.keepGoing) || this.isSpent();
    this.left = new LeftOver(
      {
        model,
        params: request.params,
        found: this.foundButFor(meddled),
        isStopped: this.isStopped,
        isFoundLater: told.isFoundLater ?? false,
      },
      this.wrong,
    );
  }

  go(): Followed {
    const { told, model, wrong, request, meddled } = this;
    const selected = model.selected(request.what);
    const isOfOthers =
      meddled?.maker !== null && !selected.some(({ name }) => name === meddled?.maker?.stage);
    if (meddled !== null && (meddled.maker === null || isOfOthers)) this.edit();
    this.left.leave(selected);
    for (const recipe of selected) this.stages.set(recipe.name, this.endOf(recipe));
    wrong.push(...[...this.unheard].map((name) => `${name} was ${told.ends.get(name)!.end}, and is no task`));
    const ends = [...told.ends.values()].map(({ end }) => end);
    const hasFailed = [...told.ends].some(([name, { end }]) => end === 'failed' && !this.isOptional(name));
    const exitCode = this.exitCodeWithHooks(hasFailed ? 1 : ends.includes('waiting') ? 3 : 0);
    if (told.exitCode !== exitCode) wrong.push(`exit code ${told.exitCode}, not ${exitCode}`);
    if (told.spent !== this.spent) wrong.push(`spent ${told.spent}, not ${this.spent}`);
    if (ends.includes('waiting') && !this.isSpent()) wrong.push('it waits, and the budget is not spent');
    // What was at work goes on to its end.
    const atWork = request.jobs * 3 * Math.max(1, ...selected.map(({ batch }) => batch ?? 1));
    if (request.budget !== null && told.spent >= request.budget + atWork) wrong.push(`spent ${told.spent}`);
    return { wrong, distrusted: this.distrusted, isPrevented: this.isPrevented };
  }

  /** Those around the run: which must have run, and how it ends with them. */
  private exitCodeWithHooks(exitCode: 0 | 1 | 3): 0 | 1 | 3 {
    const { model, told, wrong } = this;
    if (!model.manner.around) return exitCode;
    const ends = [...told.ends.values()];
    const hasBegun = told.hooks[0] === 'before';
    const mustBegin = this.isPrevented || ends.some(({ end, spent }) => end === 'executed' || spent > 0);
    // What failed may have done so before it came to that.
    const mayBegin = mustBegin || ends.some(({ end }) => end === 'failed');
    if (hasBegun ? !mayBegin : mustBegin)
      wrong.push(`the hook before the run ${hasBegun ? 'ran' : 'did not run'}`);
    const isAfter = hasBegun && exitCode === 0;
    const inTheEnd = isAfter && model.fails('after') ? 1 : exitCode;
    const hooks = [
      ...(hasBegun ? ['before'] : []),
      ...(isAfter ? ['after'] : []),
      ...(inTheEnd === 1 ? ['onFailure'] : []),
    ];
    if (told.hooks.join() !== hooks.join()) wrong.push(`${told.hooks} ran around it, not ${hooks}`);
    return inTheEnd;
  }

  /** From here on it lies there as it was edited. */
  private edit(): void {
    const { path, after } = this.meddled!;
    if (after === null) this.model.texts.delete(path);
    else this.model.texts.set(path, after);
  }

  /** The same of what was made in this build. */
  private change(): void {
    const { path, before, maker } = this.meddled!;
    const made = this.model.texts.get(path);
    if (made !== before)
      this.wrong.push(`${maker!.task} made ${JSON.stringify(made)}, and there was ${before}`);
    this.edit();
    this.spoilt = new Set();
  }

  /** What was changed when it had been made lay there before, whatever lies there now. */
  private foundButFor(meddled: Meddled | null): Texts {
    const { found } = this.told;
    const isMade = meddled !== null && meddled.maker !== null && meddled.ended.has(meddled.maker.task);
    return isMade ? new Map(found).set(meddled.path, meddled.before) : found;
  }

  /** Whether this task, or any of this stage, made what was changed then. */
  private hasMade({ name }: Recipe): boolean {
    const { meddled } = this;
    return meddled?.maker?.stage === name && meddled.ended.has(meddled.maker.task);
  }

  private isSpent(): boolean {
    const { budget } = this.request;
    return budget !== null && this.told.spent >= budget;
  }

  private isOptional(task: string): boolean {
    return this.model.recipes.find(({ name }) => name === task.split(':')[0])!.optional;
  }

  private endOf(recipe: Recipe): StageEnd {
    const isMaker = this.meddled?.maker?.stage === recipe.name;
    if (isMaker && !this.hasMade(recipe)) this.edit();
    const { isGood, made } = this.follow(recipe);
    if (isMaker && this.hasMade(recipe)) this.change();
    const bad = recipe.upstream.filter(
      (name) => this.stages.get(name)?.isGood === false && !this.doesWithout(recipe, name),
    );
    const causes = bad.flatMap((name) => {
      const { blockedBy } = this.stages.get(name)!;
      return blockedBy.length > 0 ? blockedBy : [name];
    });
    const outcome = isGood ? 'well' : (worstOf(recipe.name, this.told) ?? 'skipped');
    // From item to item a failure keeps some from coming to be, whatever becomes of the others.
    const isBlocked = outcome === 'skipped' || (recipe.streams && outcome !== 'well');
    const blockedBy = isBlocked ? [...new Set(causes)] : [];
    return { isGood, made, outcome, blockedBy };
  }

  private follow(recipe: Recipe): Pick<StageEnd, 'isGood' | 'made'> {
    const { request, model } = this;
    const before = this.before(recipe);
    if (recipe.when !== 'success') {
      const call = callOf(recipe, model.recipes, this.stages);
      if (call === 'blocked') return this.skip(recipe);
      if (call === 'unneeded') return this.leaveAlone(recipe);
    }
    const bad = before.filter((name) => !this.stages.get(name)!.isGood && !this.doesWithout(recipe, name));
    const isWhole =
      request.what.kind === 'all' || request.what.item === null || request.what.stage !== recipe.name;
    if (bad.length > 0 && !recipe.streams && recipe.when === 'success') return this.skip(recipe);
    const made = recipe.streams
      ? before
          .flatMap((name) => this.stages.get(name)!.made)
          .flatMap(({ outcome }) => (outcome?.kind === 'made' ? [...outcome.outputs.keys()] : []))
      : [];
    const isOfThese = bad.length > 0 && recipe.streams;
    if (this.lacksDocument(recipe)) {
      this.distrusted++;
      return this.fail(recipe);
    }
    const all = this.itemsOf(recipe, isOfThese ? made : undefined);
    if (all === 'unclear') return this.fail(recipe);
    const items = isWhole ? all : all.filter(({ name }) => name === `${recipe.name}:${wantedItem(request)}`);
    if (items.length === 0 && !isWhole) return this.fail(recipe);
    const clears = isWhole && bad.length === 0 && this.knowsItems(recipe);
    if (clears) this.left.clearUp(recipe, all, false);
    const stageEnd = this.told.ends.get(recipe.name);
    if (stageEnd !== undefined && recipe.forEach !== null) {
      // Its turn did not come, or not all of its items were known.
      this.unheard.delete(recipe.name);
      if (!this.isStopped && bad.length === 0) this.wrong.push(`${recipe.name} was ${stageEnd.end}`);
    }
    const seen = this.asTheyWere(recipe, items, isOfThese ? made : undefined);
    const isDoubtful =
      recipe.batch !== null && seen.some(({ late, early }) => crashes(late) || (early && crashes(early)));
    const done = seen.filter((one) => this.endAsSeen(recipe, one, isDoubtful));
    const isGood = (bad.length === 0 || recipe.when !== 'success') && done.length === items.length;
    if (isGood && clears) this.left.clearUp(recipe, all, true);
    else this.left.doubt(recipe, all, clears);
    return { isGood, made: done.map((one) => this.asMade(one)) };
  }

  /** Those before it, near or, where it does not just wait for success, far. */
  private before(recipe: Recipe): readonly StageName[] {
    const { recipes } = this.model;
    const near = ({ name }: Recipe) => recipe.upstream.includes(name);
    const far = ({ name }: Recipe) => comesBefore(name, recipe, recipes);
    const isMeant = recipe.when === 'success' ? near : far;
    return recipes.filter((one) => this.stages.has(one.name) && isMeant(one)).map(({ name }) => name);
  }

  /** The other may fail, nothing but what it made is asked for, and nothing of it is still to come. */
  private doesWithout(recipe: Recipe, name: StageName): boolean {
    const source = this.model.recipes.find((one) => one.name === name)!;
    if (!source.optional || recipe.when !== 'success') return false;
    const { forEach } = recipe;
    const needed = [
      ...recipe.requires.filter(({ optional }) => !optional).map(({ pattern }) => pattern),
      ...(forEach?.kind === 'files' ? [forEach.pattern] : []),
    ];
    if (forEach?.kind === 'records') needed.push(forEach.document);
    if (source.produces.some((made) => needed.some((pattern) => overlaps(made, pattern)))) return false;
    const causes = this.causesOf(name);
    return ![...this.told.ends].some(
      ([task, { end }]) => end === 'waiting' && causes.some((cause) => cause === task.split(':')[0]),
    );
  }

  /** It, and what before it did not go well. */
  private causesOf(name: StageName): readonly StageName[] {
    const { upstream } = this.model.recipes.find((one) => one.name === name)!;
    const bad = upstream.filter((one) => this.stages.get(one)?.isGood === false);
    return [name, ...bad.flatMap((one) => this.causesOf(one))];
  }

  /** Nothing has failed for which it were there: it is not looked at. */
  private leaveAlone(recipe: Recipe): Pick<StageEnd, 'isGood' | 'made'> {
    const end = this.hear(recipe.name)?.end ?? null;
    const isTold = recipe.forEach === null && !this.told.freshUntold;
    if (end !== 'fresh' && (end !== null || isTold) && !this.isStopped)
      this.wrong.push(`${recipe.name} was ${end}, and nothing has failed`);
    return { isGood: true, made: [] };
  }

  /** Whether all is selected, and whole, that makes its items. */
  private knowsItems({ upstream, forEach }: Recipe): boolean {
    if (forEach === null) return true;
    const { recipes } = this.model;
    return upstream.every((name) => {
      const source = recipes.find((one) => one.name === name)!;
      const isSource =
        forEach.kind === 'records' || source.produces.some((made) => overlaps(made, forEach.pattern));
      const { what } = this.request;
      const isWhole = what.kind === 'all' || what.stage !== name || what.item === null;
      return !isSource || (this.stages.has(name) && isWhole && this.knowsItems(source));
    });
  }

  private skip(recipe: Recipe): Pick<StageEnd, 'isGood' | 'made'> {
    const end = this.hear(recipe.name)?.end ?? null;
    if (end !== 'skipped' && !(end === null && this.isStopped))
      this.wrong.push(`${recipe.name} was ${end}, not skipped`);
    this.left.doubt(recipe, [], false);
    return { isGood: false, made: [] };
  }

  private fail(recipe: Recipe): Pick<StageEnd, 'isGood' | 'made'> {
    const end = this.hear(recipe.name)?.end ?? null;
    if (end !== 'failed' && !this.isStopped) this.wrong.push(`${recipe.name} was ${end}, not failed`);
    return { isGood: false, made: [] };
  }

  private hear(name: string) {
    this.unheard.delete(name);
    return this.told.ends.get(name);
  }

  /** With what each was before somebody edited a source, where that makes a difference. */
  private asTheyWere(recipe: Recipe, items: readonly TaskView[], of?: readonly string[]): readonly Seen[] {
    const { meddled, request } = this;
    if (meddled === null) return items.map((late) => ({ late, early: null }));
    const before = tasksOf(recipe, this.textsBefore(), request.params, of);
    return items.map((late) => {
      const early = before === 'unclear' ? undefined : before.find(({ name }) => name === late.name);
      return { late, early: early === undefined || early.key === late.key ? null : early };
    });
  }

  private textsBefore(): Texts {
    const { meddled, model } = this;
    return meddled === null ? model.texts : new Map(model.texts).set(meddled.path, meddled.before);
  }

  /** Those of which a file was made and is deleted are items all the same. */
  private itemsOf(recipe: Recipe, of?: readonly string[]): Items {
    const { model, request } = this;
    const found = model.itemsOf(recipe, request.params, of);
    if (this.spoilt === null) return found;
    const before = this.itemsBefore(recipe, of);
    // It may have failed over that before the edit.
    if (before === 'unclear') return this.meddled!.ended.has(recipe.name) ? before : found;
    const late = found === 'unclear' ? [] : found;
    const all = before.map((early) => {
      const view = late.find(({ name }) => name === early.name);
      if (view === undefined || view.key !== early.key) this.spoilt!.add(early.name);
      return view ?? early;
    });
    return all;
  }

  /** Where two of them are in each other's way, one of which is gone since, the engine sees none of that. */
  private itemsBefore(recipe: Recipe, of?: readonly string[]): Items {
    const { model, request, meddled } = this;
    const before = tasksOf(recipe, this.textsBefore(), request.params, of);
    const now = model.itemsOf(recipe, request.params, of);
    const isSeen = now === 'unclear' || meddled!.ended.has(recipe.name);
    if (before !== 'unclear' || isSeen || recipe.forEach?.kind !== 'files') return before;
    const gone = tasksOf(recipe, this.textsBefore(), request.params, [meddled!.path]);
    return gone === 'unclear' ? before : [...now, ...gone].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whether another stage made its records and somebody has edited them since, before it was known which there are. */
  private lacksDocument({ name, forEach }: Recipe): boolean {
    const { spoilt, meddled } = this;
    const isOfIt = forEach?.kind === 'records' && forEach.document === meddled?.path;
    return spoilt !== null && isOfIt && !meddled!.fannedOut.has(name);
  }

  /** What had been made for it was changed before its turn, or while it was at work. */
  private endSpoilt(recipe: Recipe, view: TaskView): boolean {
    const { model, wrong } = this;
    const { tasks, begun, attempt } = this.meddled!;
    const heard = this.hear(view.name);
    const isStopped = recipe.when === 'success' ? this.isStopped : this.isSpent();
    if (heard?.end !== 'failed' && !(isStopped && (heard === undefined || heard.end === 'skipped')))
      wrong.push(`${view.name} was ${heard?.end}, over what was changed since it was made`);
    if (heard === undefined) return false;
    const { end, attempts, spent } = heard;
    if (end === 'failed') this.distrusted++;
    this.spent += spent;
    const isRight = !begun.has(view.name)
      ? spent === 0 && attempts === 1
      : !tasks.includes(view.name) ||
        recipe.batch !== null ||
        (spent === attempt && (attempts === attempt || attempts === attempt + 1));
    if (!isRight)
      wrong.push(`${view.name} took ${attempts} attempts for ${spent}, with a change in ${attempt}`);
    if (spent > 0) this.attempted(view, lyingOf(view, model.texts));
    return false;
  }

  /** Of a task that is done: as it was when it was. */
  private asMade({ late, early }: Seen): TaskView {
    if (early === null) return late;
    const isEarly = this.meddled!.ended.has(late.name) || late.outcome?.kind !== 'made';
    return isEarly ? early : late;
  }

  private endAsSeen(recipe: Recipe, { late, early }: Seen, isDoubtful: boolean): boolean {
    const { meddled } = this;
    if (meddled !== null && this.spoilt?.has(late.name) && !meddled.ended.has(late.name))
      return this.endSpoilt(recipe, late);
    if (meddled === null || early === null) return this.end(recipe, late, isDoubtful);
    if (meddled.ended.has(late.name)) return this.end(recipe, early, isDoubtful);
    // What had not begun goes by what is there when its turn comes, and is paid for once.
    if (!meddled.begun.has(late.name)) return this.end(recipe, late, isDoubtful);
    const { read, attempt, tasks } = meddled;
    if (!tasks.includes(late.name) || read === null) return this.endLoosely(recipe, { early, late });
    return this.endAnew(recipe, { early, late }, { attempt, read });
  }

  /** The task was at work when an input of its own was edited. */
  private endAnew(
    recipe: Recipe,
    { early, late }: { readonly early: TaskView; readonly late: TaskView },
    when: { readonly attempt: number; readonly read: Read },
  ): boolean {
    const { model, request, wrong } = this;
    const heard = this.hear(late.name);
    const isForced = recipe.when === 'failure' || (request.force && this.isTarget(recipe));
    const stored = isForced ? undefined : model.ledger.storedOf(late, request.cache);
    const possible = rerunOf({ early, late }, when, { most: recipe.attempts, stored });
    const fits = possible.find(
      ({ ends, attempts }) => heard !== undefined && ends.includes(heard.end) && attempts === heard.attempts,
    );
    const isGivenUp = heard?.end === 'failed' && recipe.when === 'success' && this.isStopped;
    if (fits === undefined && !isGivenUp)
      wrong.push(`${late.name} was ${JSON.stringify(heard)}, not ${JSON.stringify(possible)}`);
    this.spent += fits?.paid ?? heard?.spent ?? 0;
    return this.settled(late, heard?.end ?? 'failed', recipe);
  }

  /** Nobody knows how often it was tried, and over what. */
  private endLoosely(
    recipe: Recipe,
    { early, late }: { readonly early: TaskView; readonly late: TaskView },
  ): boolean {
    const { model, told, wrong } = this;
    const heard = this.hear(late.name);
    this.spent += heard?.spent ?? 0;
    const end = heard?.end ?? 'fresh';
    if (end === 'skipped' || end === 'waiting' || (heard === undefined && this.isStopped)) {
      if (!this.isStopped) wrong.push(`${late.name} was ${end}`);
      if ((heard?.spent ?? 0) > 0) this.attempted(late, lyingOf(late, model.texts));
      return false;
    }
    const now = lyingOf(late, told.found);
    if (end === 'failed') {
      const mayFail = [early, late].some(({ outcome }) => outcome?.kind !== 'made' || outcome.attempts > 1);
      if (!mayFail && recipe.batch === null) wrong.push(`${late.name} failed`);
      return this.settled(late, end, recipe);
    }
    if (late.inTheEnd?.kind !== 'made' || !sameTexts(late.inTheEnd.outputs, now))
      wrong.push(`${late.name} was ${end}, and is not as after the edit`);
    return this.settled(late, end, recipe);
  }

  private isTarget({ name }: Recipe): boolean {
    const { what } = this.request;
    return what.kind !== 'targets' || what.stage === name;
  }

  /** Answers whether the task is done. `isDoubtful`: it may have failed with another one of its batch. */
  private end(recipe: Recipe, asked: TaskView, isDoubtful: boolean): boolean {
    const { model, told, request, wrong } = this;
    const heard = this.hear(asked.name);
    const lying = lyingOf(asked, model.texts);
    const isAlarm = recipe.when === 'failure';
    const isForced = isAlarm || (request.force && this.isTarget(recipe));
    // A failure that has stopped the rest does not stop these.
    const isStopped = recipe.when === 'success' ? this.isStopped : this.isSpent();
    // Of a service it is asked first.
    const lacksService = recipe.service && model.isServiceDown;
    const isDown = model.fails('before') || lacksService;
    const able = model.ledger.endsOf(asked, lying, {
      ...{ isForced, hasCache: request.cache, isLeft: this.isLeft(lying) },
      isInTime: goesByTimes(recipe) ? this.isInTime(asked, lying) : null,
    });
    const certain = able.map((one) => (isDown && one === 'executed' ? 'failed' : one));
    // Where the service is down nothing of the task is touched.
    const view = isDown && heard?.end === 'failed' ? { ...asked, outcome: null } : asked;
    const possible: readonly End[] =
      isDoubtful && certain.includes('executed') ? [...certain, 'failed'] : certain;
    if (heard === undefined && !(told.freshUntold && possible.includes('fresh'))) {
      if (!isStopped) wrong.push(`nothing is told of ${view.name}, and not ${possible.join(' or ')}`);
      return false;
    }
    const end = heard?.end ?? 'fresh';
    if (end === 'skipped' || end === 'waiting') {
      if (!isStopped) wrong.push(`${view.name} was ${end}, not ${possible.join(' or ')}`);
      // Between two attempts the money may have been spent.
      this.spent += heard!.spent;
      if (heard!.spent > 0) this.attempted(view, lying);
      return false;
    }
    const { outcome } = view;
    if (end === 'failed' && isDown && !lacksService && able.includes('executed')) this.isPrevented = true;
    if (end === 'executed' || end === 'failed') {
      this.pay(view, heard!, isDoubtful ? this.mostAttempts(recipe, view) : null);
      const isGood = told.witnessed?.get(view.name);
      if (isGood !== undefined && isGood !== (end === 'executed'))
        wrong.push(`${view.name} was ${end}, and its batch had ${isGood ? 'made it' : 'failed it'}`);
    }
    // Where nothing new is begun, what would have been tried again has failed.
    const isGivenUp = end === 'failed' && isStopped && possible.includes('executed');
    if (isGivenUp && heard!.attempts < outcome!.attempts) {
      this.attempted(view, lying);
      return false;
    }
    if (!possible.includes(end)) wrong.push(`${view.name} was ${end}, not ${possible.join(' or ')}`);
    return this.settled(view, end, recipe);
  }

  private isLeft(lying: Texts): boolean {
    return [...lying.keys()].some((path) => this.model.doubtful.has(path));
  }

  private isInTime(view: TaskView, lying: Texts): boolean | 'maybe' {
    const paths = [...lying.keys()];
    if (this.times?.isInTime(view, paths) !== true) return false;
    return paths.some((path) => this.left.unsure.has(path)) ? 'maybe' : true;
  }

  /** Brings the model to what it is then. Answers whether the task is done. */
  private settled(view: TaskView, end: End, recipe: Recipe): boolean {
    const { model, request } = this;
    // An edit meanwhile gives it an attempt more than it has by itself, and the cache keeps what comes of that.
    const outcome = end === 'failed' ? view.outcome : view.inTheEnd;
    const lying = lyingOf(view, model.texts);
    if (end === 'fresh') {
      if (goesByTimes(recipe)) model.ledger.passed(view, this.isLeft(lying));
      else model.ledger.settle(view, lying);
      return true;
    }
    if (outcome === null) return false;
    if (outcome.kind === 'failed' || end === 'failed') {
      this.attempted(view, lying);
      return false;
    }
    for (const path of lying.keys()) model.texts.delete(path);
    if (goesByTimes(recipe)) this.left.clearFormer(view);
    for (const [path, text] of outcome.outputs) {
      model.texts.set(path, text);
      model.doubtful.delete(path);
    }
    model.ledger.done(view, outcome.outputs, request.cache && recipe.when !== 'failure');
    this.times?.written([...lying.keys(), ...outcome.outputs.keys()]);
    return true;
  }

  /** An attempt came to nothing, and nothing is left of what had been there. */
  private attempted(view: TaskView, lying: Texts): void {
    const { model } = this;
    const recipe = model.recipes.find(({ name }) => name === view.name.split(':')[0])!;
    if (goesByTimes(recipe)) this.left.clearFormer(view);
    for (const path of lying.keys()) model.texts.delete(path);
    this.times?.written(lying.keys());
    model.ledger.failed(view);
  }

  /** A batch that dies while the input of one of its items is edited runs again without that one, at nobody's cost. */
  private mostAttempts({ attempts }: Recipe, { name }: TaskView): number {
    return attempts + (this.meddled?.tasks.includes(name) ? 1 : 0);
  }

  /** `most`: attempts that there may have been, where nobody knows how many. */
  private pay({ name, outcome }: TaskView, { attempts, spent }: ToldEnd, most: number | null): void {
    this.spent += spent;
    if (most !== null && outcome !== null) {
      if (spent !== attempts || attempts > most)
        this.wrong.push(`${name}: ${attempts} attempts for ${spent}`);
      return;
    }
    const wanted = outcome?.attempts ?? 1;
    const price = outcome?.kind === 'failed' ? outcome.paid : outcome === null ? 0 : wanted;
    // Where nothing new is begun, no further attempt is either.
    const isRight =
      attempts === wanted ? spent === price : this.isStopped && attempts < wanted && spent === attempts;
    if (!isRight)
      this.wrong.push(`${name} took ${attempts} attempts for ${spent}, not ${wanted} for ${price}`);
  }
}

function goesByTimes({ byTimes, produces }: Recipe): boolean {
  return byTimes && produces.length > 0;
}

function crashes({ outcome }: TaskView): boolean {
  return outcome?.kind === 'failed' && outcome.crashes;
}

function wantedItem({ what }: Request): string | null {
  return what.kind === 'all' ? null : what.item;
}

/** Whether patterns of this pipeline are about the same files: they begin alike. */
function overlaps(made: string, wanted: string): boolean {
  return made.split('/')[0] === wanted.split('/')[0];
}
