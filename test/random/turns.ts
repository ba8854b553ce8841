// What a person, a disk or an accident may do to a workspace before and during a build; as data, so that it can be told and told again.
import fc from 'fast-check';
import { type BuildRequest, flaglessBuild, type Tending } from './builder.ts';
import type { Damage } from './damage.ts';
import { sources } from './shape.ts';
import { type Kind, kinds } from './work.ts';

/** `pick` chooses among what there is, whatever the number. */
export type Change =
  /** `sly`: with the time of long ago, as `touch` gives it as well. */
  | { readonly kind: 'edit'; readonly source: string; readonly text: string; readonly sly: boolean }
  /** What was edited last gets its former content back. */
  | { readonly kind: 'revert' }
  /** `ahead`: with a time that is still to come, instead of one of long ago. */
  | { readonly kind: 'touch'; readonly source: string; readonly ahead: boolean }
  | { readonly kind: 'chmod' | 'remove'; readonly source: string }
  | { readonly kind: 'move'; readonly source: string; readonly to: string }
  | { readonly kind: 'relink'; readonly target: string }
  | { readonly kind: 'delete-output' | 'edit-output' | 'chmod-output' | 'link-output'; readonly pick: number }
  | { readonly kind: 'stray'; readonly pick: number; readonly name: string }
  /** An output is taken as it is, or as a person edits it just before. */
  | { readonly kind: 'accept'; readonly pick: number; readonly edits: boolean; readonly byStage: boolean }
  | { readonly kind: 'salt' | 'word'; readonly pick: number; readonly to: number }
  | { readonly kind: 'patterns'; readonly pick: number; readonly picks: readonly number[] }
  | { readonly kind: 'make-other'; readonly pick: number; readonly made: Kind }
  | { readonly kind: 'rename'; readonly pick: number; readonly to: number }
  /** The stage comes to do so, or no longer does. */
  | { readonly kind: 'protect' | 'update-in-place'; readonly pick: number }
  | { readonly kind: 'limit-cache'; readonly tight: boolean }
  | { readonly kind: 'tend-cache'; readonly how: Tending }
  | {
      readonly kind: 'damage-blob' | 'damage-action';
      readonly pick: number;
      readonly how: Damage;
    }
  | { readonly kind: 'damage-state'; readonly how: Damage; readonly fraction: number }
  | { readonly kind: 'lose-cache' | 'lose-everything' }
  | { readonly kind: 'clean'; readonly picks: readonly number[] };

export type Event =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'edit';
      readonly nth: number;
      /** Chooses among the sources that the stage requires, where there are any. */
      readonly pick: number;
      readonly text: string;
      readonly back: boolean;
    }
  /** At any moment, whatever is at work, and at once back if it goes back. */
  | {
      readonly kind: 'edit-anytime';
      readonly fraction: number;
      readonly pick: number;
      readonly text: string;
      readonly back: boolean;
    }
  /** Among the outputs of others that the `nth` stage reads, while it runs. */
  | { readonly kind: 'edit-output'; readonly nth: number; readonly pick: number }
  | { readonly kind: 'die'; readonly nth: number; readonly fraction: number }
  | { readonly kind: 'twice' };

export interface Turn {
  readonly changes: readonly Change[];
  /** Numbers of stages instead of names; `null`: everything. */
  readonly request: Omit<BuildRequest, 'only'> & { readonly only: readonly number[] | null };
  readonly event: Event;
}

const words = ['a1', 'a2', 'b1', 'b2', 'c1', 'f1'] as const;
const texts = fc
  .array(fc.constantFrom(...words.slice(0, 5), ...words), { minLength: 1, maxLength: 3 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));
const places = [...sources, 'src/opt.txt', 'src/many/3.txt', 'src/new.txt', 'src/deep/d2.txt'] as const;
const source = fc.constantFrom(...places);
/** What the link may lead to is always there. */
const removable = fc.constantFrom(...places.slice(2));
const pick = fc.nat(999);
const how = fc.constantFrom('flip' as const, 'cut' as const, 'delete' as const);
const fraction = fc.double({ min: 0, max: 0.999, noNaN: true });

function of<Kind extends Change['kind']>(...kinds: readonly Kind[]) {
  return fc.constantFrom(...kinds);
}

function mostly<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );
}

/** Of files alone: the configuration stays, and what is remembered. */
export const fileChanges: fc.Arbitrary<Change> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: of('edit'), source, text: texts, sly: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: of('revert') }) },
  { weight: 2, arbitrary: fc.record({ kind: of('touch'), source, ahead: mostly(false, true) }) },
  { weight: 1, arbitrary: fc.record({ kind: of('chmod'), source }) },
  { weight: 1, arbitrary: fc.record({ kind: of('remove'), source: removable }) },
  { weight: 1, arbitrary: fc.record({ kind: of('move'), source: removable, to: source }) },
  { weight: 1, arbitrary: fc.record({ kind: of('relink'), target: fc.constantFrom('a.txt', 'b c.txt') }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: of('delete-output', 'edit-output', 'chmod-output', 'link-output'), pick }),
  },
  { weight: 2, arbitrary: fc.record({ kind: of('stray'), pick, name: fc.constantFrom('z.txt', 'y z.txt') }) },
);

export const anyChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 24, arbitrary: fileChanges },
  {
    weight: 2,
    arbitrary: fc.record({ kind: of('accept'), pick, edits: mostly(true, false), byStage: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('protect', 'update-in-place'), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: of('limit-cache'), tight: mostly(false, true) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: of('tend-cache'), how: fc.constantFrom('gc', 'verify', 'clear') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: of('salt', 'word'), pick, to: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('patterns'),
      pick,
      picks: fc.array(fc.nat(999), { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: of('make-other'), pick, made: fc.constantFrom(...kinds) }) },
  { weight: 1, arbitrary: fc.record({ kind: of('rename'), pick, to: fc.nat(3) }) },
  { weight: 2, arbitrary: fc.record({ kind: of('damage-blob', 'damage-action'), pick, how }) },
  { weight: 2, arbitrary: fc.record({ kind: of('damage-state'), how, fraction }) },
  { weight: 1, arbitrary: fc.record({ kind: of('lose-cache', 'lose-everything') }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: of('clean'), picks: fc.array(pick, { minLength: 1, maxLength: 3 }) }),
  },
);

const anyRequest: fc.Arbitrary<Turn['request']> = fc.record({
  only: fc.oneof(
    { weight: 6, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.array(pick, { minLength: 1, maxLength: 4 }) },
  ),
  force: mostly(false, true),
  cache: mostly(true, false),
  freshness: mostly<'hash' | 'mtime'>('hash', 'mtime'),
  keepGoing: mostly(true, false),
  jobs: fc.constantFrom(1, 2, 5),
});

export interface TurnKinds {
  readonly changes: fc.Arbitrary<Change>;
  readonly events: fc.Arbitrary<Event>;
  /** How many builds with an event come for one without. */
  readonly eventful: number;
  /** How many that are asked for without a flag come for one that is asked for as it may be. */
  readonly flagless: number;
}

export function turns({ changes, events, eventful, flagless }: TurnKinds): fc.Arbitrary<Turn> {
  return fc.record({
    changes: fc.array(changes, { maxLength: 4, size: 'max' }),
    request: fc.oneof(
      { weight: 1, arbitrary: anyRequest },
      { weight: flagless, arbitrary: fc.constant(flaglessBuild) },
    ),
    event: fc.oneof(
      { weight: 1, arbitrary: fc.constant<Event>({ kind: 'none' }) },
      { weight: eventful, arbitrary: events },
    ),
  });
}

/** The executions of a build are few. */
const soon = fc.oneof(fc.constant(0), fc.nat(3));

export const edits: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('edit' as const),
  nth: soon,
  pick,
  text: texts,
  back: fc.boolean(),
});
export const editsAnytime: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('edit-anytime' as const),
  fraction,
  pick,
  text: texts,
  back: fc.boolean(),
});
export const outputEdits: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('edit-output' as const),
  nth: soon,
  pick,
});
export const deaths: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('die' as const),
  nth: soon,
  fraction,
});
/** Whoever is at work. */
export const deathsAnytime: fc.Arbitrary<Event> = fc.record({
  kind: fc.constant('die' as const),
  nth: soon,
  fraction: fc.double({ min: 0.5, max: 0.999, noNaN: true }),
});
export const encounters: fc.Arbitrary<Event> = fc.constant<Event>({ kind: 'twice' });
