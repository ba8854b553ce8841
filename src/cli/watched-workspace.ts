// The workspace as a watch has it between its runs: loaded once, and looked at as often as something is heard of.
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import { namedModules } from '../config/named-modules.ts';
import { Assessor } from '../engine/assess.ts';
import type { Holds } from '../engine/holds.ts';
import { type Found, whatIsToDo } from '../engine/whats-to-do.ts';
import type { World } from '../engine/world.ts';
import { makeRunId } from '../journal/run-id.ts';
import { canonicalPath } from '../model/paths.ts';
import type { Selection } from '../model/selection.ts';
import { type Task, taskOf } from '../model/task.ts';
import type { LookedAt } from '../watch/looked-at.ts';
import { type Flags, freshnessOf, selectionOf, texts } from './flags.ts';
import { openWorkspace, type Place, selectStages, type Workspace } from './workspace.ts';
import { type KeptWorld, openWorld } from './world.ts';

export class WatchedWorkspace {
  readonly workspace: Workspace;
  readonly selection: Selection;
  readonly kept: KeptWorld;
  readonly tasks: readonly Task[];
  /** The configuration, what it imports, the modules of the stages, and what else decides how they are read; absolute. */
  readonly codePaths: readonly string[];
  private readonly world: World;
  private current: Assessor;

  /** Throws `UsageError` with all that is wrong. */
  static async load(
    targets: readonly string[],
    flags: Flags,
    lookedAt: LookedAt,
    listener: { readonly onLoaded: () => void; readonly onTrouble: (message: string) => void },
  ): Promise<WatchedWorkspace> {
    const workspace = await openWorkspace(flags, { freshness: freshnessOf(flags) });
    listener.onLoaded();
    const selection = selectStages(workspace, selectionOf(targets, flags));
    const opened = await openWorld({
      ...{ workspace, stages: selection.stages, flags, onTrouble: listener.onTrouble },
      runId: makeRunId(Date.now()),
      sinks: [],
      writes: true,
      witness: lookedAt,
    });
    const files = texts(flags, 'envFile').map((file) => path.resolve(file));
    const codePaths = [...codeOf(workspace, selection), ...files];
    for (const file of codePaths) lookedAt.saw(file);
    return new WatchedWorkspace({
      workspace,
      selection,
      codePaths,
      world: opened.world,
      state: opened.state,
    });
  }

  private constructor(options: {
    readonly workspace: Workspace;
    readonly selection: Selection;
    readonly codePaths: readonly string[];
    readonly world: World;
    readonly state: KeptWorld['state'];
  }) {
    const { workspace, selection, codePaths, world, state } = options;
    this.workspace = workspace;
    this.selection = selection;
    this.codePaths = codePaths;
    this.world = world;
    this.kept = { state, code: world.code, files: world.files };
    this.tasks = selection.stages.map((stage) => taskOf(stage));
    this.current = this.newAssessor();
  }

  /** What was last looked at, for the run that follows. */
  get assessor(): Assessor {
    return this.current;
  }

  /** Whether another process has written results that were not read yet. */
  isChangedElsewhere(): boolean {
    return this.world.records.changedElsewhere();
  }

  /** Looks at everything anew. */
  look(holds: Holds): Found {
    const { world, tasks, workspace } = this;
    if (world.records.changedElsewhere()) world.records.reload();
    this.current = this.newAssessor();
    return whatIsToDo({ graph: workspace.graph, tasks, assessor: this.current, watching: holds });
  }

  canonical(absolutePath: string): FilePath {
    const { root } = this.workspace;
    return canonicalPath(absolutePath, { root, home: root });
  }

  close(): void {
    this.kept.state.close();
  }

  private newAssessor(): Assessor {
    this.world.files.forget();
    return new Assessor(this.world, new Set());
  }
}

function codeOf(workspace: Workspace, { stages }: Selection): readonly string[] {
  const modules = stages.flatMap(({ command }) =>
    command.kind === 'script' ? [path.resolve(workspace.root, command.module)] : [],
  );
  const known = workspace
    .pathsOfCode()
    // What is looked for in all folders above, and is not there, is none of the workspace's business.
    .filter(([file, isThere]) => isThere || file.startsWith(`${workspace.root}/`))
    .map(([file]) => file);
  const named = modules.flatMap((module) => namedModules(module));
  return [...new Set([...known, ...named])].filter((file) => !file.startsWith(`${workspace.state}/`));
}

/** What can be told of the code while the configuration cannot be loaded; absolute. */
export function codeOfBroken(place: Place, flags: Flags): readonly string[] {
  return [...namedModules(place.configPath), ...texts(flags, 'envFile').map((file) => path.resolve(file))];
}
