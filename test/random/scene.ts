// A workspace under a random story: what the turns do to it, and whether it then is what it must be.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Builder, Built, Disturbance, Plan } from './builder.ts';
import { Changes } from './changes.ts';
import { type BuildRequest, differences, Expected, type Meanwhile, say, type TaskEnd } from './expected.ts';
import { relevant, type Shape, sourceLink, sources } from './shape.ts';
import { file, isExecutable, readTree, type Tree, textsBelow, writeNode } from './tree.ts';
import type { Event, Turn } from './turns.ts';

/** Counted over all stories of a process, for the report. */
export const tally = {
  stories: 0,
  builds: 0,
  executed: 0,
  restored: 0,
  refused: 0,
  deaths: 0,
  edits: 0,
  encounters: 0,
};

export class Scene {
  readonly root: string;
  private readonly builder: Builder;
  private readonly expected: Expected;
  private readonly changes: Changes;
  /** What happened to the inputs while the last build was at work. */
  private edit: Meanwhile | null = null;

  constructor(shape: Shape, builderAt: (root: string) => Builder) {
    const shared = '/dev/shm';
    this.root = fs.realpathSync(
      fs.mkdtempSync(path.join(fs.existsSync(shared) ? shared : os.tmpdir(), 'pipe-random-')),
    );
    this.expected = new Expected(shape, new Map());
    this.builder = builderAt(this.root);
    this.changes = new Changes(this.root, this.builder, this.expected);
    for (const [i, source] of sources.entries()) this.changes.put(source, file(`a1\n${'abcde'[i]}1\n`));
    this.changes.put(sourceLink, { kind: 'link', target: 'a.txt' });
    this.builder.configure(shape);
    tally.stories++;
  }

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true });
  }

  async take({ changes, request, event }: Turn): Promise<void> {
    for (const change of changes) await this.changes.make(change);
    const only = request.only?.map((pick) => this.changes.stage(pick).name) ?? null;
    await this.build({ ...request, only: only && [...new Set(only)] }, event);
    this.expectNothingLost();
  }

  private async build(asked: BuildRequest, event: Event): Promise<void> {
    const { expected } = this;
    const request = requestFor(event, asked);
    const refuses = expected.refuses(request);
    const before = expected.tree;
    const built = await this.builder.build(request, this.disturbanceOf(event));
    tally.builds++;
    if (built.kind === 'unforeseen') {
      if (event.kind === 'die') tally.deaths++;
      if (this.edit !== null) {
        expected.tree = new Map(before);
        this.edit.change(expected.tree);
      }
      say('after the accident', expected.unforeseen(request, before, this.found(), built.dying));
      // Nobody has to unlock, delete or repair anything.
      return this.build({ ...request, only: null, force: false, cache: true }, { kind: 'none' });
    }
    if (event.kind === 'twice') tally.encounters++;
    if (refuses !== 'maybe' && (refuses === 'certainly') !== (built.kind === 'refused'))
      say(`the build`, [built.kind === 'refused' ? 'was refused' : 'was not refused']);
    if (built.kind === 'refused') {
      tally.refused++;
      return this.expectTree('after the refusal');
    }
    this.count(built);
    if (built.disturbed === null) say('the plan', brokenPlans(built));
    say('the build', expected.follow(request, built.ends, this.found(), this.edit ?? undefined));
    if (built.exitCode !== (expected.fails(built.ends) ? 1 : 0))
      say('the build', [`exit code ${built.exitCode}`]);
    this.expectTree('after the build');
    await this.expectNothingToDo(request, built);
  }

  /** Whatever is fresh or done now is fresh at once; but what an edit during the build has made stale. */
  private async expectNothingToDo(request: BuildRequest, built: Built & { kind: 'finished' }): Promise<void> {
    const again = await this.builder.build({ ...request, force: false });
    tally.builds++;
    if (again.kind !== 'finished') throw new Error(`the second build ${again.kind}`);
    const wrong = [...this.expected.follow({ ...request, force: false }, again.ends, this.found())];
    const isEdited = built.disturbed !== null;
    const isStopped = !request.keepGoing && this.expected.fails(again.ends);
    for (const [name, end] of again.ends) {
      const before = built.ends.get(name);
      if (before === 'failed' || before === 'skipped' || isEdited) continue;
      const isCopied = end === 'restored' && request.freshness === 'mtime';
      // The first failure ends it, and in what order stages of one layer fail is up to their programs.
      const isNotReached = end === 'skipped' && isStopped;
      if (end !== 'fresh' && !isCopied && !isNotReached) wrong.push(`${name} was ${end}`);
    }
    say('the second build', wrong);
    this.expectTree('after the second build');
  }

  private disturbanceOf(event: Event): Disturbance {
    this.edit = null;
    if (event.kind !== 'edit') return event;
    const { tree } = this.expected;
    let source = '';
    const act = (stage: string) => {
      tally.edits++;
      source = this.expected.sourceOf(stage, event.pick);
      const edited = file(event.text, isExecutable(tree.get(source)));
      writeNode(this.root, source, edited);
      this.edit = { stage, change: (now) => void (event.back || now.set(source, edited)) };
    };
    const undo = () => {
      const before = tree.get(source);
      if (!event.back) return;
      if (before === undefined) fs.rmSync(path.join(this.root, source));
      else writeNode(this.root, source, before);
    };
    return { kind: 'act', nth: event.nth, act, undo };
  }

  private found(): Tree {
    return relevant(this.expected.shape, readTree(this.root));
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

  /** What people made is in its place or kept aside; unless they took it away themselves. */
  private expectNothingLost(): void {
    const lying = textsBelow(this.root, 'hand-', () => true);
    say(
      'at the end',
      [...this.expected.byHand].filter((text) => !lying.has(text)).map((text) => `lost: ${text}`),
    );
  }

  private count({ ends }: Built & { kind: 'finished' }): void {
    for (const end of ends.values()) {
      if (end === 'executed') tally.executed++;
      if (end === 'restored') tally.restored++;
    }
  }
}

/** What `pipe status` said and did not come true. A damaged cache shows only when it is read. */
function brokenPlans({ plans, ends }: Built & { kind: 'finished' }): readonly string[] {
  const kept: Readonly<Record<Plan, readonly TaskEnd[]>> = {
    fresh: ['fresh'],
    restore: ['restored', 'executed'],
    run: ['executed', 'failed'],
    fail: ['failed'],
    open: ['executed', 'restored', 'fresh', 'failed', 'skipped'],
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
      return { ...asked, force: false, keepGoing: true };
    default:
      return { ...asked, jobs: 1 };
  }
}
