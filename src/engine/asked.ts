// What a run tells of what it was asked for: to history, and to the one that goes on with it.
import type { RunId } from '../base/brand.ts';
import type { RunStarted } from '../model/events.ts';
import type { Selection } from '../model/selection.ts';
import type { BuildOptions } from './build-options.ts';

export function toldOfAsked(
  { dryRun, command, params, selected, envFiles }: BuildOptions,
  selection: Selection,
  runId: RunId,
): Pick<RunStarted, 'dryRun' | 'command' | 'params' | 'selected' | 'envFiles' | 'forced'> {
  return { dryRun, command, params, selected, envFiles, forced: toldOfForced(selection, runId) };
}

function toldOfForced({ forced, forcedSince, names }: Selection, runId: RunId): RunStarted['forced'] {
  if (forced.isEmpty) return undefined;
  const isAll = [...names].every((name) => forced.stages.has(name));
  return { ...(!isAll && { named: forced.words() }), since: forcedSince ?? runId };
}
