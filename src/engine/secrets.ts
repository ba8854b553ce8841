// What of a stage may be shown and recorded: a configuration can have copied a secret into a command or a variable.
import { describeCommand, fillCommand, type PlaceholderValues } from '../model/command/command-line.ts';
import { redactData } from '../model/command/redacted-data.ts';
import { redact } from '../model/command/redaction.ts';
import { definitionParts, type Surroundings } from '../model/fingerprint.ts';
import { wordsOf } from '../model/items/item-stage.ts';
import { paramWords } from '../model/params/param.ts';
import type { FingerprintPart } from '../model/record.ts';
import type { Stage } from '../model/stage.ts';
import { toldStage } from '../model/told-pipeline.ts';
import type { World } from './world.ts';

/** The caller's values of what is declared as secret, be it by another stage. */
export function secretValues(world: World, stage: Pick<Stage, 'secrets'>): readonly string[] {
  const names = new Set([...world.secrets, ...stage.secrets]);
  const values = [...names].map((name) => world.caller.get(name) ?? '').filter((value) => value !== '');
  // In one order for all stages: the search for them is prepared once.
  return [...new Set(values)].sort();
}

/**
 * The stage's command in one line, for people: as it runs for its item and parameters, with lists of files by their names
 * alone, or as `files` has them.
 */
export function shownCommand(world: World, stage: Stage, files: PlaceholderValues = {}): string {
  // Before it is one line: quoted for a shell, a secret is another text.
  const values = secretValues(world, stage);
  const { command, item, cwd, params } = toldStage(stage, values);
  const words = { ...files, ...(item !== null && wordsOf(item, cwd)), ...paramWords(params) };
  if (Object.keys(words).length === 0) return describeCommand(command);
  return describeCommand(fillCommand(command, redactData(words, values)));
}

/**
 * For records and reasons; the fingerprint is taken of the parts as they are. Worked out of the stage as it may be
 * told, since in the parts commands are quoted already.
 */
export function toldParts(
  world: World,
  stage: Stage,
  parts: readonly FingerprintPart[],
  surroundings: Surroundings,
): readonly FingerprintPart[] {
  const values = secretValues(world, stage);
  if (values.length === 0) return parts;
  const told = toldStage(stage, values);
  return redactData(told === stage ? parts : definitionParts(told, surroundings), values);
}

/** A text of anybody's. */
export function hide(world: World, stage: Stage, text: string): string {
  const values = secretValues(world, stage);
  return values.length === 0 ? text : redact(text, values);
}
