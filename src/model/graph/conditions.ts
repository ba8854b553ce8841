// Says which conditions on what comes before could never come true, or would make a result depend on earlier runs.
import type { Diagnostic } from '../diagnostic.ts';
import type { Stage } from '../stage.ts';
import { placeOf } from '../validation/place.ts';
import type { Edge } from './edges.ts';

export function reportConditions(stages: readonly Stage[], edges: readonly Edge[]): readonly Diagnostic[] {
  const forFailures = stages.filter(({ when }) => when === 'failure');
  return forFailures.flatMap(({ name }) => [
    ...(edges.some(({ to }) => to === name) ? [] : [withoutBefore(name)]),
    ...edges
      .filter(({ from }) => from === name)
      .flatMap((edge) => following(stages.find((stage) => stage.name === edge.to)!, edge)),
  ]);
}

function withoutBefore(name: string): Diagnostic {
  return {
    code: 'PIPE056',
    message: `stage "${name}" is to run when a stage before it has failed, and none comes before it`,
    at: placeOf(placeOf('stages', name), 'when'),
    hint: 'name in "after" the stages whose failure it is about',
  };
}

/** A stage after one that runs only when something has failed. */
function following({ name, when }: Stage, { from, via: [pair] }: Edge): readonly Diagnostic[] {
  if (when === 'failure' || (when === 'always' && pair === undefined)) return [];
  const at = placeOf('stages', name);
  const tie =
    pair === undefined ? `comes after stage "${from}"` : `requires ${pair.requires} of stage "${from}"`;
  const ways = pair === undefined ? '' : "exclude the file with '!…', or ";
  if (when === 'success') {
    const message = `stage "${name}" ${tie}, which runs only when something has failed, and itself runs only when nothing has`;
    const hint = `${ways}write when: 'failure'${pair === undefined ? " or when: 'always'" : ''} in "${name}"`;
    return [{ code: 'PIPE056', message, at, hint }];
  }
  const message = `stage "${name}" ${tie}, which runs only when something has failed: its result would depend on how earlier runs ended`;
  return [{ code: 'PIPE057', message, at, hint: `${ways}write when: 'failure' in "${name}"` }];
}
