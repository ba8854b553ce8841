// Wires the real adapters into one world.
import path from 'node:path';
import type { RunId } from '../base/brand.ts';
import type { Witness } from '../base/witness.ts';
import { createChecker } from '../checks/content-checks.ts';
import type { Clock } from '../engine/clock.ts';
import { recordsFor } from '../engine/combined-records.ts';
import { EventStream } from '../engine/event-stream.ts';
import type { Audit } from '../engine/executor.ts';
import { type Outlet, openOutlet } from '../engine/outlet.ts';
import type { CallerEnv, Code, Files, Sink } from '../engine/ports.ts';
import type { RunFolders } from '../engine/run-folders.ts';
import type { World } from '../engine/world.ts';
import { readCallerEnv } from '../exec/caller-env.ts';
import { createExecutor } from '../exec/executor.ts';
import { createTools } from '../exec/tools.ts';
import { isYaml, WorkspaceDocuments } from '../files/documents.ts';
import { walks } from '../files/glob-files.ts';
import { hashFile } from '../files/hash-file.ts';
import { Imprints } from '../files/imprint.ts';
import type { StandingStamps } from '../files/standing-stamps.ts';
import { WorkspaceFiles } from '../files/workspace-files.ts';
import { WorkspaceOutputs } from '../files/workspace-outputs.ts';
import { StateRunFolders } from '../journal/run-folders.ts';
import { sealOf } from '../journal/state-folder.ts';
import { readBootId } from '../lock/boot-id.ts';
import type { ProcessIdentity } from '../lock/process-identity.ts';
import { WorkspaceLock } from '../lock/workspace-lock.ts';
import { stageEnvironment } from '../model/command/environment.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { Stage } from '../model/stage.ts';
import { probe } from '../services/probe.ts';
import { FolderActions } from '../store/actions.ts';
import { FolderBlobs } from '../store/blobs.ts';
import { type OpenState, openState } from '../store/open-state.ts';
import { type Flags, texts } from './flags.ts';
import { typingOf } from './going-on.ts';
import { toldData } from './hidden-secrets.ts';
import { monotonicMs } from './monotonic.ts';
import { Onlooking } from './onlooking.ts';
import type { Overheard } from './overheard.ts';
import type { Profiling } from './profiling.ts';
import type { Resealing } from './resealing.ts';
import { upkeepOf } from './upkeep.ts';
import { besideThis, type Workspace } from './workspace.ts';

export interface OpenWorld {
  readonly world: World;
  readonly state: OpenState;
  readonly folders: StateRunFolders;
  readonly imprints: Imprints;
  /** Gives back what it took at the end. */
  readonly onlooking: Onlooking | null;
}

/** What may serve one run after the other. */
export interface KeptWorld {
  readonly state: OpenState;
  readonly code: Code;
  readonly files: Files;
  readonly imprints: Imprints;
}

export interface WorldOptions {
  readonly workspace: Workspace;
  readonly stages: readonly Stage[];
  readonly flags: Flags;
  readonly runId: RunId;
  readonly sinks: readonly Sink[];
  /** From a run before, in this process. Default: all is opened anew. */
  readonly kept?: KeptWorld | undefined;
  /** Hears of what `files` look at. Default: nobody. */
  readonly witness?: Witness | undefined;
  /** What a watch keeps of them from look to look. */
  readonly standingStamps?: StandingStamps | undefined;
  /** False for commands that only look: not even a probe is written. */
  readonly writes: boolean;
  readonly auditOf?: ((about: { readonly folders: RunFolders; readonly code: Code }) => Audit) | undefined;
  /** Where the time is taken. Default: nowhere. */
  readonly profiling?: Profiling | null;
  /** Where what programs print is shown. Default: nowhere. */
  readonly outlet?: Outlet;
  readonly onTrouble: (message: string) => void;
  /** The messages of `onTrouble` that nobody was told, each once. Default: it tells them itself. */
  readonly takeTroubles?: () => readonly string[];
  /** Whether to keep a proof where there turns out to be nothing to do. Default: no. */
  readonly looksOn?: boolean;
  /** Remembers what is asked of the caller's variables. Default: nobody. */
  readonly overheard?: Overheard | undefined;
  /** Of a part of a build: what makes the next proof, at the end and under the lock. */
  readonly resealing?: Resealing | null;
  /** Who this process is, where a test stands for several processes or boots. Default: the truth. */
  readonly identity?: ProcessIdentity;
}

export const clock: Clock = { nowMs: () => Date.now(), monotonicMs };

/** Throws `UsageError` for an environment file that cannot be read. */
export async function openWorld(options: WorldOptions): Promise<OpenWorld> {
  const { workspace, flags, runId, onTrouble, identity, outlet = openOutlet } = options;
  const { resealing = null, profiling = null, standingStamps: standing = null } = options;
  const ownEnv = callerEnv(flags);
  const bootId = identity?.boot ?? readBootId();
  // Of a state folder that nothing can be written to, the run's folder tells, and one warning is enough.
  const sealed = sealOf(workspace.state) !== null;
  const state =
    options.kept?.state ??
    openState({
      folder: workspace.state,
      bootId,
      onTrouble: sealed ? () => {} : onTrouble,
      tasks: resealing?.tasks ?? null,
      placed: resealing?.placed ?? null,
    });
  const stamps = resealing?.vouching(state) ?? state.stamps;
  const folders = new StateRunFolders({ root: workspace.root, state: workspace.state, runId, onTrouble });
  const blobs = hasCache(workspace, flags) ? new FolderBlobs(workspace.state) : null;
  const actions = new FolderActions(workspace.state, { marksUse: options.writes });
  const prepare = () => workspace.codeOf(options.stages);
  const code = options.kept?.code ?? (await (profiling?.phase('config', prepare) ?? prepare()));
  const onlooking = options.looksOn ? Onlooking.begin(workspace, folders) : null;
  const caller = (onlooking?.overheard ?? options.overheard)?.of(ownEnv) ?? ownEnv;
  const toolsFor = (witness: Witness | null) =>
    createTools({
      root: workspace.root,
      environmentOf: (stage) => {
        // The other variables do not decide what is found.
        caller.get('PATH');
        return environmentOf(stage, ownEnv, workspace.root);
      },
      memory: state.tools,
      witness,
    });
  // Patterns of before are expanded where an attempt was killed, and those of stages that this build leaves out.
  const mayWalk = needsWalk(options.stages) || state.records.killed().length > 0;
  const walk = mayWalk ? (await import('../files/walk.ts')).walk : null;
  const parseYaml = needsYaml(options.stages) ? (await import('../files/yaml-document.ts')).parseYaml : null;
  const upkeep = upkeepOf({ workspace, state, cache: blobs && { blobs, actions }, runId });
  const witness = onlooking?.witness ?? options.witness ?? null;
  const executor = createExecutor({
    workerPath: besideThis('worker'),
    ...(options.writes && { runningFolder: path.join(workspace.state, 'running') }),
    outlet,
  });
  const imprints = options.kept?.imprints ?? new Imprints();
  const world: World = {
    clock,
    alarm: (afterMs, ring) => {
      const timer = setTimeout(ring, afterMs);
      return () => clearTimeout(timer);
    },
    files:
      options.kept?.files ??
      new WorkspaceFiles({
        walk,
        root: workspace.root,
        memory: stamps,
        probeFolder: options.writes ? workspace.state : null,
        ...{ witness, standing, imprints },
        hash: profiling?.hash(hashFile) ?? hashFile,
      }),
    documents: new WorkspaceDocuments({ root: workspace.root, parseYaml, witness }),
    outputs: new WorkspaceOutputs({ root: workspace.root, state: workspace.state, imprints }),
    records: recordsFor(state.records, workspace.pipeline),
    cache: blobs === null ? null : { actions, blobs, stores: !sealed },
    executor: resealing?.whileItWaits(executor, upkeep) ?? executor,
    probe,
    checker: createChecker(workspace.root),
    code,
    tools: toolsFor(onlooking?.witness ?? null),
    caller,
    // Also of stages that this build leaves out.
    hooks: workspace.pipeline.hooks,
    secrets: [
      ...new Set([
        ...workspace.pipeline.stages.flatMap(({ secrets }) => secrets),
        ...(resealing?.secrets ?? []),
      ]),
    ],
    folders,
    audit: options.auditOf?.({ folders, code }) ?? null,
    upkeep:
      resealing?.upkeepOf(upkeep, () => ({ world, walk, stamps, toolsFor })) ??
      onlooking?.upkeepOf(upkeep) ??
      upkeep,
    lock: new WorkspaceLock({ state: workspace.state, onTrouble, ...(identity && { identity }) }),
    events: new EventStream({
      runId,
      clock,
      tell: toldData,
      sinks: [...options.sinks, onlooking, resealing].filter((sink) => sink !== null),
    }),
    outlet,
    takeTroubles: options.takeTroubles ?? (() => []),
    platform: `${process.platform}-${process.arch}`,
    typing: typingOf(workspace, flags),
    onLook: witness === null ? null : (task) => witness.looksFor(task),
    onStale: (whose) => onlooking?.worksFromHere(whose),
  };
  return { world: profiling?.world(world) ?? world, state, folders, imprints, onlooking };
}

export function callerEnv(flags: Flags): CallerEnv {
  const read = readCallerEnv(process.env, texts(flags, 'envFile'));
  if (read.problems.length > 0) throw new UsageError(read.problems);
  return read.env;
}

function needsYaml(stages: readonly Stage[]): boolean {
  return stages.some(({ forEach }) => forEach?.kind === 'records' && isYaml(forEach.document));
}

/** The walker brings a library along, which most no-op builds can do without. */
function needsWalk(stages: readonly Stage[]): boolean {
  return stages.some((stage) =>
    [...stage.requires.entries, ...(stage.produces?.entries ?? [])].some((entry) => walks(entry.glob)),
  );
}

function hasCache(workspace: Workspace, flags: Flags): boolean {
  return flags.cache !== false && workspace.pipeline.cacheMaxBytes !== null;
}

function environmentOf(stage: Stage, caller: CallerEnv, root: string): Readonly<Record<string, string>> {
  return stageEnvironment({
    caller: Object.fromEntries(caller.names().map((name) => [name, caller.get(name) ?? ''])),
    entries: stage.env,
    secrets: stage.secrets,
    extra: {},
    binFolder: path.join(root, 'node_modules/.bin'),
  }).env;
}
