// One run of a watch: as `pipe build`, with a run id, a folder and a journal of its own, over a workspace that is kept.
import { availableParallelism } from 'node:os';
import type { BuildOptions } from '../engine/build-options.ts';
import type { Holds, RunCause } from '../engine/holds.ts';
import type { Sink } from '../engine/ports.ts';
import { Session } from '../engine/session.ts';
import { newRunId } from '../journal/history.ts';
import { JournalSink } from '../journal/journal-sink.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { RunFinished } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import { namedTask, noTasks } from '../model/named-tasks.ts';
import type { Selection } from '../model/selection.ts';
import type { EndedTask } from '../model/watch/after-run.ts';
import { askedFor } from './asked-for.ts';
import { troubleTeller } from './build.ts';
import { type Flags, isSet, number } from './flags.ts';
import { outlet } from './standard-streams.ts';
import type { WatchedWorkspace } from './watched-workspace.ts';
import { openWorld } from './world.ts';

export type WatchedRunEnd =
  | { readonly kind: 'finished'; readonly event: RunFinished }
  | { readonly kind: 'refused'; readonly problems: readonly Diagnostic[] };

export interface WatchedRun {
  readonly ended: Promise<WatchedRunEnd>;
  /** `paths`: absolute. */
  edited(paths: readonly string[], everything: boolean): void;
  /** The first time gently, the second time at once. */
  interrupt(): void;
}

/** `display` sees the events, besides the journal. */
export function startRun(options: {
  readonly watched: WatchedWorkspace;
  readonly flags: Flags;
  readonly cause: RunCause;
  /** Of this watch: `--force` is meant for that one. */
  readonly isFirst: boolean;
  readonly holds: Holds;
  /** See `BuildOptions`. */
  readonly goOn: NonNullable<BuildOptions['goOn']>;
  readonly display: Sink;
}): WatchedRun {
  let session: Session | null = null;
  let interruptions = 0;
  const ended = perform(options, (opened) => {
    session = opened;
    for (let i = 0; i < interruptions; i++) opened.interrupt();
  });
  return {
    ended,
    edited(paths, everything) {
      session?.edited({ paths: paths.map((one) => options.watched.canonical(one)), everything });
    },
    interrupt() {
      interruptions++;
      session?.interrupt();
    },
  };
}

async function perform(
  { watched, flags, cause, isFirst, holds, goOn, display }: Parameters<typeof startRun>[0],
  onSession: (session: Session) => void,
): Promise<WatchedRunEnd> {
  const { workspace, kept } = watched;
  const selection = selectionFor(workspace.graph, watched.selection, cause, isFirst && isSet(flags, 'force'));
  const troubles: string[] = [];
  const onTrouble = (message: string) => void troubles.push(message);
  const journal = new JournalSink({ folder: () => folders.run(), onTrouble });
  await watched.restoreCompiled();
  const ended: EndedTask[] = [];
  const whatRan: Sink = {
    handle(event) {
      if (event.kind !== 'task-finished') return;
      if (event.outcome !== 'fresh') ended.push(event);
      holds.ended(event);
    },
  };
  const { world, folders } = await openWorld({
    ...{ workspace, stages: selection.stages, flags, kept, onTrouble, outlet },
    witness: watched.witness,
    runId: newRunId(workspace.state),
    sinks: [
      display,
      journal,
      whatRan,
      troubleTeller(troubles, (message) => world.events.emit({ kind: 'warning', message })),
    ],
    writes: true,
    takeTroubles: () => troubles.splice(0),
  });
  holds.begin(cause, workspace.pipeline.budget);
  // What was just looked at for it need not be looked at again; a person who asks may have saved in the same moment.
  const isLookedAt = selection.forced.isEmpty && (cause.kind === 'change' || cause.kind === 'begin');
  const look = isLookedAt ? watched.lastLook : null;
  if (look === null) world.files.forget();
  const session = new Session({
    ...{ world, graph: workspace.graph, selection },
    options: {
      jobs: number(flags, 'jobs') ?? workspace.pipeline.jobs ?? availableParallelism(),
      // What does not depend on a stage that failed would only run in the next pass.
      keepGoing: true,
      ...{ budget: workspace.pipeline.budget, goOn },
      dryRun: false,
      wait: true,
      stdin: 'closed',
      hooks: workspace.pipeline.hooks,
      ...askedFor(workspace, flags),
      watching: holds,
    },
    ...(look !== null && { look }),
  });
  onSession(session);
  try {
    const end = await session.build(workspace.told.name);
    if (end.kind === 'superseded') throw new Error('only a part of a build can turn out to be too little');
    return end;
  } finally {
    watched.haveEnded(ended);
    // Between runs others may write.
    kept.state.close();
    folders.close();
  }
}

function selectionFor(graph: StageGraph, selection: Selection, cause: RunCause, forces: boolean): Selection {
  const forced = cause.kind === 'force' ? namedTask(graph, cause.task) : forces ? selection.forced : noTasks;
  return { ...selection, forced };
}
