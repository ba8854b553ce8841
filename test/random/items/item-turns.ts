// What may happen to a pipeline with items from build to build; as data, so that it can be told and told again.
import fc from 'fast-check';
import { hookFile, type Manner, type StageName, serviceFile, stageNames } from './recipes.ts';

/** `pick` chooses among what there is, whatever the number. */
export type ItemChange =
  | { readonly kind: 'write'; readonly path: string; readonly text: string }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly to: string }
  | { readonly kind: 'record'; readonly key: string; readonly text: string | null }
  /** The records stand in another order, or one of them stands there twice. */
  | { readonly kind: 'turn-list' | 'repeat-record' }
  | { readonly kind: 'lose-output' | 'spoil-output'; readonly pick: number }
  /** A file of a person where some item might have its output. */
  | { readonly kind: 'plant'; readonly path: string }
  /** Its time is that of now, or long ago. */
  | { readonly kind: 'touch'; readonly pick: number; readonly to: 'now' | 'long-ago' }
  | { readonly kind: 'salt'; readonly stage: StageName; readonly to: number }
  | {
      readonly kind: 'letters' | 'optional' | 'pool' | 'service' | 'byTimes';
      readonly stage: StageName;
      readonly to: boolean;
    }
  | { readonly kind: 'hook'; readonly stage: StageName; readonly to: Manner['knobs']['first']['hook'] }
  | { readonly kind: 'batch'; readonly stage: StageName; readonly to: number | null }
  | { readonly kind: 'attempts'; readonly stage: StageName; readonly to: 1 | 2 | 3 }
  | { readonly kind: 'first'; readonly to: Manner['first'] }
  | { readonly kind: 'last'; readonly to: Manner['last'] }
  | { readonly kind: 'list'; readonly to: Manner['list'] }
  | { readonly kind: 'all'; readonly to: Manner['all'] }
  | { readonly kind: 'lose-cache' | 'lose-everything' };

export interface ItemRequest {
  readonly param: 'm' | 'n';
  /** `item`: chooses one of the stage, where it has any that are known. */
  readonly what:
    | { readonly kind: 'all' }
    | { readonly kind: 'targets' | 'only'; readonly stage: StageName; readonly item: number | null };
  readonly force: boolean;
  readonly keepGoing: boolean;
  readonly jobs: number;
  readonly budget: number | null;
  readonly cache: boolean;
  /** `pipe build` alone, which may build a part of the whole: then nothing of the above counts. */
  readonly isFlagless: boolean;
}

/** `within`: when so many have begun; else after this fraction of what a build takes. */
export type Death = { readonly within: number } | { readonly fraction: number };

/**
 * Somebody edits a source while the command runs that is the so many-th to begin: before it reads its inputs, or after
 * that. `isOwn`: one of these, if there is one. `output`: what becomes of what another task makes, instead of a source;
 * `former`: it holds again what it held before the build.
 */
export interface Meddling {
  readonly within: number;
  readonly when: 'before' | 'after';
  readonly isOwn: boolean;
  readonly output: 'edited' | 'former' | 'deleted' | null;
  readonly pick: number;
  readonly text: string;
}

export interface ItemTurn {
  readonly changes: readonly ItemChange[];
  readonly request: ItemRequest;
  readonly death: Death | null;
  /** Counts where nobody dies. */
  readonly meddling: Meddling | null;
  /** Another build begins at the same moment; `isPatient`: it waits where the first is at work. Counts where nobody dies. */
  readonly twice: { readonly isPatient: boolean } | null;
  /** Whether the next build must find nothing to do. */
  readonly again: boolean;
}

const folders = ['p', 'q'] as const;
const names = ['1', 'b c', 'p', 'q'] as const;
export const keys = ['1', '2', 'k'] as const;

const item = fc.record({ x: fc.constantFrom(...folders), y: fc.constantFrom(...names) });
const itemPath = item.map(({ x, y }) => `in/${x}/${y}.t`);
const stylePath = fc.constantFrom(...folders, ...names).map((x) => `style/${x}.md`);
const planted = fc
  .tuple(fc.constantFrom('', 'm/', 'n/'), item, fc.constantFrom('mid .m', 'out .o'))
  .map(([p, { x, y }, where]) => where.replace(' ', `/${p}${x}/${y}`));
/** Few, so that what there was comes back. Some of the letters mean harm. */
const text = weighted<string>(
  [5, fc.constantFrom('a1\n', 'a2\n', 'c1\n')],
  [
    2,
    fc
      .array(fc.constantFrom('a1', 'b1', 'c1', 'f1', 'k1', 'k1', 'r1', 't1'), { minLength: 1, maxLength: 2 })
      .map((lines) => lines.map((line) => `${line}\n`).join('')),
  ],
);
const stage = fc.constantFrom(...stageNames);
const pick = fc.nat(99);
const rarely = fc.nat(3).map((n) => n === 3);

const first = fc.constantFrom<Manner['first']>('plain', 'plain', 'swapped', 'pair', 'split');
const last = fc.constantFrom<Manner['last']>('stream', 'stream', 'dashes', 'many', 'meeting', 'gather');
const all = fc.constantFrom<Manner['all']>('everything', 'no-records');
const list = fc.constantFrom<Manner['list']>('source', 'made');
const hook = fc.constantFrom<Manner['knobs']['first']['hook']>('none', 'after-1', 'after-2', 'before');
const batch = fc.constantFrom(null, null, 1, 2, 3, 5);
const attempts = fc.constantFrom<1 | 2 | 3>(1, 2, 3, 3);

function weighted<T>(...all: readonly (readonly [number, fc.Arbitrary<T>])[]): fc.Arbitrary<T> {
  return fc.oneof(...all.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

function of<Kind extends ItemChange['kind']>(...kinds: readonly Kind[]) {
  return fc.constantFrom(...kinds);
}

/** Of files alone. */
export const fileChanges = weighted<ItemChange>(
  [8, fc.record({ kind: of('write'), path: itemPath, text })],
  [1, fc.record({ kind: of('write'), path: stylePath, text })],
  [1, fc.record({ kind: of('write'), path: fc.constant('guide.md'), text })],
  [4, fc.record({ kind: of('remove'), path: itemPath })],
  [1, fc.record({ kind: of('remove'), path: stylePath })],
  [3, fc.record({ kind: of('rename'), path: itemPath, to: itemPath })],
  [
    4,
    fc.record({
      kind: of('record'),
      key: fc.constantFrom(...keys),
      text: fc.option<string, null>(text, { freq: 2 }),
    }),
  ],
  [1, fc.record({ kind: of('turn-list', 'turn-list', 'repeat-record') })],
  [3, fc.record({ kind: of('lose-output', 'spoil-output'), pick })],
  [1, fc.record({ kind: of('plant'), path: planted })],
  [
    1,
    fc.record({
      kind: of('touch'),
      pick,
      to: fc.constantFrom('now' as const, 'now' as const, 'long-ago' as const),
    }),
  ],
);

/** Such as a build of a part may be enough for, mostly. */
export const itemEdits = weighted<ItemChange>(
  [2, fc.record({ kind: of('write'), path: itemPath, text })],
  [1, fileChanges],
);

export const anyItemChange = weighted<ItemChange>(
  [24, fileChanges],
  [2, fc.record({ kind: of('salt'), stage, to: fc.nat(2) })],
  [2, fc.record({ kind: of('letters', 'optional', 'pool', 'service', 'byTimes'), stage, to: fc.boolean() })],
  [2, fc.record({ kind: of('hook'), stage, to: hook })],
  [2, fc.record({ kind: of('attempts'), stage, to: attempts })],
  [2, fc.record({ kind: of('batch'), stage, to: batch })],
  [
    1,
    fc.record({
      kind: of('write'),
      path: fc.constant(serviceFile),
      text: fc.constantFrom('x\n', 'up\n', 'up\n'),
    }),
  ],
  [
    2,
    fc.record({
      kind: of('write'),
      path: fc.constant(hookFile),
      text: fc.constantFrom('b\n', 'b\n', 'a\n', 'o\n', 'fine\n', 'fine\n'),
    }),
  ],
  [1, fc.record({ kind: of('first'), to: first })],
  [1, fc.record({ kind: of('last'), to: last })],
  [1, fc.record({ kind: of('list'), to: list })],
  [1, fc.record({ kind: of('all'), to: all })],
  [1, fc.record({ kind: of('lose-cache', 'lose-cache', 'lose-everything') })],
);

const flagged: fc.Arbitrary<ItemRequest> = fc.record({
  param: fc.constantFrom('m' as const, 'n' as const),
  what: weighted<ItemRequest['what']>(
    [5, fc.constant({ kind: 'all' as const })],
    [
      2,
      fc.record({
        kind: fc.constantFrom('targets' as const, 'only' as const),
        stage,
        item: fc.option<number, null>(fc.nat(9), { freq: 2 }),
      }),
    ],
  ),
  force: fc.nat(9).map((n) => n === 9),
  keepGoing: fc.nat(2).map((n) => n > 0),
  jobs: fc.constantFrom(1, 2, 4),
  budget: weighted<number | null>([4, fc.constant(null)], [1, fc.integer({ min: 1, max: 7 })]),
  cache: fc.nat(5).map((n) => n < 5),
  isFlagless: fc.constant(false),
});

export const flagless: ItemRequest = {
  ...{ param: 'm', what: { kind: 'all' }, force: false, keepGoing: false, jobs: 1, budget: null },
  cache: true,
  isFlagless: true,
};

const death: fc.Arbitrary<Death> = fc.oneof(
  fc.record({ within: fc.nat(6) }),
  fc.record({ fraction: fc.nat(999).map((n) => n / 1000) }),
);

const meddling: fc.Arbitrary<Meddling> = fc.record({
  within: fc.nat(3),
  when: fc.constantFrom('before' as const, 'after' as const),
  isOwn: fc.nat(3).map((n) => n > 0),
  output: fc.constantFrom<Meddling['output']>(null, null, 'edited', 'former', 'deleted'),
  ...{ pick, text },
});

export interface ItemTurnKinds {
  readonly changes: fc.Arbitrary<ItemChange>;
  readonly leastChanges: number;
  readonly mostChanges: number;
  /** How many builds that come to their end come for one that is killed. */
  readonly peaceful: number;
  /** How many times two builds begin at once for nine of one. */
  readonly twice: number;
  /** How many builds come for one during which somebody edits a source. */
  readonly quiet: number;
  /** How many builds that are asked for without a flag come for one that is asked for as it may be. */
  readonly flagless: number;
}

export function itemTurns(kinds: ItemTurnKinds): fc.Arbitrary<ItemTurn> {
  return fc.record({
    changes: fc.array(kinds.changes, {
      minLength: kinds.leastChanges,
      maxLength: kinds.mostChanges,
      size: 'max',
    }),
    request: weighted([1, flagged], [kinds.flagless, fc.constant(flagless)]),
    death: weighted<Death | null>([kinds.peaceful, fc.constant(null)], [1, death]),
    meddling: weighted<Meddling | null>([kinds.quiet, fc.constant(null)], [1, meddling]),
    twice: weighted<ItemTurn['twice']>(
      [9, fc.constant(null)],
      [kinds.twice, fc.record({ isPatient: fc.boolean() })],
    ),
    again: fc.nat(2).map((n) => n === 0),
  });
}

export const manners: fc.Arbitrary<Manner> = fc.record({
  params: fc.constantFrom<Manner['params']>('none', 'in-paths', 'in-commands'),
  ...{ first, last, list, all },
  ...{ breaker: fc.boolean(), around: fc.nat(3).map((n) => n > 0) },
  whens: fc.constantFrom<Manner['whens']>('none', 'plain', 'items'),
  times: weighted<Manner['times']>([5, fc.constant('none')], [1, fc.constantFrom('some', 'all')]),
  knobs: fc.record(
    Object.fromEntries(
      stageNames.map((name) => [
        name,
        fc.record({
          salt: fc.constant(0),
          letters: fc.boolean(),
          hook: weighted([3, fc.constant<Manner['knobs']['first']['hook']>('none')], [1, hook]),
          ...{ optional: rarely, pool: fc.boolean(), service: rarely, byTimes: fc.boolean() },
          ...{ attempts, batch },
        }),
      ]),
    ) as Record<StageName, fc.Arbitrary<Manner['knobs']['first']>>,
  ),
});

/** Such that a build of a part may be enough: no items follow from items where a file is edited. */
export const simpleManners: fc.Arbitrary<Manner> = manners.map((manner) => ({
  ...manner,
  ...{ last: 'gather', all: 'no-records' },
  first: manner.first === 'split' ? 'plain' : manner.first,
  params: manner.params === 'in-paths' ? 'in-commands' : manner.params,
}));
