// Checks `hooks` of a stage.
import { hookNames, noHooks } from '../hooks.ts';
import type { Hooks } from '../stage.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';
import { readCommandAt } from './validate-command.ts';
import type { PatternPlace } from './validate-patterns.ts';

const expected = "an object such as { after: 'node tell.mjs' }";
const expectedHook = "a shell line, an array of them, exec('…') or a function";

export function readHooks(stage: Section, place: PatternPlace, placeholders: readonly string[]): Hooks {
  const placed = stage.placed('hooks');
  if (placed.value === undefined) return noHooks;
  const section = Section.open(placed, stage.report, { expected });
  if (section === null) return noHooks;
  reportUnknownFields(section, hookNames);
  if (section.keys().length === 0) mismatch(stage.report, placed, expected);
  const one = (name: keyof Hooks) => {
    const hook = section.placed(name);
    if (hook.value === undefined) return null;
    const command = readCommandAt(hook, stage.report, place, placeholders);
    if (command?.kind !== 'script') return command;
    mismatch(stage.report, hook, expectedHook);
    return null;
  };
  return { before: one('before'), after: one('after'), onFailure: one('onFailure') };
}
