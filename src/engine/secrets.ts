// What of a stage may be shown and recorded: a configuration can have copied a secret into a command or a variable.
import { describeCommand } from '../model/command/command-line.ts';
import { redact } from '../model/command/redaction.ts';
import type { FingerprintPart } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import type { World } from './world.ts';

/** The caller's values of what the stage declares; empty where there is none. */
export function secretValues(world: World, stage: Stage): readonly string[] {
  return stage.secrets.map((name) => world.caller.get(name) ?? '');
}

/** The stage's command in one line, for people. */
export function shownCommand(world: World, stage: Stage): string {
  return hide(world, stage, describeCommand(stage.command));
}

/** For records and reasons; the fingerprint is taken of the parts as they are. */
export function shownParts(
  world: World,
  stage: Stage,
  parts: readonly FingerprintPart[],
): readonly FingerprintPart[] {
  if (stage.secrets.length === 0) return parts;
  return parts.map(({ name, value }) => ({ name, value: hide(world, stage, value) }));
}

function hide(world: World, stage: Stage, text: string): string {
  return stage.secrets.length === 0 ? text : redact(text, secretValues(world, stage));
}
