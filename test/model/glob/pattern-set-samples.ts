// Pattern sets for the tests: from text, and at random over a tiny alphabet.
import fc from 'fast-check';
import { parseGlob } from '../../../src/model/glob/glob.ts';
import type { PatternEntry, PatternSet } from '../../../src/model/glob/pattern-set.ts';

/** `!` negates, as in a configuration. */
export function patternSet(...sources: string[]): PatternSet {
  return { entries: sources.map(entryOf) };
}

function entryOf(source: string): PatternEntry {
  const negated = source.startsWith('!');
  const glob = parseGlob(negated ? source.slice(1) : source);
  if (!glob.ok) throw new Error(`${source}: ${glob.error}`);
  return { glob: glob.value, negated, optional: false, source };
}

const part = fc.constantFrom(
  'a',
  'b',
  'ab',
  '.a',
  '*',
  'a*',
  '*b',
  '?',
  '[ab]',
  '[!a]*',
  '{a,b}',
  '{a,a/b}',
  '**',
  '.*',
);
const source = fc
  .record({
    negation: fc.constantFrom('', '', '!'),
    parts: fc.array(part, { minLength: 1, maxLength: 3 }),
    end: fc.constantFrom('', '', '', '/'),
  })
  .map(({ negation, parts, end }) => negation + parts.join('/') + end);

/** One to four entries, some of them negations. */
export const patternSets: fc.Arbitrary<PatternSet> = fc
  .array(source, { minLength: 1, maxLength: 4 })
  .map((sources) => patternSet(...sources));
