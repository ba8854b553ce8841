// A story with items as text for a person: a line for its pipeline, and one for each turn, without what is as usual.
import type { ItemTurn } from './item-turns.ts';
import type { Manner } from './recipes.ts';

type Value = unknown;

const usualKnobs = {
  salt: 0,
  letters: false,
  hook: 'none',
  optional: false,
  attempts: 1,
  batch: null,
  byTimes: false,
};

/** `kind` comes first, and what is off, none or nothing is left out. */
export function storyText(manner: Manner, turns: readonly ItemTurn[]): string {
  const { knobs, ...rest } = manner;
  const stages = Object.entries(knobs).flatMap(([stage, all]) => {
    const others = Object.entries(all).filter(
      ([name, value]) => value !== usualKnobs[name as keyof typeof usualKnobs],
    );
    return others.length === 0 ? [] : [`  ${stage}: ${fields(Object.fromEntries(others))}`];
  });
  const lines = turns.flatMap(({ changes, request, ...others }, i) => [
    `turn ${i + 1}`,
    ...changes.map((change) => `  ${words(change)}`),
    `  build ${request.isFlagless ? 'without flags' : `${fields(request)}${request.cache ? '' : ' without cache'}`}`,
    ...(fields(others) === '' ? [] : [`  with ${fields(others)}`]),
  ]);
  return [`pipeline ${fields(rest)}`, ...stages, ...lines].join('\n');
}

function words(value: Value): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const { kind, ...others } = value as { readonly kind?: string };
  return [kind ?? [], fields(others) || []].flat().join(' ') || '{}';
}

function fields(value: object): string {
  return Object.entries(value)
    .filter(([name, one]) => one !== null && one !== false && one !== 'none' && name !== 'cache')
    .map(([name, one]) => {
      const text = words(one);
      return `${name}=${typeof one === 'object' && text.includes(' ') ? `(${text})` : text}`;
    })
    .join(' ');
}
