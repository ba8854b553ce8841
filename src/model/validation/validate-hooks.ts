// Checks `hooks` of a stage.
import { hookNames, noHooks } from '../hooks.ts';
import type { Hooks } from '../stage.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';
import type { ParamText } from './param-text.ts';
import { readCommandAt } from './validate-command.ts';
import type { PatternPlace } from './validate-patterns.ts';

const expected = "an object such as { after: 'node tell.mjs' }";

/** `paramsOnFailure`: notes those that only what is done over a failure uses. */
export function readHooks(
  stage: Section,
  place: PatternPlace,
  placeholders: readonly string[],
  paramsOnFailure: ParamText,
): Hooks {
  const placed = stage.placed('hooks');
  if (placed.value === undefined) return noHooks;
  const section = Section.open(placed, stage.report, { expected });
  if (section === null) return noHooks;
  reportUnknownFields(section, hookNames);
  if (section.keys().length === 0) mismatch(stage.report, placed, expected);
  const one = (name: keyof Hooks, within = place) => {
    const hook = section.placed(name);
    return hook.value === undefined ? null : readCommandAt(hook, stage.report, within, placeholders);
  };
  const onFailure = one('onFailure', { ...place, params: paramsOnFailure });
  return { before: one('before'), after: one('after'), onFailure };
}
