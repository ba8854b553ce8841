// Looks on while a plain build works, and of what it finds fresh keeps the proof by which the next one can tell so at a
// glance.
import fs from 'node:fs';
import path from 'node:path';
import type { TaskId } from '../base/brand.ts';
import type { Witness } from '../base/witness.ts';
import type { Sink, Upkeep } from '../engine/ports.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { RunFolders } from '../engine/run-folders.ts';
import { type ClockReading, readClock, sinceProcessBegan, wasSetBack } from '../glance/file-clock.ts';
import { Onlooker, type Vouched } from '../glance/onlooker.ts';
import { dropProofs, writeProof } from '../glance/proof-file.ts';
import { seal, type TaskFacts } from '../glance/seal.ts';
import { few, isPart } from '../glance/sights.ts';
import { specText } from '../glance/spec-text.ts';
import type { StateMark } from '../glance/state-mark.ts';
import type { PipeEvent, RunStarted } from '../model/events.ts';
import { taskNamed } from '../model/items/item-tasks.ts';
import { savedBy, savedInAll } from '../model/saved.ts';
import { allItemsOf, stageOfTask } from '../model/task.ts';
import { withoutSecrets } from './hidden-secrets.ts';
import { Overheard } from './overheard.ts';
import { placesOf, recordPlace } from './places-of-state.ts';
import { presentKey } from './present-key.ts';
import { sawOfCode } from './saw-of-code.ts';
import { edgesAmong, factsOfFamily, inOrder, isFamily, staleFacts } from './task-facts.ts';
import type { Workspace } from './workspace.ts';

export class Onlooking implements Sink {
  private readonly workspace: Workspace;
  private readonly folder: string;
  private readonly began: ClockReading;
  private readonly onlooker: Onlooker;
  readonly overheard: Overheard;
  /** What was brought up to date is not fresh here: the next build looks at it again. */
  private readonly ended: Omit<TaskFacts, 'recordAt'>[] = [];
  private done = 0;
  private started: RunStarted | null = null;
  private isAtWork = false;
  /** Before the end of the run. */
  private isKeptEarly = false;

  /** `null` where the run has no folder in the state folder. Throws what the file system refuses. */
  static begin(workspace: Workspace, folders: RunFolders & { run(): string }): Onlooking | null {
    const folder = folders.run();
    return folder.startsWith(`${workspace.state}/`) ? new Onlooking(workspace, folder) : null;
  }

  private constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace;
    this.folder = folder;
    this.began = this.readClock();
    const onlooker = new Onlooker(workspace.root, { fileMs: sinceProcessBegan(this.began) });
    this.onlooker = onlooker;
    // The value of a secret must not be written down; it decides nothing, but which programs are found.
    const onSecret = (name: string) => name === 'PATH' && onlooker.unsure();
    this.overheard = new Overheard(secretsOf(workspace), onSecret, () => onlooker.isListening);
  }

  get witness(): Witness {
    return this.onlooker;
  }

  /** Not all is fresh. As of `World.onStale`. */
  worksFromHere(whose: 'own' | 'all'): void {
    if (!this.isAtWork) {
      this.isAtWork = true;
      // A configuration that was edited a moment ago: notes would be for nothing.
      if (!this.isCodeVouchedFor()) this.onlooker.giveUp();
    }
    this.onlooker.asks(whose);
  }

  private isCodeVouchedFor(): boolean {
    try {
      this.seeCode();
      return this.onlooker.vouchedOf([]) !== null;
    } catch (problem) {
      if (!isRefusal(problem)) throw problem;
      return false;
    }
  }

  handle(event: PipeEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.started = event;
        return;
      case 'task-finished': {
        const { task, outcome, savedMs, metrics } = event;
        if (outcome === 'fresh') this.ended.push({ task, isFresh: true, ...savedBy(savedMs, metrics) });
        else if (++this.done <= few && (outcome === 'executed' || outcome === 'restored'))
          this.ended.push(staleFacts(task));
        else this.onlooker.giveUp();
        return;
      }
      case 'run-finished':
        if (!this.isAtWork && event.exitCode === 0) this.keep();
        // Something was told after all.
        if (this.isKeptEarly && (this.onlooker.hasGivenUp || event.exitCode !== 0))
          dropProofs(path.dirname(this.folder));
        return;
      case 'stage-fanned-out':
      case 'task-started':
      case 'task-output':
      case 'task-progress':
      case 'task-metric':
        return;
      default:
        // Whatever was told must be told again.
        this.onlooker.giveUp();
    }
  }

  /** The same. Where something was done, what was fresh beside it is kept then, under the lock: nobody else writes. */
  upkeepOf(upkeep: Upkeep): Upkeep {
    return {
      isDue: () => upkeep.isDue(),
      begin: () => upkeep.begin(),
      perform: () => {
        upkeep.perform();
        if (this.isAtWork) this.keep();
      },
    };
  }

  /** A run that never began leaves no trace. */
  close(): void {
    if (this.started !== null) return;
    try {
      fs.rmdirSync(this.folder);
    } catch {
      // Something is in it after all.
    }
  }

  private readClock(): ClockReading {
    return readClock(path.join(this.folder, 'now'));
  }

  private keep(): void {
    // Of some it was never heard, or all is to be looked at again.
    if (this.onlooker.hasGivenUp || this.ended.length !== this.started?.tasks) return;
    if (this.isAtWork && this.ended.length === this.done) return;
    try {
      const proof = this.proofOf(this.started);
      if (proof === null || wasSetBack(this.began, this.readClock())) return;
      dropProofs(path.dirname(this.folder));
      writeProof(this.folder, proof);
      this.isKeptEarly = this.isAtWork;
    } catch (problem) {
      // Without it the next build looks at everything again.
      if (!isRefusal(problem)) throw problem;
    }
  }

  private proofOf({ pipeline, targets, tasks }: RunStarted): readonly Uint8Array[] | null {
    const { state, spec, isCodeFollowed, compiledPath, graph } = this.workspace;
    const text = specText(spec);
    const found = placesOf(path.join(state, 'state'));
    if (text === null || found === null || !isCodeFollowed()) return null;
    const { mark, places } = found;
    const vouched = this.isAtWork ? this.vouchedBesideWork() : this.vouchedAtRest(mark);
    if (vouched === null) return null;
    // Where nothing has failed, nobody looks at what a stage for failures needs, nor at which items it has.
    const forFailures = new Set(graph.stages.flatMap(({ name, when }) => (when === 'failure' ? [name] : [])));
    const isVouchedFor = (task: string) =>
      vouched.byTask.has(task) || forFailures.has(stageOfTask(task as TaskId));
    const ended = this.isAtWork ? inOrder(this.ended, graph) : this.ended;
    const facts = ended.map((one) => (isVouchedFor(one.task) ? one : staleFacts(one.task)));
    const stale = facts.filter(({ isFresh }) => !isFresh).length;
    if (!isPart(stale, tasks)) return null;
    const header = {
      key: presentKey(this.workspace, process.argv.slice(3)),
      env: this.overheard.env,
      secrets: secretsOf(this.workspace),
      config: compiledPath,
      pipeline,
      targets,
      tasks,
      ...savedInAll(facts),
      isWhole: stale === 0,
      state: mark,
      inState: places && { boot: places.boot, last: places.last, tools: places.tools },
      wholeStateBytes: mark.sizeBytes,
    };
    const told = JSON.stringify(header) + text;
    if (withoutSecrets(told) !== told) return null;
    const sights = [
      ...facts.map((one) => {
        const task = one.isFresh ? taskNamed(graph, one.task as TaskId) : null;
        return { ...one, recordAt: task && recordPlace(task, places, null) };
      }),
      ...graph.stages.filter(isFamily).map((stage) => {
        const family = factsOfFamily(stage);
        return { ...family, isFresh: !this.isAtWork || isVouchedFor(family.task) };
      }),
    ];
    return seal(vouched, header, text, { tasks: sights, edges: edgesAmong(sights, graph) });
  }

  /** All of it, or nothing. */
  private vouchedAtRest(mark: StateMark): Vouched | null {
    // Another build may be at work by now.
    if (!this.onlooker.isSettled(mark)) return null;
    this.onlooker.saw(this.seeBeside());
    return this.onlooker.vouched();
  }

  /** Of what is fresh beside what was done, as far as this run has touched nothing of it. */
  private vouchedBesideWork(): Vouched | null {
    this.onlooker.asks('all');
    const running = this.seeBeside();
    if (fs.readdirSync(running).length > 0) return null;
    // Whoever starts a program writes to the state file first.
    this.onlooker.sawOwn(running);
    const fresh = this.ended.filter(({ isFresh }) => isFresh).map(({ task }) => task);
    const families = this.workspace.graph.stages.filter(isFamily).map(({ name }) => allItemsOf(name));
    return this.onlooker.vouchedOf([...fresh, ...families]);
  }

  /** What concerns all beside the files; answers where programs are noted that were left behind. */
  private seeBeside(): string {
    this.seeCode();
    const { marks, running } = besideFiles(this.workspace.state);
    for (const file of marks) this.onlooker.saw(file);
    return running;
  }

  private seeCode(): void {
    for (const one of this.workspace.pathsOfCode()) sawOfCode(this.onlooker, one);
  }
}

/** What a build looks at beside its files: what marks the state folder, and what programs were left behind. Absolute. */
export function besideFiles(state: string): { readonly marks: readonly string[]; readonly running: string } {
  return {
    marks: ['.gitignore', 'CACHEDIR.TAG'].map((name) => path.join(state, name)),
    running: path.join(state, 'running'),
  };
}

/** The names of all variables whose values are secret, whichever stage declares them. */
export function secretsOf({ pipeline }: Pick<Workspace, 'pipeline'>): readonly string[] {
  return [...new Set(pipeline.stages.flatMap((stage) => stage.secrets))];
}
