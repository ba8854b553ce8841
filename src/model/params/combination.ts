// Which parameters a result is kept by. Stages whose outputs have them in their paths have a result for each combination
// of values, and these lie side by side; of all others there is one result, as there is one place for it.

import type { TaskId } from '../../base/brand.ts';
import type { Stage } from '../stage.ts';
import { type ParamDeclaration, type ParamUse, readValue } from './param.ts';

/** `''`: there is one result. Names of stages have no `?`, and values no `:` here. */
export function combinationOf(params: readonly ParamUse[]): string {
  if (params.length === 0) return '';
  const pairs = params.map(({ name, value }) => `${name}=${encodeURIComponent(String(value))}`);
  return `?${pairs.sort().join('&')}`;
}

/** What the task is known by in records, which tell of all combinations. */
export function recordId(task: TaskId, { name, combination }: Pick<Stage, 'name' | 'combination'>): TaskId {
  return `${name}${combination}${task.slice(name.length)}` as TaskId;
}

export interface IdOnRecord {
  readonly stage: string;
  readonly combination: string;
  /** With the colon in front; `''`: the stage has no items. */
  readonly item: string;
}

export function readRecordId(id: TaskId): IdOnRecord {
  const colon = id.indexOf(':');
  const head = colon < 0 ? id : id.slice(0, colon);
  const mark = head.indexOf('?');
  const stage = mark < 0 ? head : head.slice(0, mark);
  return { stage, combination: head.slice(stage.length), item: id.slice(head.length) };
}

/** Whether the stage may be asked for this combination: the same parameters, each with a value that it may have. */
export function isPossible(
  combination: string,
  stage: Pick<Stage, 'combination'>,
  params: readonly ParamDeclaration[],
): boolean {
  const names = namesIn(stage.combination);
  const pairs = pairsIn(combination);
  return (
    pairs.length === names.length &&
    pairs.every(([name, text], i) => {
      const param = params.find((one) => one.name === name);
      return name === names[i] && param !== undefined && readValue(param, text).ok;
    })
  );
}

/** A task on record, for people: `s:in/1.txt`, or `s:in/1.txt with a=1, b=2`. */
export function taskInWords(id: TaskId): string {
  const { stage, combination, item } = readRecordId(id);
  return `${stage}${item}${combination.length > 1 ? ` with ${combinationText(combination)}` : ''}`;
}

/** For people: `a=1, b=2`. */
export function combinationText(combination: string): string {
  return pairsIn(combination)
    .map((pair) => pair.join('='))
    .join(', ');
}

function namesIn(combination: string): readonly string[] {
  return pairsIn(combination).map(([name]) => name);
}

function pairsIn(combination: string): readonly (readonly [name: string, value: string])[] {
  if (combination === '') return [];
  return combination
    .slice(1)
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), decoded(pair.slice(equals + 1))] as const;
    });
}

/** Of a damaged or foreign text nothing is expected. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '\0';
  }
}
