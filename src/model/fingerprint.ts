// What identifies an execution: equal fingerprints mean that a deterministic stage gives equal outputs.
// Not in it: times, the absolute root, the number of jobs, the stage's name.
import { hash } from 'node:crypto';
import type { Digest } from '../base/brand.ts';
import type { PatternSet } from './glob/pattern-set.ts';
import { hooksOfResult } from './hooks.ts';
import type { Item } from './items/item.ts';
import type { Manifest } from './manifest.ts';
import type { FingerprintPart } from './record.ts';
import type { Command, EnvEntry, Stage } from './stage.ts';
import type { StaleReason } from './verdict.ts';

/** Raise it when the meaning of a part changes: every old record is then stale, every old cache entry unknown. */
const formatVersion = '1';

/** What the definition of a stage takes from its surroundings. */
export interface Surroundings {
  /** The caller's values of the variables that the stage passes on. */
  readonly passed: (name: string) => string | undefined;
  /** In the order of `stage.tools`. */
  readonly toolIdentities: readonly string[];
  /** Of what runs for `script()` and inline functions. The modules are inputs too, but may be edited after this was compiled. */
  readonly code: Digest | null;
  /** Such as `linux-x64`. */
  readonly platform: string;
  /** Of what outputs are checked with; `null`: of nothing. */
  readonly checks?: Digest | null;
}

/** The part that says how outputs are checked: another check is no other execution. */
const checkPart = 'check';

/**
 * Everything but the input files, as named parts in a fixed order. Values are readable, so that
 * `pipe why` can show what changed; values that come from the caller's environment are digests.
 */
export function definitionParts(stage: Stage, surroundings: Surroundings): readonly FingerprintPart[] {
  const parts: FingerprintPart[] = [
    { name: 'fingerprint format', value: formatVersion },
    { name: 'command', value: commandText(stage.command, stage.name) },
    ...hooksOfResult(stage.hooks).map(([name, hook]) => ({
      name: `hook ${name}`,
      value: commandText(hook, stage.name),
    })),
  ];
  if (surroundings.code !== null) parts.push({ name: 'code', value: surroundings.code });
  if (stage.cwd !== '') parts.push({ name: 'cwd', value: stage.cwd });
  if (stage.command.kind === 'shell') parts.push({ name: 'shell', value: stage.shell });
  for (const { name, value } of stage.params)
    parts.push({ name: `parameter ${name}`, value: JSON.stringify(value) });
  for (const entry of stage.env)
    parts.push({ name: `env ${entry.name}`, value: envValue(entry, surroundings) });
  for (const name of stage.secrets) parts.push({ name: `secret ${name}`, value: 'declared' });
  stage.tools.forEach((tool, i) => {
    parts.push({ name: `tool ${tool.program}`, value: surroundings.toolIdentities[i] ?? 'unknown' });
  });
  parts.push({ name: 'requires', value: patternsText(stage.requires) });
  if (stage.produces !== null) parts.push({ name: 'produces', value: patternsText(stage.produces) });
  if (stage.item !== null) parts.push(...itemParts(stage.item));
  // How many share a batch is no part of it: each item is made of its own inputs.
  if (stage.batchSize !== null) parts.push({ name: 'batch', value: 'yes' });
  if (stage.version !== null) parts.push({ name: 'version', value: stage.version });
  parts.push({ name: 'platform', value: surroundings.platform });
  if (surroundings.checks) parts.push({ name: checkPart, value: surroundings.checks });
  return parts;
}

/**
 * The fingerprint of a task. The modules behind functions and scripts are among `inputs`.
 * SHA-256 over a length-prefixed encoding, so that no two different inputs read the same.
 */
export function fingerprintOf(parts: readonly FingerprintPart[], inputs: Manifest): Digest {
  let text = '';
  for (const part of parts) {
    if (part.name !== checkPart) text += prefixed(part.name) + prefixed(part.value);
  }
  text += `;${inputs.length};`;
  for (const entry of inputs) {
    text += `${prefixed(entry.path)}${entry.kind}${entry.executable ? '+x' : ''};${entry.digest}`;
  }
  return hash('sha256', text, 'hex') as Digest;
}

/** The identity of how outputs are checked; `null`: they are not. */
export function checksOf(parts: readonly FingerprintPart[]): Digest | null {
  return (parts.find(({ name }) => name === checkPart)?.value ?? null) as Digest | null;
}

/** Whether nothing is news but how outputs are checked. */
export function isAboutChecks(reason: StaleReason): boolean {
  return reason.code === 'definition-changed' && reason.name === checkPart;
}

export function digestOf(text: string): Digest {
  return hash('sha256', text, 'hex') as Digest;
}

function prefixed(text: string): string {
  return `;${text.length}:${text}`;
}

/** The file itself is an input; what it is called stands in its patterns, but for what they do not show. */
function itemParts({ path, name, captures, value }: Item): readonly FingerprintPart[] {
  const parts = Object.entries(captures).map(([capture, text]) => ({
    name: `capture ${capture}`,
    value: text,
  }));
  if (path !== null) return parts;
  return [
    { name: 'key', value: name },
    { name: 'record', value: digestOf(JSON.stringify(value)) },
  ];
}

function commandText(command: Command, stage: string): string {
  switch (command.kind) {
    case 'shell':
      return command.lines.length === 1 ? command.lines[0]! : JSON.stringify(command.lines);
    case 'exec':
      return `exec ${JSON.stringify(command.argv)}`;
    case 'script':
      return `script ${command.module}`;
    case 'function':
      // Two functions may read the same and mean different things by what they close over. The name costs
      // nothing here: changing it edits the configuration, which is an input of its functions anyway.
      return `function of ${stage}`;
  }
}

function envValue(entry: EnvEntry, surroundings: Surroundings): string {
  if (entry.kind === 'set') return JSON.stringify(entry.value);
  const value = surroundings.passed(entry.name);
  return value === undefined ? 'unset' : digestOf(value);
}

/** Canonical texts, so that `./a` and `a` are the same stage. Order counts: later entries win. */
export function patternsText(set: PatternSet): string {
  return set.entries
    .map((entry) => `${entry.negated ? '!' : ''}${entry.glob.text}${entry.glob.ownsFolder ? ' and all' : ''}`)
    .join('\n');
}
