import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  escapeGlob,
  type Glob,
  globCovers,
  globMatches,
  globsMayOverlap,
  parseGlob,
} from '../../../src/model/glob/glob.ts';
import { coverCounterexample, overlapWitness } from '../../../src/model/glob/glob-automaton.ts';
import { oracleMatches, type Pattern, paths, patterns, smallWorld, written } from './glob-oracle.ts';

interface Both {
  readonly pattern: Pattern;
  readonly glob: Glob;
}

const parsed: fc.Arbitrary<Both> = patterns
  .map((pattern) => ({ pattern, glob: parseGlob(written(pattern)) }))
  .filter(({ glob }) => glob.ok)
  .map(({ pattern, glob }) => {
    if (!glob.ok) throw new Error('was filtered');
    return { pattern, glob: glob.value };
  });

test('a glob matches exactly what backtracking over its expansions matches', () => {
  fc.assert(
    fc.property(parsed, fc.array(paths, { maxLength: 30 }), ({ pattern, glob }, some) => {
      for (const path of [...some, ...smallWorld]) {
        if (globMatches(glob, path) !== oracleMatches(pattern, path)) {
          expect({ path, matches: globMatches(glob, path) }).toEqual({
            path,
            matches: oracleMatches(pattern, path),
          });
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('two globs overlap exactly if there is a witness, and no path in a small world denies it', () => {
  fc.assert(
    fc.property(parsed, parsed, (a, b) => {
      const overlap = globsMayOverlap(a.glob, b.glob);
      expect(globsMayOverlap(b.glob, a.glob)).toBe(overlap);
      const witness = overlapWitness(a.glob, b.glob);
      expect(witness !== null).toBe(overlap);
      if (witness === null) {
        const shared = smallWorld.filter((path) => globMatches(a.glob, path) && globMatches(b.glob, path));
        expect(shared).toEqual([]);
      } else {
        for (const { pattern, glob } of [a, b]) {
          expect([witness, globMatches(glob, witness), oracleMatches(pattern, witness)]).toEqual([
            witness,
            true,
            true,
          ]);
        }
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a glob covers another exactly if there is no counterexample, and no path in a small world denies it', () => {
  fc.assert(
    fc.property(parsed, parsed, (outer, inner) => {
      const covers = globCovers(outer.glob, inner.glob);
      const stray = coverCounterexample(outer.glob, inner.glob);
      expect(stray === null).toBe(covers);
      if (stray === null) {
        const strays = smallWorld.filter(
          (path) => globMatches(inner.glob, path) && !globMatches(outer.glob, path),
        );
        expect(strays).toEqual([]);
      } else {
        expect([stray, oracleMatches(inner.pattern, stray), oracleMatches(outer.pattern, stray)]).toEqual([
          stray,
          true,
          false,
        ]);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('a glob covers itself, and everything more widely written', () => {
  fc.assert(
    fc.property(parsed, parsed, ({ glob }, { glob: other }) => {
      expect(globCovers(glob, glob)).toBe(true);
      const either = parseGlob(`{${glob.text},${other.text}}`);
      if (either.ok && !glob.ownsFolder && !other.ownsFolder) {
        expect(globCovers(either.value, glob)).toBe(true);
        expect(globCovers(either.value, other)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('canonical text is read as itself', () => {
  fc.assert(
    fc.property(parsed, ({ glob }) => {
      const again = parseGlob(glob.text);
      expect(again).toEqual({ ok: true, value: { ...glob, ownsFolder: false } });
    }),
  );
});

test('everything that matches lies under the base folder, and is the literal if there is one', () => {
  fc.assert(
    fc.property(parsed, ({ glob }) => {
      const start = glob.base === '' || glob.base === '/' ? glob.base : `${glob.base}/`;
      const found = smallWorld.filter((path) => globMatches(glob, path));
      expect(found.filter((path) => !path.startsWith(start))).toEqual([]);
      if (glob.literal !== null) expect(found.filter((path) => path !== glob.literal)).toEqual([]);
    }),
  );
});

test('any text is read or refused, never a surprise', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'ab./*?[]{},\\!-^:'), { maxLength: 14 }).map((one) => one.join('')),
      fc.string({ unit: 'binary' }),
      (syntax, anything) => {
        for (const text of [syntax, anything]) {
          const read = parseGlob(text);
          if (read.ok) smallWorld.forEach((path) => void globMatches(read.value, path));
          else expect(read.error).not.toBe('');
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('an escaped path matches itself alone', () => {
  fc.assert(
    fc.property(paths, paths, (path, other) => {
      fc.pre(!path.split('/').some((part) => part === '.' || part === '..'));
      const read = parseGlob(escapeGlob(path));
      if (!read.ok) throw new Error(read.error);
      expect(read.value.literal).toBe(path);
      if (other !== path) expect(globMatches(read.value, other)).toBe(false);
    }),
  );
});
