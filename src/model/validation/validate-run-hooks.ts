// Checks `hooks` of the pipeline.
import { fillCommand } from '../command/command-line.ts';
import { hookNames } from '../hooks.ts';
import { filledEnv } from '../items/item-stage.ts';
import { type Param, paramWords } from '../params/param.ts';
import type { Hooks, RunHooks } from '../stage.ts';
import { mismatch, Section } from './config-section.ts';
import { reportUnknownFields } from './known-fields.ts';
import { ParamText } from './param-text.ts';
import { readCommandAt } from './validate-command.ts';
import type { PatternPlace } from './validate-patterns.ts';
import type { Shared } from './validate-shared.ts';

const expected = "an object such as { onFailure: 'node tell.mjs' }";
/** One that hangs must not keep a build for ever. */
const longestMs = 10 * 60_000;

/** `null`: there are none. */
export function readRunHooks(
  pipeline: Section,
  shared: Shared,
  given: { readonly place: PatternPlace; readonly params: readonly Param[] },
): RunHooks | null {
  const placed = pipeline.placed('hooks');
  if (placed.value === undefined) return null;
  const { report } = pipeline;
  const section = Section.open(placed, report, { expected });
  if (section === null) return null;
  reportUnknownFields(section, [...hookNames, 'timeout']);
  // What is called otherwise has been told of.
  if (section.keys().every((name) => name === 'timeout')) mismatch(report, placed, expected);
  // Not that of the pipeline, which counts for every stage: no hook of a run is an input.
  const text = new ParamText(given.params, report);
  text.noteAll();
  const params = text.uses();
  const words = paramWords(params);
  const one = (name: keyof Hooks) => {
    const hook = section.placed(name);
    if (hook.value === undefined) return null;
    const command = readCommandAt(hook, report, { ...given.place, params: text }, []);
    return command && fillCommand(command, words);
  };
  return {
    ...{ before: one('before'), after: one('after'), onFailure: one('onFailure') },
    env: [...shared.env.keys()].sort().map((name) => filledEnv(shared.env.get(name)!, words)),
    secrets: [...shared.secrets].sort(),
    params,
    timeoutMs: section.durationMs('timeout') ?? longestMs,
  };
}
