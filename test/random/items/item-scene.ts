// A workspace with items under a random story: what the turns do to it, and whether it then is what it must be.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { say } from '../say.ts';
import { textsBelow } from '../tree.ts';
import { comesBefore } from './calls.ts';
import { FileTimes, timesIn } from './file-times.ts';
import { Foretelling } from './foretelling.ts';
import { foundIn, type ItemBuilder, type ItemBuilt } from './item-builder.ts';
import { ItemChanges } from './item-changes.ts';
import type { ItemTally } from './item-tally.ts';
import { flagless, type ItemRequest, type ItemTurn, type Meddling } from './item-turns.ts';
import { type Meddled, Meddler } from './meddler.ts';
import { follow } from './pass.ts';
import type { Manner, StageName } from './recipes.ts';
import type { Texts } from './tasks.ts';
import type { Request, Told, ToldEnd } from './told.ts';

export class ItemScene {
  readonly root: string;
  private readonly model: Foretelling;
  private readonly builder: ItemBuilder;
  private readonly tally: ItemTally;
  private readonly changes: ItemChanges;

  constructor(manner: Manner, builderAt: (root: string) => ItemBuilder, tally: ItemTally) {
    const shared = '/dev/shm';
    const folder = fs.existsSync(shared) ? shared : os.tmpdir();
    this.root = fs.realpathSync(fs.mkdtempSync(path.join(folder, 'pipe-items-')));
    this.model = new Foretelling(manner, new Map());
    this.builder = builderAt(this.root);
    this.tally = tally;
    this.changes = new ItemChanges(this.root, this.model, this.builder);
    this.changes.begin();
    tally.stories++;
  }

  dispose(): void {
    this.builder.dispose();
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  async take({ changes, request: asked, death, meddling, twice, again }: ItemTurn): Promise<void> {
    for (const change of changes) this.changes.make(change);
    const request = this.requestOf(asked);
    const isKnown = !this.goesByTimes;
    if (isKnown && death === null && twice !== null && this.builder.twice !== null)
      return this.both(this.requestOf({ ...asked, isFlagless: false }), twice.isPatient, this.builder.twice);
    if (isKnown && death === null && meddling !== null) return this.meddled(asked, meddling);
    const dies = death !== null && 'within' in death;
    const isFlagless = asked.isFlagless && !dies;
    const built = await this.build(dies ? { ...request, jobs: 1 } : request, isFlagless, death);
    if (built === 'died') {
      this.tally.deaths++;
      await this.build({ ...request, what: { kind: 'all' }, force: false, budget: null }, false, null);
    } else if ((again || isFlagless) && built !== 'refused' && built.exitCode === 0) {
      // Stamps must be a moment old before they vouch for anything: what comes then is seen at a glance.
      await this.build({ ...request, force: false, budget: null }, isFlagless, null);
    }
    this.expectNothingLost();
  }

  /** One of them came first, and the other to what it had left. */
  private async both(
    request: Request,
    isPatient: boolean,
    build: NonNullable<ItemBuilder['twice']>,
  ): Promise<void> {
    const when = `two builds at once ${JSON.stringify({ ...request, isPatient })}`;
    const refuses = this.model.refuses(request);
    const told = await build(request, isPatient);
    this.tally.twice++;
    if (refuses !== (told === 'refused')) say(when, [refuses ? 'were not refused' : 'were refused']);
    if (told !== 'refused') {
      const orders = told.length === 1 ? [told] : [told, [...told].reverse()];
      const followed = orders.map((order) => {
        const model = this.model.copy();
        const wrong = order.flatMap(
          (one, i) => follow(model, request, { ...one, isFoundLater: i + 1 < order.length }).wrong,
        );
        return { model, wrong: [...wrong, ...differing(model.texts, foundIn(this.root))] };
      });
      const right = followed.find(({ wrong }) => wrong.length === 0);
      if (right === undefined)
        say(
          when,
          followed.flatMap(({ wrong }, i) => [`in order ${i + 1}:`, ...wrong]),
        );
      else this.model.become(right.model);
      for (const one of told) this.tally.count(one, false);
    }
    this.expectTexts(`after ${when}`);
    this.expectNothingLost();
  }

  /** Where one after the other begins, it is known who came before the edit, and who after it. */
  private async meddled(asked: ItemRequest, meddling: Meddling): Promise<void> {
    const request = { ...this.requestOf({ ...asked, isFlagless: false }), jobs: 1, budget: null };
    const meddler = new Meddler(this.root, this.model, meddling, request);
    await this.build(request, false, null, meddler);
    if (meddler.meddled !== null) this.tally[meddler.meddled.maker === null ? 'meddled' : 'overwritten']++;
    this.expectNothingLost();
  }

  /**
   * All that can be built is built, and then nothing is left to do but what had failed, perhaps for another of its batch,
   * and what comes after it: which items make up a batch is not the same where a breaker held some of them back.
   */
  async end(): Promise<void> {
    const all = this.requestOf({ ...flagless, keepGoing: true, jobs: 2 });
    const first = await this.build(all, false, null);
    const second = await this.build(all, false, null);
    if (typeof first === 'string' || typeof second === 'string') return;
    const hasFailed = (name: string) => ['failed', 'skipped'].includes(first.ends.get(name)?.end ?? '');
    const { recipes } = this.model;
    const stageOf = (name: string) => recipes.find((recipe) => recipe.name === name.split(':')[0])!;
    const done = [...second.ends].filter(([, { end }]) => end === 'executed' || end === 'restored');
    const mended = new Set(done.flatMap(([name]) => (hasFailed(name) ? [stageOf(name).name] : [])));
    const isAfterMended = (name: string) =>
      [...mended].some((stage) => comesBefore(stage, stageOf(name), recipes));
    const isKnown = ([name]: [string, ToldEnd]) =>
      this.model.isForFailures(name) || hasFailed(name) || isAfterMended(name);
    const others = done.filter((one) => !isKnown(one));
    say(
      'at the end',
      others.map(([name, { end }]) => `${name} was ${end}`),
    );
    this.expectNothingLost();
  }

  private async build(
    request: Request,
    isFlagless: boolean,
    death: ItemTurn['death'],
    meddler: Meddler | null = null,
  ): Promise<Told | 'died' | 'refused'> {
    const { model, tally } = this;
    const refuses = model.refuses(request);
    const before = timesIn(this.root);
    const built = await this.builder.build(request, isFlagless, death, meddler);
    tally.builds++;
    const when = `build ${JSON.stringify({ ...request, isFlagless })}`;
    switch (built.kind) {
      case 'died':
        model.killed(request, foundIn(this.root));
        return 'died';
      case 'refused':
        if (!refuses) say(when, [`was refused: ${built.why}`]);
        this.expectTexts(`after the refusal of ${when}`);
        tally.refused++;
        return 'refused';
      case 'told': {
        if (refuses) say(when, ['was not refused']);
        const meddled = meddler?.meddled ?? null;
        const followed = follow(model, request, built.told, {
          meddled,
          times: new FileTimes(before, timesIn(this.root)),
        });
        tally.distrusted += followed.distrusted;
        if (followed.isPrevented) tally.prevented++;
        say(`${when}${aboutMeddled(meddled)}`, followed.wrong);
        if (meddled === null) say(when, brokenPlans(built, model));
        this.expectTexts(`after ${when}`);
        tally.count(built.told, built.isPart);
        if (this.goesByTimes) tally.timed++;
        return built.told;
      }
    }
  }

  /** Then nobody can say what was written when, where somebody else is at work meanwhile. */
  private get goesByTimes(): boolean {
    return this.model.recipes.some(({ byTimes }) => byTimes);
  }

  private expectTexts(when: string): void {
    say(when, differing(this.model.texts, foundIn(this.root)));
  }

  private expectNothingLost(): void {
    const { byHand } = this.model;
    if (byHand.size === 0) return;
    const lying = textsBelow(this.root, 'hand-', (folder) => !folder.endsWith('.gates'));
    say(
      'at the end',
      [...byHand].filter((text) => !lying.has(text)).map((text) => `lost: ${text}`),
    );
  }

  private requestOf({ isFlagless, param, what, ...rest }: ItemRequest): Request {
    const { manner, recipes } = this.model;
    const params = { s: manner.params === 'none' || isFlagless ? ('m' as const) : param };
    const request = { ...rest, params, isParamGiven: manner.params !== 'none' };
    if (what.kind === 'all' || !recipes.some(({ name }) => name === what.stage))
      return { ...request, what: { kind: 'all' } };
    return { ...request, what: { ...what, item: this.itemOf(what.stage, what.kind, what.item, params) } };
  }

  /** One that is there now, and will be when the turn of its stage has come. */
  private itemOf(
    stage: StageName,
    kind: 'targets' | 'only',
    pick: number | null,
    params: Request['params'],
  ): string | null {
    const recipe = this.model.recipes.find(({ name }) => name === stage)!;
    if (pick === null || recipe.forEach === null || (kind === 'targets' && recipe.upstream.length > 0))
      return null;
    const items = this.model.itemsOf(recipe, params);
    if (items === 'unclear' || items.length === 0) return null;
    return items[pick % items.length]!.name.slice(stage.length + 1);
  }
}

function differing(texts: Texts, found: Texts): readonly string[] {
  return [...new Set([...texts.keys(), ...found.keys()])]
    .sort()
    .filter((at) => texts.get(at) !== found.get(at))
    .map((at) => `${at} is ${JSON.stringify(found.get(at))}, not ${JSON.stringify(texts.get(at))}`);
}

function aboutMeddled(meddled: Meddled | null): string {
  if (meddled === null) return '';
  const { path: at, before, after, maker, tasks, attempt, read } = meddled;
  const texts = `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
  return `, with an edit of ${at} (${texts}, ${maker === null ? 'a source' : `of ${maker.task}`}) in attempt ${attempt} of ${tasks.join(', ')}, read ${read}`;
}

/** What `pipe status` said and did not come true. A stage of which nothing is told stands for others, or was not begun. */
function brokenPlans(
  { plans = new Map(), told }: ItemBuilt & { readonly kind: 'told' },
  model: Foretelling,
): readonly string[] {
  const kept = {
    fresh: ['fresh'],
    restore: ['restored'],
    run: ['executed', 'failed'],
    skip: ['skipped'],
    wait: ['waiting'],
    fail: ['failed'],
  } as const;
  return [...plans].flatMap(([name, plan]) => {
    const end = told.ends.get(name)?.end;
    if (end === undefined || (plan !== 'skip' && end === 'skipped') || end === 'waiting') return [];
    // Nobody foresees a failure.
    if (model.isForFailures(name)) return [];
    return (kept[plan] as readonly string[]).includes(end) ? [] : [`${name} was to ${plan}, and was ${end}`];
  });
}
