import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { globMatches, parseGlob } from '../../../src/model/glob/glob.ts';
import {
  allCommonGround,
  entriesFor,
  isSpelledOut,
  type PatternSet,
  pairMayMatch,
  setMatches,
  setMayMatchBoth,
} from '../../../src/model/glob/pattern-set.ts';
import { counted } from '../../rig/counted.ts';
import { smallWorld } from './glob-oracle.ts';
import { patternSet, patternSets } from './pattern-set-samples.ts';

describe('a set includes a path if the last entry that matches it is not a negation', () => {
  test.each<[entries: string[], path: string, included: boolean]>([
    [['a/*'], 'a/b', true],
    [['a/*', '!a/b'], 'a/b', false],
    [['a/*', '!a/b'], 'a/c', true],
    [['a/*', '!a/*', 'a/b'], 'a/b', true],
    [['!a/b', 'a/*'], 'a/b', true],
    [['!a/b'], 'a/c', false],
    [[], 'a', false],
  ])('%j on %s: %s', (entries, path, included) => {
    expect(setMatches(patternSet(...entries), path)).toBe(included);
  });
});

test('in a large set, too, the last entry that matches decides', () => {
  const nameable = smallWorld.filter((path) => parseGlob(path).ok);
  const names = Array.from({ length: 20 }, (_, i) => `${['a', 'b', 'a/b'][i % 3]}/${i}`);
  fc.assert(
    fc.property(patternSets, patternSets, fc.shuffledSubarray(nameable, { maxLength: 12 }), (a, b, some) => {
      const literals = patternSet(...names, ...some.map((path, i) => `${i % 2 === 0 ? '!' : ''}${path}`));
      const set = { entries: [...a.entries, ...literals.entries, ...b.entries] };
      for (const path of smallWorld) {
        const last = set.entries.findLast((entry) => globMatches(entry.glob, path));
        expect([path, setMatches(set, path)]).toEqual([path, last !== undefined && !last.negated]);
      }
    }),
    { numRuns: 50 },
  );
});

test('a large set of names is not tried one after the other', () => {
  const counter = { reads: 0 };
  const set = counted(
    patternSet(...Array.from({ length: 1000 }, (_, i) => `out/${i}`), 'out/*.txt'),
    counter,
  );
  expect(setMatches(set, 'out/7')).toBe(true);
  counter.reads = 0;
  for (const path of ['out/7', 'out/999', 'out/a.txt', 'out/a', 'elsewhere']) setMatches(set, path);
  expect(counter.reads).toBeLessThan(100);
});

const commonTexts = (a: PatternSet, b: PatternSet) =>
  allCommonGround(a, b).map((pair) => `${pair.a.glob.text} ${pair.b.glob.text}`);

test('all common ground is what trying all pairs finds, and so are the entries for a path', () => {
  fc.assert(
    fc.property(patternSets, patternSets, (a, b) => {
      const pairs = a.entries.flatMap((one, i) =>
        b.entries.flatMap((other, j) =>
          !one.negated && !other.negated && pairMayMatch(a, i, b, j)
            ? [`${one.glob.text} ${other.glob.text}`]
            : [],
        ),
      );
      // What is written twice counts once.
      expect(new Set(commonTexts(a, b))).toEqual(new Set(pairs));
      for (const path of smallWorld) {
        const matching = a.entries.filter((entry) => !entry.negated && globMatches(entry.glob, path));
        expect(new Set(entriesFor(a, path).map((entry) => entry.glob.text))).toEqual(
          new Set(setMatches(a, path) ? matching.map((entry) => entry.glob.text) : []),
        );
      }
    }),
    { numRuns: 100 },
  );
});

test('a name that is taken away and given back by a pattern is an included entry again', () => {
  const [a, b] = [patternSet('a', '!a', '*'), patternSet('a')];
  expect(commonTexts(a, b)).toEqual(['a a', '* a']);
  expect(commonTexts(b, a)).toEqual(['a a', 'a *']);
  expect(commonTexts(a, patternSet('*'))).toEqual(['a *', '* *']);
  expect(entriesFor(a, 'a').map((entry) => entry.glob.text)).toEqual(['a', '*']);
});

test('a set is spelled out if no included entry has a wildcard', () => {
  expect(isSpelledOut(patternSet('a', 'b/c', '!d/*'))).toBe(true);
  expect(isSpelledOut(patternSet('a', 'b/*'))).toBe(false);
  expect(isSpelledOut(patternSet('a/'))).toBe(false);
});

describe('two sets meet at the first pair of included patterns that share what both include', () => {
  test.each<[a: string[], b: string[], pair: [string, string] | null]>([
    [['out/*.csv'], ['in/*', 'out/*'], ['out/*.csv', 'out/*']],
    [
      ['x', 'y'],
      ['y', 'x'],
      ['x', 'x'],
    ],
    [['out/*.csv'], ['out/*', '!out/*.csv'], null],
    [['out/*.csv'], ['out/*', '!out/a*'], ['out/*.csv', 'out/*']],
    [['out/a*.csv'], ['out/*', '!out/a*'], null],
    [['out/a.csv'], ['out/*', '!out/a*'], null],
    [['out/a.csv'], ['out/*', '!out/a*', 'out/a.*'], ['out/a.csv', 'out/*']],
    [['out/*', '!out/*.txt'], ['out/*.txt'], null],
    [['out/*', '!out/[a-m]*'], ['out/*', '!out/[!a-m]*'], null],
    [['out/*', '!out/[a-m]*'], ['out/*', '!out/[!a-l]*'], null],
    [
      ['out/*', '!out/[a-l]*'],
      ['out/*', '!out/[!a-m]*'],
      ['out/*', 'out/*'],
    ],
    [['**/*.json'], ['**/*.json', '!{a,b}/**', '!*', '!*/*', '!*/**/*'], null],
    [['!x', 'y/'], ['y/.z'], ['y/', 'y/.z']],
    [['x'], ['!x'], null],
  ])('%j and %j: %j', (a, b, pair) => {
    const ground = setMayMatchBoth(patternSet(...a), patternSet(...b));
    expect(ground && [ground.a.source, ground.b.source]).toEqual(pair);
  });
});

test('sets meet exactly where paths of a small world say so', () => {
  let agreed = 0;
  fc.assert(
    fc.property(patternSets, patternSets, (a, b) => {
      const ground = setMayMatchBoth(a, b);
      const shared = smallWorld.filter((path) => setMatches(a, path) && setMatches(b, path));
      // The world is small: sets may share only paths beyond it. But what it shows must be found.
      if (ground === null) expect(shared).toEqual([]);
      else {
        expect(a.entries).toContain(ground.a);
        expect(b.entries).toContain(ground.b);
        expect([ground.a.negated, ground.b.negated]).toEqual([false, false]);
        const before = a.entries.slice(0, a.entries.indexOf(ground.a)).filter((entry) => !entry.negated);
        const earlier = shared.filter(
          (path) =>
            before.some(({ glob }) => globMatches(glob, path)) &&
            b.entries.some(({ glob, negated }) => !negated && globMatches(glob, path)),
        );
        expect(earlier).toEqual([]);
        if (shared.length > 0) agreed += 1;
      }
    }),
    { numRuns: 2_000 },
  );
  expect(agreed).toBeGreaterThan(0);
});

test('an overlap that negations leave nothing of is no overlap', () => {
  fc.assert(
    fc.property(patternSets, patternSets, (a, b) => {
      const taken = { entries: [...a.entries, ...b.entries.map((entry) => ({ ...entry, negated: true }))] };
      const given = { entries: b.entries.filter((entry) => !entry.negated) };
      expect(setMayMatchBoth(taken, given)).toBeNull();
      expect(setMayMatchBoth(given, taken)).toBeNull();
    }),
    { numRuns: 500 },
  );
});
