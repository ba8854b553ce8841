// Checks what a stage and the whole pipeline may both declare, and joins the two.

import { isVersionRange } from '../command/version-range.ts';
import { globCovers } from '../glob/glob.ts';
import type { ItemEntry } from '../items/for-each.ts';
import type { EnvEntry, ToolRequirement } from '../stage.ts';
import { mismatch, Section, textOf } from './config-section.ts';
import { shown } from './config-value.ts';
import { optionalTexts } from './optional-texts.ts';
import type { ParamText } from './param-text.ts';
import { placeOf } from './place.ts';
import { type PatternPlace, readRequires } from './validate-patterns.ts';

export interface Shared {
  readonly requires: readonly ItemEntry[];
  readonly env: ReadonlyMap<string, EnvEntry>;
  readonly secrets: ReadonlySet<string>;
  /** Those of them that may be unset. */
  readonly optionalSecrets: ReadonlySet<string>;
  readonly tools: ReadonlyMap<string, ToolRequirement>;
}

/** Includes what the pipeline declares for all stages, if `pipeline` is given. */
export function readShared(section: Section, place: PatternPlace, pipeline: Shared | null): Shared {
  const requires = readRequires(section, place);
  const env = readEnv(section, place.params);
  const secrets = readSecrets(section);
  reportDoubles(section, env, secrets, pipeline);
  const excluding = requires[0];
  if (excluding?.entry.negated && (pipeline === null || pipeline.requires.length === 0)) {
    const message = `the first pattern, ${shown(excluding.entry.source)}, excludes from nothing`;
    const hint = 'put what is required in front of it';
    section.report({ code: 'PIPE013', message, at: section.place('requires'), hint });
  }
  return {
    requires: [...(pipeline?.requires ?? []).filter((one) => !isExcludedBy(requires, one)), ...requires],
    env: new Map([...(pipeline?.env ?? []), ...env]),
    ...joinedSecrets(pipeline, secrets),
    tools: new Map([...(pipeline?.tools ?? []), ...readTools(section)]),
  };
}

/** Nobody needs to have what the stage says in full that it does without. */
function isExcludedBy(own: readonly ItemEntry[], { entry }: ItemEntry): boolean {
  return own.some(
    (other) => other.entry.negated && other.pattern === null && globCovers(other.entry.glob, entry.glob),
  );
}

/** Parameters in values stay placeholders, until it is known which others there are. */
export function readEnv(section: Section, params: ParamText): ReadonlyMap<string, EnvEntry> {
  const env = new Map<string, EnvEntry>();
  const fields = openRecord(section, 'env', "an object such as { LANG: 'C', HOME: true }");
  for (const name of fields?.keys() ?? []) {
    if (fields === null || fields.isUnreadable(name)) continue;
    const placed = fields.placed(name);
    const { value, at } = placed;
    if (!isVariableName(fields, name, at) || value === undefined) continue;
    if (value === true) env.set(name, { kind: 'pass', name });
    else if (typeof value !== 'string') {
      const hint = typeof value === 'number' ? `put it in quotes: '${value}'` : undefined;
      mismatch(section.report, placed, 'text, or true to pass the variable on', hint);
    } else if (value.includes('\0')) mismatch(section.report, placed, 'text without NUL characters');
    else {
      params.notes(value, at);
      env.set(name, { kind: 'set', name, value });
    }
  }
  return env;
}

/** By name. */
type Secrets = ReadonlyMap<string, { readonly at: string; readonly optional: boolean }>;

function readSecrets(section: Section): Secrets {
  const secrets = new Map<string, { readonly at: string; readonly optional: boolean }>();
  const expected = 'an array of variable names';
  for (const placed of section.list('secrets', expected, 'array only')) {
    const optional = typeof placed.value === 'object' && placed.value !== null;
    const names = optional
      ? optionalTexts(placed, section.report, {
          expected: "a name such as 'API_KEY' or optional('…')",
          of: 'variable',
        })
      : [placed];
    for (const name of names) {
      const text = textOf(name, section.report);
      if (text === null || !isVariableName(section, text, name.at)) continue;
      // Named both ways it is required.
      secrets.set(text, { at: name.at, optional: optional && secrets.get(text)?.optional !== false });
    }
  }
  return secrets;
}

/** What anybody requires is required. */
function joinedSecrets(pipeline: Shared | null, own: Secrets): Pick<Shared, 'secrets' | 'optionalSecrets'> {
  const secrets = new Set([...(pipeline?.secrets ?? []), ...own.keys()]);
  const isRequired = (name: string) =>
    own.get(name)?.optional === false || (pipeline?.secrets.has(name) && !pipeline.optionalSecrets.has(name));
  return { secrets, optionalSecrets: new Set([...secrets].filter((name) => !isRequired(name))) };
}

/** A name is a secret or a declared variable: as both, its value would be told after all. */
function reportDoubles(
  section: Section,
  env: ReadonlyMap<string, EnvEntry>,
  secrets: Secrets,
  pipeline: Shared | null,
): void {
  const report = (name: string, at: string) =>
    section.report({ code: 'PIPE011', message: `"${name}" is both in env and in secrets`, at });
  for (const [name, { at }] of secrets) {
    if (env.has(name) || pipeline?.env.has(name)) report(name, at);
  }
  for (const name of env.keys()) {
    if (pipeline?.secrets.has(name) && !secrets.has(name)) report(name, placeOf(section.place('env'), name));
  }
}

function isVariableName(section: Section, name: string, at: string): boolean {
  const problem = !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${shown(name)} is no name of a variable: letters, digits and "_"`
    : name.startsWith('PIPE_')
      ? `"${name}" is reserved: variables that begin with PIPE_ are set by pipe`
      : null;
  if (problem !== null) section.report({ code: 'PIPE011', message: problem, at });
  return problem === null;
}

function readTools(section: Section): ReadonlyMap<string, ToolRequirement> {
  const tools = new Map<string, ToolRequirement>();
  const fields = openRecord(section, 'tools', "an object such as { python3: '>=3.9' }");
  for (const program of fields?.keys() ?? []) {
    const range = fields?.text(program) ?? null;
    if (fields === null || range === null) continue;
    const at = fields.place(program);
    if (!/^[^\s\p{Cc}]+$/u.test(program)) {
      section.report({ code: 'PIPE022', message: `${shown(program)} is no name of a program`, at });
    } else if (!isVersionRange(range)) {
      const hint = "write a range such as '>=3.9', '^2.1' or '*'";
      section.report({ code: 'PIPE022', message: `${shown(range)} is no range of versions`, at, hint });
    } else tools.set(program, { program, range });
  }
  return tools;
}

function openRecord(section: Section, field: string, expected: string): Section | null {
  if (section.value(field) === undefined) return null;
  return Section.open(section.placed(field), section.report, { expected });
}
