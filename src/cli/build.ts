// `pipe build`: brings the selected stages up to date.
import { availableParallelism } from 'node:os';
import type { BuildOptions } from '../engine/build-options.ts';
import type { Sink } from '../engine/ports.ts';
import type { Rest } from '../engine/rest.ts';
import { Session } from '../engine/session.ts';
import { newRunId } from '../journal/history.ts';
import { JournalSink } from '../journal/journal-sink.ts';
import { UsageError } from '../model/diagnostic.ts';
import type { PipeEvent } from '../model/events.ts';
import type { Selection } from '../model/selection.ts';
import { askedFor } from './asked-for.ts';
import type { Auditing } from './auditing.ts';
import { type EndingReason, EndingReasons } from './ending-reasons.ts';
import {
  budgetOf,
  type Flags,
  freshnessOf,
  goesOn,
  isOff,
  isSet,
  number,
  selectionOf,
  text,
} from './flags.ts';
import { budgetToGoOn, flagsToGoOn } from './going-on.ts';
import { refuseInsideStage } from './inside.ts';
import { launched } from './launched.ts';
import type { Profiling } from './profiling.ts';
import type { Resealing } from './resealing.ts';
import type { Asked } from './resuming.ts';
import { modeOf, openConsole } from './showing.ts';
import { handleSignals } from './signals.ts';
import { keepHeapSmallOfMany } from './small-heap.ts';
import { outlet, tellOfWork } from './standard-streams.ts';
import { openWorkspace, orRefuse, selectStages, type Workspace } from './workspace.ts';
import { openWorld } from './world.ts';

export async function build(
  typed: readonly string[],
  given: Flags,
  { provesNothingToDo = false }: { readonly provesNothingToDo?: boolean } = {},
): Promise<number> {
  const which = text(given, 'resume');
  const asked: Asked = { targets: typed, flags: given };
  const { targets, flags, forced } =
    which === undefined ? asked : (await import('./resuming.ts')).askedBefore(which, asked);
  refuseContradictions(flags);
  const profiling = isSet(flags, 'profile') ? (await import('./profiling.ts')).openProfiling() : null;
  const opening = () =>
    openWorkspace(flags, { freshness: freshnessOf(flags), writes: !isSet(flags, 'dryRun'), params: 'asked' });
  const workspace = await (profiling?.phase('config', opening) ?? opening());
  const request = { ...selectionOf(targets, flags), ...(forced?.named && { force: forced.named }) };
  const since = text(flags, 'since');
  const selection =
    since === undefined
      ? selectStages(workspace, request)
      : await (await import('./since.ts')).selectSince(workspace, request, since, flags);
  // What a person has answered holds for this run alone, and not for the next one without flags.
  const isOfConfiguration = !workspace.pipeline.params.some(({ isGiven }) => isGiven);
  const options = {
    ...optionsOf(workspace, flags),
    goOn: budgetToGoOn(workspace.pipeline, targets, flags),
    ...(since !== undefined && { selected: { only: [...selection.names] } }),
    provesNothingToDo: provesNothingToDo && isOfConfiguration,
    profiling,
  };
  const resumed = forced === undefined ? selection : { ...selection, forcedSince: forced.since };
  return runBuild(workspace, resumed, flags, options);
}

export function optionsOf(workspace: Workspace, flags: Flags): BuildOptions {
  return {
    jobs: number(flags, 'jobs') ?? workspace.pipeline.jobs ?? availableParallelism(),
    keepGoing: goesOn(flags),
    budget: { ...workspace.pipeline.budget, ...budgetOf(flags) },
    dryRun: isSet(flags, 'dryRun'),
    wait: !isOff(flags, 'wait'),
    stdin: 'closed',
    hooks: workspace.pipeline.hooks,
    ...askedFor(workspace, flags),
  };
}

function refuseContradictions(flags: Flags): void {
  if (!isSet(flags, 'audit') || !isSet(flags, 'dryRun')) return;
  throw new UsageError([
    {
      code: 'PIPE034',
      message: '--audit runs stages to watch them, so it cannot be combined with --dry-run',
      at: '--audit',
      hint: 'leave out one of them',
    },
  ]);
}

export interface RunOptions extends BuildOptions {
  readonly provesNothingToDo?: boolean;
  /** Where the time is taken. Default: nowhere. */
  readonly profiling?: Profiling | null;
}

/** One build of a selection, from the first event to the exit code. */
export async function runBuild(
  workspace: Workspace,
  selection: Selection,
  flags: Flags,
  options: RunOptions,
): Promise<number> {
  const exitCode = await runPart(workspace, selection, flags, options, null);
  if (exitCode === null) throw new Error('only a part of a build can turn out to be too little');
  return exitCode;
}

/** The same of a part of what is to be built; `null`: the part is not enough, and nothing was done. */
export async function runPart(
  workspace: Workspace,
  selection: Selection,
  flags: Flags,
  options: RunOptions,
  part: { readonly rest: Rest; readonly resealing: Resealing } | null,
): Promise<number | null> {
  refuseInsideStage(workspace.root);
  const { profiling = null } = options;
  const auditing = !selection.audited.isEmpty ? await openAuditing() : null;
  const runId = newRunId(workspace.state);
  const mode = modeOf(flags);
  if (mode !== 'json' && !options.dryRun) tellOfWork();
  // A person who debugs one stage needs the terminal for it.
  const shown = options.stdin === 'inherit' && mode === 'live' ? 'plain' : mode;
  let interrupt: (reason: EndingReason) => void = () => {};
  const console = openConsole(flags, shown, {
    raw: options.stdin === 'inherit',
    names: selection.stages.map((stage) => stage.name),
    goOnFlags: flagsToGoOn(workspace, flags),
    ...(auditing === null ? {} : { auditLines: auditing.lines }),
    ...(profiling === null ? {} : { profileLines: profiling.lines }),
    onClosed: () => interrupt('reader-gone'),
  });
  // Told once the run has begun, so that the contract's first event stays the first.
  const troubles: string[] = [];
  const onTrouble = (message: string) => void troubles.push(message);
  const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
  const sinks: readonly Sink[] = [
    profiling?.sink(console, 'telling') ?? console,
    ...(options.dryRun ? [] : [profiling?.sink(journal, 'recording') ?? journal]),
    ...(profiling === null ? [] : [profiling.tasks]),
    keepHeapSmallOfMany(),
  ];
  const { world, state, folders, onlooking } = await openWorld({
    workspace,
    stages: selection.stages,
    flags,
    runId,
    sinks: [...sinks, troubleTeller(troubles, (message) => world.events.emit({ kind: 'warning', message }))],
    writes: !options.dryRun,
    auditOf: auditing?.auditOf,
    profiling,
    outlet,
    onTrouble,
    takeTroubles: () => troubles.splice(0),
    looksOn: options.provesNothingToDo === true,
    resealing: part?.resealing ?? null,
  });
  let release = () => {};
  const onWork = () => {
    release = handleSignals(interrupt);
  };
  const { graph } = workspace;
  const rest = part?.rest ?? null;
  profiling?.countStages(graph.stages.length);
  const profiled = profiling && {
    lastWord: () => ({ kind: 'run-profiled', ...profiling.profile(graph, options.jobs) }) as const,
  };
  const session = new Session({
    world,
    graph,
    selection,
    options: { ...options, onWork, ...profiled },
    rest,
  });
  const reasons = new EndingReasons();
  interrupt = (reason) => reasons.counts(reason) && session.interrupt();
  try {
    const end = await session.build(workspace.told.name);
    if (end.kind === 'refused') throw new UsageError(end.problems);
    if (end.kind === 'superseded') return null;
    if (end.event.executed > 0) launched()?.hasWorked();
    return end.event.exitCode;
  } finally {
    console.close();
    onlooking?.close();
    state.close();
    folders.close();
    release();
  }
}

/** Throws `UsageError` where nothing can be audited. */
async function openAuditing(): Promise<Auditing> {
  const { openAuditing } = await import('./auditing.ts');
  const { platform, env } = process;
  return orRefuse(openAuditing({ platform, searchPath: env.PATH ?? '' }));
}

/** Hands troubles of the adapters on as warnings, after the event that brought them up. */
export function troubleTeller(troubles: string[], tell: (message: string) => void): Sink {
  return {
    handle(event: PipeEvent) {
      if (event.kind === 'warning' || event.kind === 'run-finished') return;
      for (const message of troubles.splice(0)) tell(message);
    },
  };
}
