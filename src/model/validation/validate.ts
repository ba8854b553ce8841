// Turns what a configuration exports into a pipeline, or into everything that is wrong with it.
import { posix } from 'node:path';
import { err, ok, type Result } from '../../base/result.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { canonicalPath } from '../paths.ts';
import type { Pipeline, Stage } from '../stage.ts';
import { printable } from '../words/printable.ts';
import { mismatch, type Report, reportBadName, Section } from './config-section.ts';
import { itemsOf, shown } from './config-value.ts';
import { pipelineFields, reportUnknownFields } from './known-fields.ts';
import { ParamText } from './param-text.ts';
import { parseSize } from './size.ts';
import { readBudget } from './validate-budget.ts';
import { type GivenParams, readParams } from './validate-params.ts';
import { everythingIn } from './validate-patterns.ts';
import { readPools } from './validate-pools.ts';
import { readRunHooks } from './validate-run-hooks.ts';
import { readServices } from './validate-services.ts';
import { readShared } from './validate-shared.ts';
import { knownStages, readStage, type StageDefaults } from './validate-stage.ts';

/** Where the configuration stands. All paths are absolute but for `folderName`. */
export interface ConfigPlace {
  readonly root: string;
  /** What `~/` stands for. */
  readonly home: string;
  readonly configPath: string;
  /** The name of a pipeline that gives itself none. */
  readonly folderName: string;
}

export interface ValidateOptions {
  /** Where all of it is known to be right, these stages alone are read. */
  readonly only?: ReadonlySet<string> | null;
  /** Default: what the configuration itself says. */
  readonly params?: GivenParams;
}

const defaultCacheBytes = 10_000_000_000;

/**
 * Diagnostics: first of the pipeline's own fields, then stage by stage. Never throws, whatever `spec` is.
 */
export function validate(
  spec: unknown,
  config: ConfigPlace,
  { only = null, params = 'of the configuration' }: ValidateOptions = {},
): Result<Pipeline, readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (diagnostic) => diagnostics.push(diagnostic);
  const section = Section.open({ value: spec, at: '' }, report, {
    code: 'PIPE006',
    expected: 'a pipeline',
    hint: 'write `export default definePipeline({ stages: { … } })`',
  });
  const pipeline = section === null ? null : readPipeline(section, config, { only, params });
  return diagnostics.length === 0 && pipeline !== null ? ok(pipeline) : err(diagnostics);
}

function readPipeline(
  section: Section,
  config: ConfigPlace,
  { only, params: given }: Required<ValidateOptions>,
): Pipeline {
  reportUnknownFields(section, pipelineFields);
  const folders = { root: posix.normalize(config.root), home: posix.normalize(config.home) };
  const configPath = canonicalPath(config.configPath, folders);
  const params = readParams(section, given);
  const inText = new ParamText(params, section.report);
  const inside = everythingIn(folders.root);
  const place = { ...folders, configPath, inside, captures: null, params: inText };
  const name = readName(section) ?? (config.folderName.trim() || 'pipeline');
  const shared = readShared(section, place, null);
  const freshness = section.oneOf('freshness', ['hash', 'mtime']) ?? 'hash';
  const jobs = readJobs(section);
  const cacheMaxBytes = readCache(section);
  const sections = openStages(section);
  const names = new Set(sections?.keys());
  const defaults = {
    shared,
    freshness,
    cache: cacheMaxBytes !== null,
    names,
    place,
    params,
    pools: readPools(section),
    services: readServices(section, shared, { place, params }),
  };
  const stages = sections === null ? [] : readStages(sections, defaults, only);
  const pipelines = readPipelines(section, names);
  // A stage that asks for the cache has one, though the pipeline's default is none.
  const isCacheWanted = stages.some((stage) => stage.cache);
  return {
    name,
    stages,
    pipelines,
    budget: readBudget(section),
    params,
    hooks: readRunHooks(section, shared, { place, params }),
    jobs,
    cacheMaxBytes: cacheMaxBytes ?? (isCacheWanted ? defaultCacheBytes : null),
  };
}

function readName(section: Section): string | null {
  const name = section.text('name');
  if (name !== null && printable(name) !== name) {
    const message = 'the name has control characters';
    section.report({ code: 'PIPE020', message, at: section.place('name') });
  }
  return name;
}

function readJobs(section: Section): number | null {
  const placed = section.placed('jobs');
  if (placed.value === undefined) return null;
  if (typeof placed.value === 'number' && Number.isSafeInteger(placed.value) && placed.value >= 1) {
    return placed.value;
  }
  mismatch(section.report, placed, 'a whole number of at least 1');
  return null;
}

function readCache(section: Section): number | null {
  const placed = section.placed('cache');
  if (placed.value === undefined || placed.value === true) return defaultCacheBytes;
  if (placed.value === false) return null;
  const cache = Section.open(placed, section.report, { expected: "false or { maxSize: '10GB' }" });
  if (cache === null) return null;
  reportUnknownFields(cache, ['maxSize']);
  const size = cache.placed('maxSize');
  if (size.value === undefined) return defaultCacheBytes;
  const parsed = parseSize(size.value);
  if (parsed.ok) return parsed.value;
  const message = `expected ${parsed.error}, found ${shown(size.value)}`;
  section.report({ code: 'PIPE021', message, at: size.at, hint: 'for no cache at all write `cache: false`' });
  return null;
}

function openStages(section: Section): Section | null {
  const { report } = section;
  const placed = section.placed('stages');
  const hint = "write stages: { name: { run: '…' } }";
  const stages =
    placed.value === undefined
      ? null
      : Section.open(placed, report, { expected: 'an object of stages', hint });
  if (!section.has('stages') || stages?.keys().length === 0) {
    report({ code: 'PIPE012', message: 'the pipeline has no stages', at: placed.at, hint });
  }
  return stages;
}

function readStages(
  sections: Section,
  defaults: StageDefaults,
  only: ReadonlySet<string> | null,
): readonly Stage[] {
  const { report } = sections;
  return sections.keys().flatMap((name, index) => {
    if (only !== null && !only.has(name)) return [];
    reportBadName(sections, 'stage', name);
    if (sections.isUnreadable(name)) return [];
    const section = Section.open(sections.placed(name), report, { expected: "a stage such as { run: '…' }" });
    const stage = section === null ? null : readStage(name, index, section, defaults);
    return stage === null ? [] : [stage];
  });
}

function readPipelines(
  section: Section,
  stages: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (section.value('pipelines') === undefined) return found;
  const { report } = section;
  const pipelines = Section.open(section.placed('pipelines'), report, {
    expected: 'an object such as { name: [stages] }',
  });
  for (const name of pipelines?.keys() ?? []) {
    if (pipelines === null || pipelines.isUnreadable(name)) continue;
    const at = pipelines.place(name);
    reportBadName(pipelines, 'pipeline', name);
    if (stages.has(name)) {
      const message = `"${name}" is the name of a stage and of a pipeline`;
      report({ code: 'PIPE020', message, at, hint: 'give one of them another name' });
    }
    const expected = 'an array of at least one stage name';
    const items = itemsOf(pipelines.value(name));
    if (!items.ok || items.value.length === 0) mismatch(report, pipelines.placed(name), expected);
    else found.set(name, knownStages(pipelines.texts(name, expected, 'array only'), stages, report));
  }
  return found;
}
