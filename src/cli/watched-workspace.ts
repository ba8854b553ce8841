// The workspace as a watch has it between its runs: loaded once, and looked at as often as something is heard of.
import fs from 'node:fs';
import type { FilePath, TaskId } from '../base/brand.ts';
import { once } from '../base/once.ts';
import { Assessor } from '../engine/assess.ts';
import { type AssessmentOrFailure, isFailure } from '../engine/assessment.ts';
import { BuildTasks } from '../engine/build-tasks.ts';
import type { Holds } from '../engine/holds.ts';
import type { Code } from '../engine/ports.ts';
import type { WasFresh } from '../engine/since-fresh.ts';
import { type Found, whatIsToDo } from '../engine/whats-to-do.ts';
import type { World } from '../engine/world.ts';
import { StandingStamps } from '../files/standing-stamps.ts';
import { isMangled } from '../files/why-unreadable.ts';
import { newRunId } from '../journal/history.ts';
import { type Diagnostic, isUncompiled } from '../model/diagnostic.ts';
import { allModulesOf, codeOfRunHooks } from '../model/hooks.ts';
import { noTasks } from '../model/named-tasks.ts';
import { canonicalPath } from '../model/paths.ts';
import type { Selection } from '../model/selection.ts';
import { type EndedTask, holdsNoLonger, isMadeByOne } from '../model/watch/after-run.ts';
import type { LookedAt } from '../watch/looked-at.ts';
import { Standing } from '../watch/standing.ts';
import { type Flags, freshnessOf, selectionOf } from './flags.ts';
import { secretsOf } from './onlooking.ts';
import { Overheard } from './overheard.ts';
import { type CodePaths, codeOf } from './watched-code.ts';
import { WatchedWord } from './watched-word.ts';
import { openWorkspace, selectStages, type Workspace } from './workspace.ts';
import { type KeptWorld, type OpenWorld, openWorld } from './world.ts';

export class WatchedWorkspace {
  readonly workspace: Workspace;
  readonly selection: Selection;
  readonly kept: KeptWorld;
  /** The configuration, what it imports, the modules of the stages, and what else decides how they are read; absolute. */
  readonly codePaths: CodePaths;
  private readonly world: World;
  private readonly lookedAt: LookedAt;
  private readonly standing = new Standing<TaskId, AssessmentOrFailure>();
  private readonly stamps: StandingStamps;
  private readonly wordNow: () => WatchedWord | null;
  private current: Assessor;
  private found: Found | null = null;
  private endedLast: ReadonlySet<string> = new Set();

  /** Throws `UsageError` with all that is wrong. `opened`: instead of opening it. */
  static async load(
    targets: readonly string[],
    flags: Flags,
    lookedAt: LookedAt,
    listener: {
      readonly opened: Workspace | null;
      readonly onLoaded: () => void;
      readonly onTrouble: (message: string) => void;
    },
  ): Promise<WatchedWorkspace> {
    const workspace = listener.opened ?? (await openWorkspace(flags, { freshness: freshnessOf(flags) }));
    listener.onLoaded();
    const selection = selectStages(workspace, selectionOf(targets, flags));
    const overheard = new Overheard(secretsOf(workspace));
    let isTroubled = false;
    const onTrouble = (message: string) => {
      isTroubled = true;
      listener.onTrouble(message);
    };
    const stamps = new StandingStamps();
    const opened = await openWorld({
      ...{ workspace, stages: selection.stages, flags, onTrouble, overheard },
      runId: newRunId(workspace.state),
      sinks: [],
      writes: true,
      witness: lookedAt,
      standingStamps: stamps,
    });
    const codePaths = codeOf(workspace, selection, flags);
    const { world } = opened;
    const word = new WatchedWord({
      ...{ workspace, selection, world, lookedAt, overheard, targets, watchedCode: codePaths.paths },
    });
    // A build by itself would tell of it as well.
    const wordNow = () => (isTroubled ? null : word);
    return new WatchedWorkspace({ workspace, selection, codePaths, lookedAt, opened, stamps, wordNow });
  }

  private constructor(options: {
    readonly workspace: Workspace;
    readonly selection: Selection;
    readonly codePaths: CodePaths;
    readonly lookedAt: LookedAt;
    readonly opened: OpenWorld;
    readonly stamps: StandingStamps;
    readonly wordNow: () => WatchedWord | null;
  }) {
    const { workspace, selection, codePaths, opened } = options;
    const { world, state, imprints } = opened;
    this.wordNow = options.wordNow;
    this.stamps = options.stamps;
    this.lookedAt = options.lookedAt;
    this.workspace = workspace;
    this.selection = selection;
    this.codePaths = codePaths;
    this.world = world;
    this.kept = { state, code: world.code, files: world.files, imprints };
    this.current = this.newAssessor(false);
  }

  /** The last look, for the run that follows. */
  get lastLook(): { readonly assessor: Assessor; readonly found: Found } | null {
    return this.found === null ? null : { assessor: this.current, found: this.found };
  }

  /**
   * Of what was found last, for a build that asks: see `WatchedWord.proof`. Only where a plain build builds the same as
   * this watch.
   */
  proof(nowMs: number): Buffer | null {
    return this.wordNow()?.proof(this.found, nowMs) ?? null;
  }

  /** Whether every task is fresh, as was found last. */
  get isAllFresh(): boolean {
    if (this.found === null || this.found.hasWork || this.found.hasGone) return false;
    return [...this.found.tasks.values()].every(({ kind }) => kind === 'fresh');
  }

  /** Functions run from compiled files, which somebody may have deleted together with all else that is pipe's own. */
  async restoreCompiled(): Promise<void> {
    const modules = [null, ...this.modules].map((module) => this.world.code.identify(module));
    const files = new Set(modules.flatMap((code) => ('compiledPath' in code ? [code.compiledPath] : [])));
    // Where the sources are others meanwhile, it is heard of them.
    if (![...files].every((file) => fs.existsSync(file))) await this.isOfPresentCode();
  }

  /** Whether the code that was loaded is the present one. */
  async isOfPresentCode(): Promise<boolean> {
    const { workspace, selection, world, modules } = this;
    if (!(await workspace.isOfPresentConfig())) return false;
    const now = await workspace.codeOf(selection.stages);
    const text = (code: Code) => JSON.stringify(modules.map((module) => code.identify(module)));
    return text(now) === text(world.code);
  }

  /** What is wrong with modules that nothing could compile: nothing of it will change, and still it may work the next time. */
  get uncompiled(): readonly Diagnostic[] {
    const codes = this.modules.map((module) => this.world.code.identify(module));
    return codes.flatMap((code) => ('problems' in code ? code.problems.filter(isUncompiled) : []));
  }

  private get modules(): readonly FilePath[] {
    const { selection, workspace } = this;
    return [...selection.stages.flatMap(allModulesOf), ...codeOfRunHooks(workspace.pipeline.hooks).modules];
  }

  get witness(): LookedAt {
    return this.lookedAt;
  }

  /** Whether another process has written results that were not read yet. */
  isChangedElsewhere(): boolean {
    return this.world.records.changedElsewhere();
  }

  /**
   * Looks at what may be otherwise for these paths, absolute; `null`: at everything. `hearsAll`: of what else has
   * changed it would have been told.
   */
  look(holds: Holds, paths: Iterable<string> | null, hearsAll: boolean): Found {
    const { world, workspace, lookedAt, standing, selection, stamps } = this;
    // Should the file system refuse, nobody knows what is fresh.
    this.found = null;
    const isOfOthers = world.records.changedElsewhere();
    if (isOfOthers) world.records.reload();
    if (isOfOthers || paths === null) this.forget();
    else for (const file of paths) this.hear(file);
    lookedAt.takePlaces();
    this.current = this.newAssessor(hearsAll);
    const { graph } = workspace;
    const tasks = new BuildTasks(world, graph, selection);
    const lookNow = () => whatIsToDo({ graph, tasks, assessor: this.current, watching: holds });
    const found = hearsAll ? stamps.relyOnce(lookNow) : lookNow();
    const places = lookedAt.takePlaces();
    for (const [id, assessed] of this.current.entries()) {
      const rests = places.get(id);
      // Of what is stale not all has been looked at.
      if (rests === undefined || isFailure(assessed) || assessed.verdict.kind !== 'fresh') continue;
      if (this.current.lookedAgainAt(id)) standing.renew(id, inShort(assessed));
      else standing.keep(id, inShort(assessed), rests);
    }
    this.found = found;
    return found;
  }

  /** Whether it may be what a stage made that did something in the last run. */
  mayHaveMade(absolutePath: string): boolean {
    return isMadeByOne(this.selection.stages, this.endedLast, this.canonical(absolutePath));
  }

  /** These did not just pass. */
  haveEnded(tasks: readonly EndedTask[]): void {
    this.endedLast = new Set(tasks.map(({ stage }) => stage));
    const { standing, workspace } = this;
    for (const id of standing.keys().filter(holdsNoLonger(workspace.graph, tasks))) standing.drop(id);
  }

  private hear(file: string): void {
    if (this.lookedAt.isOnTheWay(file)) this.forget();
    this.standing.hear(file);
    this.world.files.forget([file]);
  }

  private forget(): void {
    this.standing.dropAll();
    this.stamps.dropAll();
    this.world.files.forget();
  }

  canonical(absolutePath: string): FilePath {
    const { root } = this.workspace;
    return canonicalPath(absolutePath, { root, home: root });
  }

  close(): void {
    this.kept.state.close();
  }

  /** `hearsAll`: what was not heard of is as it was. */
  private newAssessor(hearsAll: boolean): Assessor {
    const { world, standing } = this;
    const wereFresh = new Map<TaskId, WasFresh>();
    for (const [id, assessed, paths] of hearsAll ? standing.doubted() : []) {
      // A name that is no text may be any.
      if (isFailure(assessed) || [...paths.keys()].some(isMangled)) continue;
      const heard = [...paths].map(([file, isNamed]) => ({ path: this.canonical(file), isNamed }));
      wereFresh.set(id, { assessed, heard });
    }
    return new Assessor(world, noTasks, noTasks, standing.entries(), wereFresh);
  }
}

/** Of what is fresh no more is asked than its record; its files would fill the memory. */
function inShort(assessed: AssessmentOrFailure): AssessmentOrFailure {
  if (isFailure(assessed)) return assessed;
  const { task, verdict, memory, stamps } = assessed;
  const notRead = once(
    () => ({ failure: { kind: 'internal', message: 'not read any more', stack: null } }) as const,
  );
  const nothing = { parts: [], inputs: [], outputs: [], expected: () => null, circumstances: () => '' };
  return { task, verdict, memory, ...nothing, read: notRead, ...(stamps && { stamps }) };
}
