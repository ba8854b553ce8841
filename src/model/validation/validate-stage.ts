// Checks one stage and fills in what it leaves out.
import { hintOfNames } from '../../base/did-you-mean.ts';
import { fillCommand } from '../command/command-line.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { hooksOfResult } from '../hooks.ts';
import { forAllItems } from '../items/for-each.ts';
import { filledEnv } from '../items/item-stage.ts';
import { combinationOf } from '../params/combination.ts';
import { type Param, paramWords } from '../params/param.ts';
import { canonicalPath, isOutside } from '../paths.ts';
import type { Freshness, Service, Stage } from '../stage.ts';
import { whens } from '../when.ts';
import { mismatch, type PlacedText, type Report, type Section } from './config-section.ts';
import { shown } from './config-value.ts';
import type { Declared } from './declared.ts';
import { reportUnknownFields, stageFields } from './known-fields.ts';
import { ParamText } from './param-text.ts';
import { readBatch } from './validate-batch.ts';
import { readChecks } from './validate-check.ts';
import { impliedFiles, readCommand } from './validate-command.ts';
import {
  capturesFor,
  placeholdersOf,
  readForEach,
  reportCaptures,
  requiredByAll,
} from './validate-for-each.ts';
import { readHooks } from './validate-hooks.ts';
import { type PatternPlace, readProduces } from './validate-patterns.ts';
import { type Pool, readShares, readWeight } from './validate-pools.ts';
import { readRetry } from './validate-retry.ts';
import { readNeeded } from './validate-services.ts';
import { readShared, type Shared } from './validate-shared.ts';

/** What a stage takes from its pipeline. */
export interface StageDefaults {
  readonly shared: Shared;
  readonly freshness: Freshness;
  readonly cache: boolean;
  /** Of all stages, in order. */
  readonly names: ReadonlySet<string>;
  readonly pools: Declared<Pool>;
  readonly services: Declared<Service>;
  readonly params: readonly Param[];
  readonly place: PatternPlace;
}

/** `null` when there is nothing to build a stage from; all that is wrong is reported. */
export function readStage(
  name: string,
  index: number,
  section: Section,
  defaults: StageDefaults,
): Stage | null {
  reportUnknownFields(section, stageFields);
  const params = new ParamText(defaults.params, section.report);
  const ownPlace = { ...defaults.place, params };
  const items = readForEach(section, ownPlace);
  const place = items === null ? ownPlace : { ...ownPlace, captures: capturesFor(items) };
  const description = section.text('description');
  const shared = readShared(section, place, defaults.shared);
  const produces = readProduces(section, place);
  const after = readAfter(name, section, defaults.names);
  const command = readCommand(section, place, placeholdersOf(items));
  const forEach = items === null ? null : { ...items, requires: shared.requires, produces };
  if (items !== null) reportCaptures(section, items);
  const cwd = readCwd(section, place);
  const weight = readWeight(section);
  const onFailure = new ParamText(defaults.params, section.report);
  const hooks = readHooks(section, place, placeholdersOf(items), onFailure);
  const batchSize = readBatch(section, items);
  const when = section.oneOf('when', whens) ?? 'success';
  const rest = {
    shell: readShell(section),
    timeoutMs: section.durationMs('timeout'),
    nice: readNice(section),
    retry: readRetry(section),
    hooks,
    weight,
    pools: readShares(section, defaults.pools, weight),
    services: readNeeded(section, defaults.services),
    checks: readChecks(section, place, produces && forAllItems(produces)),
    optional: section.flag('optional') ?? false,
    freshness: section.oneOf('freshness', ['hash', 'mtime']) ?? defaults.freshness,
    when,
    // What runs over a failure runs for each: no result of before can stand for it.
    cache: when !== 'failure' && (section.flag('cache') ?? defaults.cache),
    clean: section.flag('clean') ?? true,
    protect: section.flag('protect') ?? false,
    watch: section.oneOf('watch', ['auto', 'manual']) ?? 'auto',
    version: section.text('version'),
  };
  if (command === null) return null;
  const uses = params.uses(defaults.place.params);
  const words = paramWords(uses);
  return {
    name,
    index,
    description,
    requires: { entries: forEach === null ? forAllItems(shared.requires) : requiredByAll(forEach) },
    implied: impliedFiles(
      [command, ...hooksOfResult(hooks).map(([, hook]) => hook)].map((one) => fillCommand(one, words)),
      cwd,
      place,
    ),
    produces: produces === null ? null : { entries: forAllItems(produces) },
    after,
    command,
    // For an item its captures are filled in as well, all at once: no value is looked into for placeholders.
    env: sortedBy(shared.env).map((entry) => (items === null ? filledEnv(entry, words) : entry)),
    secrets: [...shared.secrets].sort(),
    optionalSecrets: [...shared.optionalSecrets].sort(),
    tools: sortedBy(shared.tools),
    cwd,
    params: uses,
    paramsOnFailure: onFailure.uses(params, defaults.place.params),
    combination: combinationOf(produces === null ? uses : params.tellingApart(uses)),
    ...rest,
    always:
      when !== 'failure' &&
      items === null &&
      produces === null &&
      !shared.requires.some(({ entry }) => !entry.negated),
    forEach,
    batchSize,
    item: null,
  };
}

/** Those of `names` that are stages, each once; the others are reported. */
export function knownStages(
  names: readonly PlacedText[],
  stages: ReadonlySet<string>,
  report: Report,
): readonly string[] {
  for (const { text, at } of names) {
    if (!stages.has(text)) report(unknownStage(text, at, stages));
  }
  return [...new Set(names.map(({ text }) => text).filter((text) => stages.has(text)))];
}

function unknownStage(name: string, at: string, stages: ReadonlySet<string>): Diagnostic {
  const message = `there is no stage ${shown(name)}`;
  return { code: 'PIPE019', message, at, hint: hintOfNames(name, [...stages]) };
}

function readAfter(name: string, section: Section, stages: ReadonlySet<string>): readonly string[] {
  const names = section.texts('after', 'the name of a stage, or an array of them', 'or one');
  for (const { text, at } of names) {
    if (text !== name) continue;
    const hint = `take "${name}" out of its own "after"`;
    section.report({ code: 'PIPE018', message: `stage "${name}" is to run after itself`, at, hint });
  }
  return knownStages(names, stages, section.report).filter((one) => one !== name);
}

function readCwd(section: Section, { params, ...folders }: PatternPlace): string {
  const written = section.text('cwd');
  if (written === null) return '';
  const text = params.text(written, section.place('cwd'));
  const cwd = canonicalPath(text, folders);
  if (!isOutside(cwd)) return cwd;
  const message = `${shown(text)} lies outside the folder of the configuration`;
  const hint = 'a stage runs inside it; for a tool that must run elsewhere, put a `cd` into the shell line';
  section.report({ code: 'PIPE023', message, at: section.place('cwd'), hint });
  return '';
}

function readShell(section: Section): string {
  const shell = section.text('shell');
  if (shell === null) return '/bin/sh';
  const isProgram = shell.startsWith('/') || /^[^/\s]+$/.test(shell);
  if (!isProgram) {
    const hint = 'options of the shell cannot be given here; a shell line may begin with `set`';
    mismatch(section.report, section.placed('shell'), 'an absolute path or the name of a program', hint);
  }
  return shell;
}

/** `true` stands for what the program `nice` does where it is told nothing. */
function readNice(section: Section): number {
  const placed = section.placed('nice');
  const { value } = placed;
  if (value === undefined) return 0;
  if (value === true) return 10;
  if (typeof value === 'number' && Number.isInteger(value) && value >= -20 && value <= 19) return value;
  mismatch(section.report, placed, 'a whole number from -20 to 19, or true');
  return 0;
}

function sortedBy<T>(byName: ReadonlyMap<string, T>): readonly T[] {
  return [...byName.keys()].sort().map((name) => byName.get(name)!);
}
