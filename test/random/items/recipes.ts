// The pipelines of stories with items, and their meaning as a configuration: from item to item, gathered, of records,
// with parameters, hooks and retries.
import { hold, isFree, type Labour, shellLineOf } from './labour.ts';

export const stageNames = [
  ...(['first', 'last', 'check', 'doc', 'recs', 'each', 'all'] as const),
  ...(['tidy', 'alarm'] as const),
] as const;
export type StageName = (typeof stageNames)[number];

/** What of a stage a person may change at any time. */
export interface Knobs {
  readonly salt: number;
  readonly letters: boolean;
  readonly hook: Labour['hook'];
  readonly attempts: 1 | 2 | 3;
  /** Needs the one place of the pool; asks the service. */
  readonly pool: boolean;
  readonly service: boolean;
  /** Its failure does not fail the run. */
  readonly optional: boolean;
  /** Counts where the stage has items. */
  readonly batch: number | null;
  /** Goes by the times of files; counts where some stages do. */
  readonly byTimes: boolean;
}

/** All that makes one pipeline another. */
export interface Manner {
  /** Where the parameter stands; for a whole story, for what other values made is nobody's then. */
  readonly params: 'none' | 'in-paths' | 'in-commands';
  /** `split`: one stage makes all that the others make for each item. */
  readonly first: 'plain' | 'swapped' | 'pair' | 'split';
  /**
   * `stream`: from item to item. `dashes`: waits for all, for nothing tells that two of its items do not meet. `many`:
   * each needs many of those before. `meeting`: two of them may make the same file. `gather`: it has no items itself.
   */
  readonly last: 'stream' | 'dashes' | 'many' | 'meeting' | 'gather';
  /** Whether it takes what was made of records, too. */
  readonly all: 'everything' | 'no-records';
  /** Whether another stage makes the document of records. */
  readonly list: 'source' | 'made';
  /** The stages for a failure and for any end, if there are any; for a whole story. */
  readonly whens: 'none' | 'plain' | 'items';
  /** Whether the pool is left alone for a moment when two attempts have failed; for a whole story. */
  readonly breaker: boolean;
  /** Whether there is something to be done around each run; for a whole story. */
  readonly around: boolean;
  /** Which stages go by the times of files; for a whole story. */
  readonly times: 'none' | 'some' | 'all';
  readonly knobs: Readonly<Record<StageName, Knobs>>;
}

export interface Need {
  readonly pattern: string;
  readonly optional: boolean;
}

export interface Recipe extends Labour {
  readonly name: StageName;
  readonly requires: readonly Need[];
  readonly optional: boolean;
  readonly pool: boolean;
  /** How the stages before it must have ended. */
  readonly when: 'success' | 'failure' | 'always';
  /** Whose files it reads, or has for its items; with `when`, also after which it comes without that. */
  readonly upstream: readonly StageName[];
  /** Its items begin one by one, as those of the stage before end. */
  readonly streams: boolean;
  readonly attempts: number;
  /** Whether it goes by the times of files, if it makes any. */
  readonly byTimes: boolean;
  /** Where everything lies that it ever made with these parameters, whatever its manner was. */
  readonly home: (path: string, params: Params) => boolean;
}

export interface Params {
  readonly s: 'm' | 'n';
}

export const sourceList = 'src/list.jsonl';
const madeList = 'list.jsonl';
const shared: Need = { pattern: 'guide.md', optional: false };

/** In an order in which they can be done. */
export function recipesOf(manner: Manner): readonly Recipe[] {
  const { params, first, last, list, all, whens, knobs, times } = manner;
  const p = params === 'in-paths' ? '{params.s}/' : '';
  const inCommand = params !== 'none';
  const item = 'in/{x}/{y}.t';
  const mid = first === 'swapped' ? `mid/${p}{y}/{x}.m` : `mid/${p}{x}/{y}.m`;
  const made = `mid/${p}{x}/{y}.m`;
  const document = list === 'made' ? madeList : sourceList;
  const name = { NAME: '{x}-{y}' };
  const at =
    (folder: string) =>
    (path: string, { s }: Params) =>
      path.startsWith(params === 'in-paths' ? `${folder}/${s}/` : `${folder}/`);
  const firstHome = (path: string, values: Params) => at('mid')(path, values) || at('notes')(path, values);
  const common = { when: 'success', env: {}, usesParam: false, streams: false, upstream: [] } as const;
  const byTimes = (stage: StageName) => times === 'all' || (times === 'some' && knobs[stage].byTimes);
  const of = (stage: StageName) => ({ ...common, name: stage, ...knobs[stage], byTimes: byTimes(stage) });
  const recipes: readonly Recipe[] = [
    first === 'split'
      ? {
          ...{ ...of('first'), kind: 'spread', forEach: null, usesParam: inCommand, home: firstHome },
          ...{ requires: [optional('in/**/*.t'), shared], produces: [`mid/${p}`] },
        }
      : {
          ...{ ...of('first'), kind: 'words', forEach: files(item), usesParam: inCommand, home: firstHome },
          ...{ requires: [], env: name },
          produces: first === 'pair' ? [mid, `notes/${p}{x}/{y}.n`] : [mid],
        },
    {
      ...{ ...of('last'), kind: 'words', upstream: ['first'], home: at('out') },
      usesParam: params === 'in-paths',
      streams: last === 'stream' && first !== 'split',
      ...lastOf(last, { p, item, made }),
    },
    {
      ...{ ...of('check'), kind: 'words', forEach: files(item), requires: [], produces: [], env: name },
      ...{ usesParam: inCommand, home: () => false },
    },
    {
      ...{ ...of('doc'), kind: 'list', forEach: null, requires: [need(sourceList)] },
      ...{ produces: [madeList], home: (path) => path === madeList },
    },
    {
      ...{ ...of('recs'), kind: 'words', forEach: { kind: 'records', document } },
      ...{ upstream: list === 'made' ? ['doc'] : [], env: { NAME: '{key}' }, home: at('rec') },
      ...{ requires: [shared], produces: ['rec/{key}.r'] },
      home: (path) => path.startsWith('rec/'),
    },
    {
      ...{ ...of('each'), kind: 'words', upstream: ['recs'], streams: true, forEach: files('rec/{k}.r') },
      ...{ requires: [], produces: ['rec2/{k}.s'], env: { NAME: '{k}' } },
      home: (path) => path.startsWith('rec2/'),
    },
    {
      ...{ ...of('all'), kind: 'words', forEach: null },
      upstream: all === 'everything' ? ['last', 'each'] : ['last'],
      ...{ usesParam: params === 'in-paths', produces: [`sum/${p}all.txt`], home: at('sum') },
      requires: [
        ...[shared, optional(`out/${p}**/*.o`)],
        ...(all === 'everything' ? [optional('rec2/*.s')] : []),
      ],
    },
  ];
  if (whens === 'none') return recipes.map(inBatches);
  const ofItems = whens === 'items';
  const others: readonly Recipe[] = [
    {
      ...{ ...of('tidy'), kind: 'words', when: 'always', upstream: ['first', 'recs'], home: at('tidy') },
      ...{ usesParam: params === 'in-paths', forEach: ofItems ? files(made) : null },
      requires: ofItems ? [] : [shared, optional(`mid/${p}**/*.m`)],
      produces: [ofItems ? `tidy/${p}{x}/{y}.d` : `tidy/${p}all.d`],
    },
    {
      ...{ ...of('alarm'), kind: 'words', when: 'failure', upstream: ['last', 'each'] },
      ...{ forEach: ofItems ? files(item) : null, requires: [shared] },
      produces: [ofItems ? 'alarm/{x}/{y}.a' : 'alarm/all.a'],
      home: (path) => path.startsWith('alarm/'),
    },
  ];
  return [...recipes, ...others].map(inBatches);
}

/** What a batch cannot have is left out. */
function inBatches(recipe: Recipe): Recipe {
  if (recipe.forEach === null) return { ...recipe, batch: null };
  return recipe.batch === null ? recipe : { ...recipe, hook: 'none', env: {} };
}

function lastOf(
  last: Manner['last'],
  { p, item, made }: { readonly p: string; readonly item: string; readonly made: string },
): Pick<Recipe, 'forEach' | 'requires' | 'produces' | 'env'> {
  const env = { NAME: '{x}-{y}' };
  const style = need('style/{x}.md');
  switch (last) {
    case 'stream':
      return { forEach: files(made), requires: [style], produces: [`out/${p}{x}/{y}.o`], env };
    case 'dashes':
      return { forEach: files(made), requires: [style], produces: [`out/${p}{x}-{y}.o`], env };
    case 'meeting':
      return { forEach: files(made), requires: [style], produces: [`out/${p}{y}.o`], env };
    case 'many':
      return {
        forEach: files(item),
        requires: [need(`mid/${p}{x}/*.m`)],
        produces: [`out/${p}{x}/{y}.o`],
        env,
      };
    case 'gather':
      return {
        forEach: null,
        requires: [shared, optional(`mid/${p}**/*.m`)],
        produces: [`out/${p}all.o`],
        env: {},
      };
  }
}

/** The text of the configuration. `jobs`: of builds without flags. */
export function configOf(manner: Manner): string {
  const text = JSON.stringify(
    specOf(manner, (document) => `records of ${document}`),
    null,
    2,
  ).replace(/"records of (.*)"/g, `items('$1', (all) => all, { key: 'key' })`);
  return `import { definePipeline, items } from 'pipe-build';\nexport default definePipeline(${text});\n`;
}

/** What `definePipeline` is given. */
export function specOf(manner: Manner, recordsOf: (document: string) => unknown) {
  const stages = recipesOf(manner).map((recipe) => [recipe.name, stageOf(recipe, recordsOf)] as const);
  const s = { type: 'string', choices: ['m', 'n'], default: 'm' };
  const params = manner.params === 'none' ? {} : { params: { s } };
  const pools = { p: { limit: 1, ...(manner.breaker ? { breaker: { failures: 2, pause: 3 } } : {}) } };
  return {
    name: 'items',
    jobs: 1,
    ...params,
    pools,
    services: { up: service },
    ...(manner.around ? { hooks } : {}),
    stages: Object.fromEntries(stages),
  };
}

/** Of the hooks around a run, the one fails whose first letter stands there. */
export const hookFile = 'hooks.txt';

const hooks = Object.fromEntries(
  ['before', 'after', 'onFailure'].map((name) => [
    name,
    `if grep -q ${name[0]} ${hookFile}; then exit 1; fi`,
  ]),
);

/** It does not start as long as its file says so. */
export const serviceFile = 'service.txt';

const service = {
  check: `! ${isFree}`,
  start: [
    `if grep -q x ${serviceFile}; then exit 1; fi`,
    // It waits for those who are just looking.
    ...[`exec 9>> ${hold}`, 'flock 9', 'exec sleep 300'],
  ].join('; '),
  interval: 5,
};

function stageOf(recipe: Recipe, recordsOf: (document: string) => unknown) {
  const { forEach, requires, produces, env, attempts, batch, when, upstream } = recipe;
  const { run, hooks } = shellLineOf(recipe);
  const written = ({ pattern, optional }: Need) =>
    optional ? { kind: 'optional' as const, patterns: [pattern] } : pattern;
  return {
    ...(forEach?.kind === 'files' ? { forEach: written(optional(forEach.pattern)) } : {}),
    ...(forEach?.kind === 'records' ? { forEach: recordsOf(forEach.document) } : {}),
    ...(requires.length > 0 ? { requires: requires.map(written) } : {}),
    ...(produces.length > 0 ? { produces } : {}),
    ...(batch === null ? {} : { batch: { size: batch } }),
    ...(attempts > 1 ? { retry: { attempts, delay: 1 } } : {}),
    ...(recipe.optional ? { optional: true } : {}),
    ...(recipe.byTimes ? { freshness: 'mtime' } : {}),
    ...(recipe.pool ? { pool: 'p' } : {}),
    ...(recipe.service ? { services: 'up' } : {}),
    ...(when === 'success' ? {} : { when, after: upstream }),
    ...{ env, run, hooks },
  };
}

function files(pattern: string) {
  return { kind: 'files' as const, pattern };
}

function need(pattern: string): Need {
  return { pattern, optional: false };
}

function optional(pattern: string): Need {
  return { pattern, optional: true };
}
