// What of a stage may be shown and recorded: a configuration can have copied a secret into a command or a variable.
import { describeCommand } from '../model/command/command-line.ts';
import { redact } from '../model/command/redaction.ts';
import type { FingerprintPart } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import type { World } from './world.ts';

/** The caller's values of what is declared as secret, be it by another stage. */
export function secretValues(world: World, stage: Stage): readonly string[] {
  const names = new Set([...world.secrets, ...stage.secrets]);
  return [...names].map((name) => world.caller.get(name) ?? '').filter((value) => value !== '');
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
  const values = secretValues(world, stage);
  if (values.length === 0) return parts;
  return parts.map(({ name, value }) => ({ name, value: redact(value, values) }));
}

function hide(world: World, stage: Stage, text: string): string {
  const values = secretValues(world, stage);
  return values.length === 0 ? text : redact(text, values);
}
