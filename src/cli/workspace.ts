// Finds and reads the workspace: its configuration as a pipeline and a graph, or every reason why not.

import fs from 'node:fs';
import path from 'node:path';
import type { FilePath } from '../base/brand.ts';
import type { Result } from '../base/result.ts';
import { prepareCode } from '../config/code.ts';
import {
  type CodeCache,
  type CompiledModule,
  openCodeCache,
  type PathBehind,
  pathsBehind,
} from '../config/code-cache.ts';
import { lockFileSince } from '../config/loaded-packages.ts';
import { locateConfig } from '../config/locate.ts';
import type { Code } from '../engine/ports.ts';
import { markStateFolder, stateFolderName } from '../journal/state-folder.ts';
import { type Diagnostic, UsageError } from '../model/diagnostic.ts';
import { buildGraph, type StageGraph } from '../model/graph/graph.ts';
import { allModulesOf, codeOfRunHooks } from '../model/hooks.ts';
import { canonicalPath, isOutside } from '../model/paths.ts';
import { resolveName, type Selection, type SelectionRequest, select } from '../model/selection.ts';
import type { Freshness, Pipeline, Stage } from '../model/stage.ts';
import { secretsInNames, toldPipeline } from '../model/told-pipeline.ts';
import { unknownTarget } from '../model/unknown-target.ts';
import { validate } from '../model/validation/validate.ts';
import { missingParams } from '../model/validation/validate-params.ts';
import { type Flags, text, texts } from './flags.ts';
import { hiddenSecrets, hiddenValues } from './hidden-secrets.ts';
import { homeFolder } from './home-folder.ts';
import { loadWithSecrets } from './load-with-secrets.ts';
import { version } from './version.ts';

/** Where the workspace is, whatever its configuration says. */
export interface Place {
  /** Absolute, without symbolic links. */
  readonly root: string;
  /** Absolute path of `.pipeline-cache`. */
  readonly state: string;
  readonly configPath: string;
}

export interface Workspace extends Place {
  readonly pipeline: Pipeline;
  /** The same without secrets: what of it people and programs are told. */
  readonly told: Pipeline;
  readonly graph: StageGraph;
  /** What a person typed as a path, as the workspace names it; `null` where it lies outside. */
  readonly canonical: (typed: string) => FilePath | null;
  /** The code behind the functions and scripts of these stages. */
  readonly codeOf: (stages: readonly Stage[]) => Promise<Code>;
  /** Absolute path of the compiled configuration. */
  readonly compiledPath: string;
  /** Whether the sources of the configuration are those that were loaded. */
  readonly isOfPresentConfig: () => Promise<boolean>;
  /** What it exported, not yet validated. */
  readonly spec: unknown;
  /** The lock file, where other packages may be installed by now than this process has loaded for it; absolute. */
  readonly newLockFile: string | null;
  /** What tells whether the compiled modules still hold; complete once there is the code of the stages. */
  readonly pathsOfCode: () => readonly PathBehind[];
  /** Whether it does: not where modules are found in a way that is not followed. */
  readonly isCodeFollowed: () => boolean;
}

/** Throws `UsageError` when there is no configuration here or above. */
export function findPlace(flags: Flags): Place {
  const { root, configPath } = orRefuse(
    locateConfig({ cwd: process.cwd(), config: text(flags, 'config'), root: text(flags, 'root') }),
  );
  return { root, configPath, state: path.join(root, stateFolderName) };
}

/** Throws `UsageError` with all that is wrong. `writes`: false for commands that only look. */
export async function openWorkspace(
  flags: Flags,
  {
    freshness,
    writes = true,
    params: who = 'given',
  }: {
    readonly freshness?: Freshness | undefined;
    readonly writes?: boolean;
    /** `asked`: a person at the terminal is, for those that are missing. `open`: they are not needed. */
    readonly params?: 'given' | 'asked' | 'open';
  } = {},
): Promise<Workspace> {
  const cwd = process.cwd();
  const { root, configPath, state } = findPlace(flags);
  const compiled = new Map<string, CompiledModule>();
  const cache = noting(
    compiled,
    openCodeCache({
      folder: path.join(state, 'config'),
      root,
      apiPath: besideThis('index'),
      version,
      writes,
    }),
  );
  const load = await loadWithSecrets(
    { configPath, root, cache, vetPath: besideThis('vet') },
    texts(flags, 'envFile'),
  );
  // Whatever was loaded: what is built now would be built in its place.
  if (!fs.existsSync(root)) throw new UsageError([movedAway(root)]);
  // The compiled configuration may be the first thing in it, and it must never end up in a repository.
  if (writes) markStateFolder(state);
  const loaded = orRefuse(load);
  const place = { root, home: homeFolder(), configPath, folderName: path.basename(root) };
  const given = texts(flags, 'param');
  const asked = who === 'asked' ? await askedParams(loaded.spec, given) : [];
  const resumed = text(flags, 'resume') !== undefined;
  const params = { typed: [...given, ...asked], open: who === 'open', resumed };
  const pipeline = withFreshness(orRefuse(validate(loaded.spec, place, { params })), freshness);
  refuse(secretsInNames(pipeline, hiddenSecrets()));
  const graph = orRefuse(buildGraph(pipeline));
  const canonical = canonicalIn(root, cwd);
  return {
    root,
    state,
    configPath,
    pipeline,
    get told() {
      return toldPipeline(pipeline, hiddenValues());
    },
    graph,
    canonical,
    codeOf: (stages) => {
      const modules = [...stages.flatMap(allModulesOf), ...codeOfRunHooks(pipeline.hooks).modules];
      return prepareCode({ root, cache, config: loaded.compiled, modules });
    },
    compiledPath: loaded.compiledPath,
    async isOfPresentConfig() {
      const now = await cache.obtain(configPath);
      const { identity } = loaded.compiled.manifest;
      return now.ok && now.value.path === loaded.compiledPath && now.value.manifest.identity === identity;
    },
    spec: loaded.spec,
    newLockFile: lockFileSince(loaded.compiled.manifest),
    pathsOfCode: () => [...compiled.values()].flatMap((module) => pathsBehind(module, root)),
    isCodeFollowed: () => [...compiled.values()].every(({ manifest }) => manifest.isFollowed),
  };
}

function movedAway(root: string): Diagnostic {
  const message = `${root} has gone while its configuration was loaded`;
  return { code: 'PIPE001', message, hint: 'go to where it is now' };
}

/** As if they had been typed. Nobody is asked who would have to answer for a configuration that is no good. */
async function askedParams(spec: unknown, typed: readonly string[]): Promise<readonly string[]> {
  const missing = missingParams(spec, typed);
  if (missing.length === 0) return [];
  const { askFor, canAsk } = await import('./asking-params.ts');
  return canAsk() ? askFor(missing) : [];
}

function noting(compiled: Map<string, CompiledModule>, cache: CodeCache): CodeCache {
  return {
    ...cache,
    async obtain(...asked) {
      const obtained = await cache.obtain(...asked);
      const [entry] = asked;
      if (obtained.ok) compiled.set(entry, obtained.value);
      return obtained;
    },
  };
}

/** For `Workspace.canonical`; both are absolute. */
export function canonicalIn(root: string, cwd: string): Workspace['canonical'] {
  return (typed) => {
    const found = canonicalPath(path.resolve(cwd, typed), { root, home: homeFolder() });
    return isOutside(found) ? null : found;
  };
}

/** Throws `UsageError` when it names nothing or contradicts itself. */
export function selectStages(workspace: Workspace, request: SelectionRequest): Selection {
  return orRefuse(select(workspace.graph, workspace.pipeline, request, workspace.canonical));
}

/** The stages behind names and output paths, each once. Throws `UsageError` with all that name nothing. */
export function stagesNamed(workspace: Workspace, typed: readonly string[], at: string): ReadonlySet<string> {
  const { graph, pipeline, canonical } = workspace;
  const problems: Diagnostic[] = [];
  const names = typed.flatMap((name) => {
    const found = resolveName(graph, pipeline, name, canonical);
    if (found === null) problems.push(unknownTarget(graph, pipeline, name, at));
    return found ?? [];
  });
  if (problems.length > 0) throw new UsageError(problems);
  return new Set(names);
}

function refuse(problems: readonly Diagnostic[]): void {
  if (problems.length > 0) throw new UsageError(problems);
}

export function orRefuse<T>(result: Result<T, Diagnostic | readonly Diagnostic[]>): T {
  if (!result.ok) throw new UsageError([result.error].flat());
  return result.value;
}

/** A file of this build of pipe. */
export function besideThis(name: 'index' | 'worker' | 'vet'): string {
  return path.join(fs.realpathSync.native(import.meta.dirname), `${name}.js`);
}

function withFreshness(pipeline: Pipeline, freshness: Freshness | undefined): Pipeline {
  if (freshness === undefined) return pipeline;
  return { ...pipeline, stages: pipeline.stages.map((stage) => ({ ...stage, freshness })) };
}
