// A workspace under a random story: what the turns do to it, and whether it then is what it must be.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Builder, BuildRequest, Built, Plan, TaskEnd } from './builder.ts';
import { Changes } from './changes.ts';
import { DisplacedFiles } from './displaced-files.ts';
import { Disturbances } from './disturbances.ts';
import { Expected } from './expected.ts';
import { exitCodeOf } from './obstacles.ts';
import type { Paths } from './recollection.ts';
import { say } from './say.ts';
import { relevant, type Shape, sourceLink, sources } from './shape.ts';
import type { Tally } from './tally.ts';
import { type TimesByPath, timesOf } from './times.ts';
import { differences, file, readTree, type Tree, textsBelow } from './tree.ts';
import type { Event, Turn } from './turns.ts';
import { owns } from './work.ts';

type Finished = Built & { readonly kind: 'finished' };

export class Scene {
  readonly root: string;
  private readonly builder: Builder;
  private readonly expected: Expected;
  private readonly changes: Changes;
  private readonly displaced: DisplacedFiles;
  private readonly tally: Tally;
  private readonly disturbances: Disturbances;

  constructor(shape: Shape, builderAt: (root: string) => Builder, tally: Tally) {
    const shared = '/dev/shm';
    this.root = fs.realpathSync(
      fs.mkdtempSync(path.join(fs.existsSync(shared) ? shared : os.tmpdir(), 'pipe-random-')),
    );
    this.tally = tally;
    this.expected = new Expected(shape, new Map());
    this.builder = builderAt(this.root);
    this.displaced = new DisplacedFiles(this.root);
    this.disturbances = new Disturbances(this.root, this.expected, tally);
    this.changes = new Changes(this.root, this.builder, this.expected, this.displaced);
    for (const [i, source] of sources.entries()) this.changes.put(source, file(`a1\n${'abcde'[i]}1\n`));
    this.changes.put(sourceLink, { kind: 'link', target: 'a.txt' });
    this.changes.configure();
    tally.stories++;
  }

  dispose(): void {
    this.builder.dispose();
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  async take({ changes, request, event }: Turn): Promise<void> {
    for (const change of changes) {
      await this.changes.make(change);
      if (change.kind === 'accept') this.tally.accepts++;
      if (change.kind === 'revert') this.tally.reverts++;
    }
    const only = request.only?.map((pick) => this.changes.stage(pick).name) ?? null;
    await this.build({ ...request, only: only && [...new Set(only)] }, event);
    this.expectNothingLost();
  }

  private async build(asked: BuildRequest, event: Event): Promise<void> {
    const { expected, tally } = this;
    const request = requestFor(event, asked);
    const refuses = expected.refuses(request);
    const mayWarn = expected.mayWarn();
    const before = { tree: new Map(expected.tree), times: this.times() };
    const built = await this.builder.build(request, this.disturbances.of(event));
    tally.builds++;
    if (built.kind === 'unforeseen') {
      if (event.kind === 'die') tally.deaths++;
      const { edit } = this.disturbances;
      if (edit !== null) {
        expected.tree = new Map(before.tree);
        edit.change(expected.tree);
      }
      const about = { before: edit === null ? null : before.tree, found: this.found(), dying: built.dying };
      say('after the accident', expected.unforeseen(request, about));
      this.displaced.takeNew();
      // Nobody has to unlock, delete or repair anything.
      return this.build({ ...request, only: null, force: false, cache: true }, { kind: 'none' });
    }
    if (event.kind === 'twice') tally.encounters++;
    if (refuses !== 'maybe' && (refuses === 'certainly') !== (built.kind === 'refused'))
      say('the build', [built.kind === 'refused' ? 'was refused' : 'was not refused']);
    if (built.kind === 'refused') {
      tally.refused++;
      return this.expectTree('after the refusal');
    }
    const { outputEdit } = this.disturbances;
    if (outputEdit !== null) return this.followOutputEdit(request, built, before.tree, outputEdit);
    if (built.isPart) tally.parts++;
    if (built.isAnswered) tally.answers++;
    if (built.disturbed === null) say('the plan', brokenPlans(built));
    this.follow('the build', request, built, before.times, mayWarn);
    await this.expectNothingToDo(request, built);
  }

  private follow(
    when: string,
    request: BuildRequest,
    built: Finished,
    times: TimesByPath,
    mayWarn: boolean,
  ): void {
    const { expected, tally } = this;
    const before = new Map(expected.tree);
    const finished = {
      ends: built.ends,
      found: this.found(),
      times: { before: times, after: this.times() },
      meanwhile: built.disturbed === null ? null : this.disturbances.edit,
    };
    const { wrong, kept } = expected.follow(request, finished);
    say(when, wrong);
    if (built.exitCode !== exitCodeOf(expected.shape, built.ends)) say(when, [`exit code ${built.exitCode}`]);
    this.expectTree(`after ${when}`);
    say(`what ${when} kept`, this.wronglyKept(kept, before, built.warnings, mayWarn));
    tally.count(built.ends, kept.must.size);
  }

  /** What becomes of such an edit is up to the tool. But where nothing failed, nothing is left to do, whoever looks. */
  private async followOutputEdit(
    request: BuildRequest,
    built: Finished,
    before: Tree,
    { at, node }: NonNullable<Disturbances['outputEdit']>,
  ): Promise<void> {
    const { expected } = this;
    // What was made of the edit is the tool's work, be there a record of it later or not.
    expected.tree = new Map([...before, [at, node]]);
    const failed = [...built.ends].filter(([, end]) => end === 'failed').map(([name]) => name);
    const about = { before, found: this.found(), dying: null, failed };
    say(`the edit of ${at}`, expected.unforeseen(request, about));
    this.displaced.takeNew();
    // Where its stage is not built it is a source: what had been made of it before the edit is stale then.
    const maker = expected.shape.find((stage) => owns(stage, at));
    const isBuilt = request.only === null || request.only.includes(maker!.name);
    // An optional stage may fail over it, and the run does not.
    if (isBuilt && built.exitCode === 0 && ![...built.ends.values()].includes('failed')) {
      const again = await this.builder.build({ ...request, force: false });
      this.tally.builds++;
      const stale = again.kind === 'finished' ? [...again.ends].filter(([, end]) => end !== 'fresh') : [];
      const wrong = stale.map(([name, end]) => `nothing failed, and then ${name} was ${end}`);
      say(`the edit of ${at}`, wrong);
    }
    this.expectNothingLost();
    return this.build({ ...request, only: null, force: false, cache: true }, { kind: 'none' });
  }

  /** Whatever is fresh or done now is fresh at once; but what an edit during the build has made stale. */
  private async expectNothingToDo(asked: BuildRequest, built: Finished): Promise<void> {
    const request = { ...asked, force: false };
    const mayWarn = this.expected.mayWarn();
    const times = this.times();
    const again = await this.builder.build(request);
    this.tally.builds++;
    if (again.kind !== 'finished') throw new Error(`the second build ${again.kind}`);
    this.disturbances.edit = null;
    this.follow('the second build', request, again, times, mayWarn);
    // By time an input that is still to come makes its stages stale for ever; the model knows that, as all else.
    if (request.freshness === 'mtime' || built.disturbed !== null) return;
    const isStopped = !request.keepGoing && [...again.ends.values()].includes('failed');
    const wrong = [...again.ends].filter(([name, end]) => {
      const before = built.ends.get(name)!;
      const wasDone = before === 'executed' || before === 'restored' || before === 'fresh';
      // The first failure ends it, and in what order stages of one layer fail is up to their programs.
      return wasDone && end !== 'fresh' && !(end === 'skipped' && isStopped);
    });
    say(
      'the second build',
      wrong.map(([name, end]) => `${name} was ${end}`),
    );
  }

  private found(): Tree {
    return relevant(this.expected.shape, readTree(this.root));
  }

  private times(): TimesByPath {
    return timesOf(this.root, this.found());
  }

  private expectTree(when: string): void {
    const { shape, tree } = this.expected;
    say(when, differences(relevant(shape, tree), this.found()));
    const litter = [...readTree(this.root).keys()].filter((at) => at.includes('.pipe-tmp-'));
    say(
      when,
      litter.map((at) => `${at} was left behind`),
    );
  }

  /** What people made, all of it and nothing else, is put aside, and told of. */
  private wronglyKept(
    kept: Paths,
    before: Tree,
    warnings: readonly string[],
    mayWarn: boolean,
  ): readonly string[] {
    const wrong = this.displaced.wrong(kept, before);
    const { places } = this.displaced;
    // Of one by itself where it lies; of several that one stage left their names, and the folder.
    const isTold = (place: string, warning: string) => {
      const [, run = '', at = ''] = /^(displaced\/[^/]+)\/(.*)$/s.exec(place) ?? [];
      return (
        warning.includes(place) ||
        (warning.includes(at) && warning.includes(`kept in .pipeline-cache/${run}`))
      );
    };
    const told = warnings.filter((warning) => places.some((place) => isTold(place, warning)));
    const untold = places.filter((place) => !told.some((warning) => isTold(place, warning)));
    return [
      ...wrong,
      ...(untold.length === 0 ? [] : [`${untold.join(', ')} kept, and told: ${told.join('; ')}`]),
      // Such as of what a killed build had kept. By times, an input that is newer than whatever is made is told of.
      ...(mayWarn
        ? []
        : warnings.filter((warning) => !told.includes(warning) && !isOfTheFuture.test(warning))),
    ];
  }

  /** What people made is in its place or kept aside; unless they took it away themselves. */
  private expectNothingLost(): void {
    const { byHand } = this.expected;
    if (byHand.size === 0) return;
    const lying = textsBelow(this.root, 'hand-', (folder) => !folder.endsWith('.gates'));
    say(
      'at the end',
      [...byHand].filter((text) => !lying.has(text)).map((text) => `lost: ${text}`),
    );
  }
}

/** What `pipe status` said and did not come true. A damaged cache shows only when it is read. */
function brokenPlans({ plans, ends }: Finished): readonly string[] {
  const kept: Readonly<Record<Plan, readonly TaskEnd[]>> = {
    fresh: ['fresh'],
    restore: ['restored', 'executed'],
    run: ['executed', 'failed'],
    skip: ['skipped'],
    fail: ['failed'],
    wait: ['waiting'],
    open: ['executed', 'restored', 'fresh', 'failed', 'skipped', 'waiting'],
  };
  return [...plans].flatMap(([name, plan]) => {
    const end = ends.get(name);
    // Where the first failure ends it all, nothing else need come true.
    const isKept = end !== undefined && (end === 'skipped' || kept[plan].includes(end));
    return isKept ? [] : [`${name} was to be ${plan}, and was ${end}`];
  });
}

/** What the model can foretell: in order where something happens meanwhile, and nothing done twice on purpose. */
function requestFor(event: Event, asked: BuildRequest): BuildRequest {
  switch (event.kind) {
    case 'none':
      return asked;
    case 'twice':
      return { ...asked, force: false, keepGoing: true, freshness: 'hash' };
    case 'die':
      // Often it must find a stage at work.
      return { ...asked, jobs: 1, force: asked.force || event.fraction < 0.25 };
    case 'edit-output':
      // By time an edited output is up to date.
      return { ...asked, jobs: 1, freshness: 'hash' };
    default:
      return { ...asked, jobs: 1 };
  }
}

const isOfTheFuture = / is dated .* in the future, so /;
