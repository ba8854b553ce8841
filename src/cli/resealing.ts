// After a build of those tasks alone that something had happened to: looks at them once more and keeps the proof by which
// the next build can tell at a glance what is as it was.
import fs from 'node:fs';
import path from 'node:path';
import type { TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import type { Witness } from '../base/witness.ts';
import { Assessor } from '../engine/assess.ts';
import { isFailure } from '../engine/assessment.ts';
import type { Executor } from '../engine/executor.ts';
import type { Files, Sink, Tools, Upkeep } from '../engine/ports.ts';
import { isRefusal } from '../engine/refusal.ts';
import type { World } from '../engine/world.ts';
import type { StampMemory } from '../files/digest-memory.ts';
import type { walk } from '../files/walk.ts';
import { WorkspaceFiles } from '../files/workspace-files.ts';
import { aheadOf } from '../glance/ahead.ts';
import { fileClock } from '../glance/file-clock.ts';
import { Onlooker } from '../glance/onlooker.ts';
import { writeProof } from '../glance/proof-file.ts';
import { reseal } from '../glance/reseal.ts';
import type { TaskFacts } from '../glance/seal.ts';
import type { PipeEvent } from '../model/events.ts';
import { savedBy, savedInAll } from '../model/saved.ts';
import { allItemsOf, type Task } from '../model/task.ts';
import type { OpenState } from '../store/open-state.ts';
import type { PlacedLines } from '../store/places.ts';
import { itemsThatCame, type TasksOfPart } from './part-of-items.ts';
import { placedFor, placesSince, recordPlace } from './places-of-state.ts';
import type { Sighting } from './sighting.ts';
import { openNodesStandardError } from './standard-streams.ts';
import { factsOfFamily, staleFacts } from './task-facts.ts';
import { isRead, vouchedStamps } from './vouched-stamps.ts';

/** What is looked at, by the real adapters. */
interface Sights {
  readonly world: World;
  readonly walk: typeof walk | null;
  readonly stamps: StampMemory;
  readonly toolsFor: (witness: Witness) => Tools;
}

/** The clock of files has moved on by then. */
const pauseMs = 6;
const mostTries = 4;

export class Resealing implements Sink {
  private readonly sighting: Sighting;
  private readonly part: TasksOfPart;
  private readonly leftOut: () => readonly number[];
  private readonly done = new Set<string>();
  private isInDoubt = false;

  /** `leftOut`: as of `leftOutItems`. */
  constructor(sighting: Sighting, part: TasksOfPart, leftOut: () => readonly number[]) {
    this.sighting = sighting;
    this.part = part;
    this.leftOut = leftOut;
    const { proof, concerned } = sighting;
    this.placed = mayBeOnRecord(part, sighting) ? null : placedFor(proof, concerned, leftOut);
  }

  /** With what the proof vouches for: of the state only the records are read. */
  vouching({ stamps, records }: Pick<OpenState, 'stamps' | 'records'>): StampMemory {
    return this.placed === null ? stamps : vouchedStamps(stamps, records, this.sighting, this.leftOut);
  }

  /** Of which alone anything is asked of the state. */
  readonly tasks = (): readonly string[] => {
    const { proof, concerned } = this.sighting;
    const known = proof.sights().tasks;
    const leftOut = this.leftOut().map((place) => known[place]!.task);
    return [...this.part.tasks.map(({ id }) => id), ...concerned.before, ...leftOut];
  };

  /** Where the state tells of them. */
  readonly placed: PlacedLines | null;

  /** The names of all variables whose values are secret, whichever stage declares them. */
  get secrets(): readonly string[] {
    return this.sighting.proof.header.secrets;
  }

  /** What the next proof says of all other tasks. */
  private readonly ahead = once(() => {
    const { tasks, families } = this.part;
    const names = [...tasks.map(({ id }) => id), ...families.map(({ name }) => allItemsOf(name))];
    return aheadOf(this.sighting.proof, names);
  });

  handle(event: PipeEvent): void {
    if (event.kind === 'task-finished') {
      if (event.outcome === 'cancelled') this.isInDoubt = true;
      if (['fresh', 'executed', 'restored'].includes(event.outcome)) this.done.add(event.task);
    }
    // It may have to be told again.
    if (event.kind === 'warning') this.isInDoubt = true;
  }

  /** The same; when its first program has been started, there is time for what need not be done before. */
  whileItWaits(executor: Executor, upkeep: Upkeep): Executor {
    const onStart = once(() => {
      openNodesStandardError();
      setImmediate(() => {
        this.ahead();
        upkeep.begin();
      });
    });
    return {
      ...executor,
      start(execution) {
        const running = executor.start(execution);
        onStart();
        return running;
      },
    };
  }

  /** The same, and always due: what was only touched is to have its new stamp in the proof. */
  upkeepOf(upkeep: Upkeep, sights: () => Sights): Upkeep {
    return {
      isDue: () => true,
      begin: () => upkeep.begin(),
      perform: () => {
        upkeep.perform();
        this.reseal(sights());
      },
    };
  }

  private reseal(sights: Sights): void {
    if (this.isInDoubt) return;
    try {
      for (let tries = 1; tries <= mostTries; tries++) {
        const proof = this.proofOf(sights);
        if (proof !== null) {
          writeProof(path.join(sights.world.folders.state, 'runs', sights.world.folders.runId), proof);
          return;
        }
        pause(pauseMs);
      }
    } catch (problem) {
      // Without it the next build looks at everything again.
      if (!isRefusal(problem)) throw problem;
    }
  }

  private proofOf({ world, walk, stamps, toolsFor }: Sights): readonly Uint8Array[] | null {
    const { root, proof } = this.sighting;
    const { state, runId } = world.folders;
    const running = path.join(state, 'running');
    if (fs.readdirSync(running).length > 0) return null;
    const folder = path.join(state, 'runs', runId);
    fs.mkdirSync(folder, { recursive: true }); // A run with nothing to do has written nothing yet.
    const since = fileClock(path.join(folder, 'now'));
    const onlooker = new Onlooker(root, since, (file) => isRead(stamps, root, file));
    // Whoever starts a program writes to the state file first.
    onlooker.sawOwn(running);
    const files = new WorkspaceFiles({ walk, root, memory: stamps, probeFolder: null, witness: onlooker });
    const onLook = (task: string | null) => onlooker.looksFor(task);
    const assessor = new Assessor({ ...world, files, tools: toolsFor(onlooker), onLook });
    const found = placesSince(path.join(state, 'state'), proof);
    if (found === null) return null;
    const { mark, places } = found;
    const { families, added } = this.part;
    const gone = this.goneItems();
    // What a failure has kept from being taken away is found by a build that looks at everything.
    if ([...gone].some((task) => world.records.memory(task as TaskId).kind !== 'none')) return null;
    if (!this.hasSameItems(files, gone, onLook)) return null;
    const there = this.part.tasks.filter(({ id }) => !gone.has(id));
    const facts: readonly TaskFacts[] = [
      ...there.map((task) => {
        const recordAt = recordPlace(task, places, this.knownPlace(task));
        return { ...this.factsOf(task, assessor), recordAt };
      }),
      ...families.map(factsOfFamily),
    ];
    const now = new Map(facts.map((fact) => [fact.task, fact]));
    const vouched = onlooker.vouched(proof.sights().junctions);
    if (vouched === null) return null;
    const ahead = this.ahead();
    const { savedMetrics: _, ...others } = proof.header;
    const header = {
      ...others,
      tasks: proof.header.tasks + added.length - gone.size,
      ...savedInAll([ahead.saved, ...facts]),
      isWhole: ahead.areFresh && facts.every(({ isFresh }) => isFresh),
      state: mark,
      inState: places && { boot: places.boot, last: places.last, tools: places.tools },
    };
    return reseal(proof, vouched, header, { facts: now, gone }, ahead);
  }

  private knownPlace({ id }: Task): number | null {
    const place = this.ahead().places.get(id);
    return place === undefined ? null : this.sighting.proof.sights().tasks[place]!.recordAt;
  }

  /** Of the stages whose items are looked for again, those of the part that are not there. */
  private goneItems(): ReadonlySet<string> {
    const { families, tasks } = this.part;
    const names = new Set(families.map(({ name }) => name));
    const { root } = this.sighting;
    const isGone = ({ stage: { name, item } }: Task) =>
      names.has(name) && item?.path != null && !fs.existsSync(path.resolve(root, item.path));
    return new Set(tasks.filter(isGone).map(({ id }) => id));
  }

  /** Whether the stages of which items have come or are gone have those, and all that they had, and no others by now. */
  private hasSameItems(
    files: Files,
    gone: ReadonlySet<string>,
    onLook: (task: string | null) => void,
  ): boolean {
    const { families, added } = this.part;
    // Of what never came to be, the next proof says nothing.
    if (added.some(({ id }) => gone.has(id))) return false;
    const known = this.sighting.proof.sights().tasks.map(({ task }) => task);
    const names = [...known.filter((task) => !gone.has(task)), ...added.map(({ id }) => id)];
    return families.every((stage) => {
      onLook(allItemsOf(stage.name));
      const come = itemsThatCame(files, stage, names);
      onLook(null);
      return come?.length === 0;
    });
  }

  private factsOf(task: Task, assessor: Assessor): Omit<TaskFacts, 'recordAt'> {
    const stale = staleFacts(task.id);
    if (!this.done.has(task.id)) return stale;
    // It is looked at when something before it fails, which then is stale.
    if (task.stage.when === 'failure') return { ...stale, isFresh: true };
    const assessed = assessor.assess(task);
    if (isFailure(assessed) || assessed.verdict.kind !== 'fresh') return stale;
    const { memory } = assessed;
    const saved = memory.kind === 'done' ? savedBy(memory.record.durationMs, memory.record.metrics) : null;
    return { ...stale, isFresh: true, ...saved };
  }
}

/** What came may have been there before. Where all was looked at, nothing is left of what had gone then. */
function mayBeOnRecord({ added }: TasksOfPart, { proof }: Sighting): boolean {
  const isOfWhole = proof.header.targets.length === 0;
  return added.some(({ stage }) => !isOfWhole || stage.when !== 'success');
}

/** Blocks the thread. */
function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
