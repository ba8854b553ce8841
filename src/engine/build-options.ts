// What a build is asked, and how it can end.
import type { RunId } from '../base/brand.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { EventBody, RunFinished, RunStarted } from '../model/events.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Metrics } from '../model/metrics.ts';
import type { Selection } from '../model/selection.ts';
import type { RunHooks } from '../model/stage.ts';
import type { Assessor } from './assess.ts';
import type { Rest } from './rest.ts';
import type { Watching } from './watching.ts';
import type { Found } from './whats-to-do.ts';
import type { World } from './world.ts';

export interface BuildOptions {
  readonly jobs: number;
  readonly keepGoing: boolean;
  /** By metric: when as much is used, nothing more begins. */
  readonly budget: Metrics;
  /** What is done around the run. Default: nothing. */
  readonly hooks?: RunHooks | null;
  /** The command line that goes on with what is left. Default: one that knows of the limit alone. */
  readonly goOn?: (rest: Unspent) => string;
  readonly dryRun: boolean;
  /** Wait for another engine in this workspace. */
  readonly wait: boolean;
  readonly stdin: 'closed' | 'inherit';
  /** The words of the command line. */
  readonly command: readonly string[];
  /** What was asked for besides targets. */
  readonly selected?: RunStarted['selected'];
  /** Values by names, where the pipeline has any. */
  readonly params?: RunStarted['params'];
  /** As a run tells them. */
  readonly envFiles?: RunStarted['envFiles'];
  /** Called, once, before anything is waited for or changed: from then on `interrupt` must hear of interruptions. */
  readonly onWork?: () => void;
  /** What is told just before the last event. */
  readonly lastWord?: () => EventBody;
  /** What is different in a watch. Default: this is a build by itself. */
  readonly watching?: Watching;
}

/** What a run has left that has used its budget. */
export interface Unspent {
  readonly metric: string;
  /** A larger one. */
  readonly limit: number;
  /** The names of the tasks. */
  readonly left: readonly string[];
  /** The run, where anything was forced in it: what has not begun may be fresh. */
  readonly forcedIn: RunId | null;
}

/** What a build is put together from. */
export interface BuildParts {
  readonly world: World;
  readonly graph: StageGraph;
  readonly selection: Selection;
  readonly options: BuildOptions;
  readonly rest?: Rest | null;
  /** What looked just before, and what it found. Default: it looks by itself. */
  readonly look?: { readonly assessor: Assessor; readonly found: Found };
}

export type BuildEnd =
  | { readonly kind: 'finished'; readonly event: RunFinished }
  /** Nothing was executed, deleted or written. */
  | { readonly kind: 'refused'; readonly problems: readonly Diagnostic[] }
  /** What was known of the rest may not hold any more. Nothing was told or touched: build all of it. */
  | { readonly kind: 'superseded' };
