// What a build is asked, and how it can end.
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
  /** The command line that goes on with a larger limit, with what is left. Default: one without anything else. */
  readonly goOn?: (metric: string, limit: number, left: readonly string[]) => string;
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
  /** Called, once, before anything is waited for or changed: from then on `interrupt` must hear of interruptions. */
  readonly onWork?: () => void;
  /** What is told just before the last event. */
  readonly lastWord?: () => EventBody;
  /** What is different in a watch. Default: this is a build by itself. */
  readonly watching?: Watching;
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
