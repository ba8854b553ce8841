// Who may make a file, and who names it: the same as asking every stage, without asking every stage.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { setMatches } from '../../../src/model/glob/pattern-set.ts';
import { Makers } from '../../../src/model/graph/makers.ts';
import type { Stage } from '../../../src/model/stage.ts';
import { script } from '../../../src/model/value-spec.ts';
import { counted } from '../../rig/counted.ts';
import { smallWorld } from '../glob/glob-oracle.ts';
import { patternSets } from '../glob/pattern-set-samples.ts';
import { accepted } from '../validation/sample-config.ts';

const stagesOf = (stages: Readonly<Record<string, object>>): readonly Stage[] => accepted({ stages }).stages;
const named = (stages: readonly Stage[]) => stages.map((stage) => stage.name);

test('of a path are known who makes it and who requires it: whose patterns include it, as declared', () => {
  const [one] = stagesOf({ one: { run: 'make it' } });
  fc.assert(
    fc.property(fc.array(fc.option(patternSets), { maxLength: 50 }), (sets) => {
      const stages = sets.map((produces, index): Stage => ({ ...one!, name: `s${index}`, index, produces }));
      const makers = new Makers(stages);
      const requiring = stages.map((stage) => ({ ...stage, requires: stage.produces ?? { entries: [] } }));
      const takers = new Makers(requiring.map((stage) => ({ ...stage, produces: null })));
      for (const path of smallWorld) {
        const asked = stages.filter(({ produces }) => produces !== null && setMatches(produces, path));
        expect(named(makers.of(path))).toEqual(named(asked));
        expect(named(takers.requiring(path))).toEqual(named(asked));
      }
    }),
    { numRuns: 50 },
  );
});

test('a path is named by whoever spells it out, as an input, in a command or as a module', () => {
  const makers = new Makers(
    stagesOf({
      required: { requires: ['x.mjs', 'x.mjs', '!y.mjs'], run: 'make it' },
      command: { run: 'node x.mjs' },
      module: { run: script('x.mjs'), produces: 'out' },
      pattern: { requires: '*.mjs', run: 'make it' },
    }),
  );
  expect(named(makers.naming('x.mjs'))).toEqual(['required', 'command', 'module']);
  expect(named(makers.naming('y.mjs'))).toEqual([]);
});

test('of thousands of stages only a few are asked', () => {
  const counter = { reads: 0 };
  const each = (i: number) =>
    [`s${i}`, { produces: [`out/${i}.txt`, `made/${i}/*`], run: 'make it' }] as const;
  const stages = counted(
    stagesOf(Object.fromEntries(Array.from({ length: 2000 }, (_, i) => each(i)))),
    counter,
  );
  const makers = new Makers(stages);
  makers.of('first');
  counter.reads = 0;
  expect(named(makers.of('out/7.txt'))).toEqual(['s7']);
  expect(named(makers.of('made/1999/a'))).toEqual(['s1999']);
  expect(named(makers.of('made/2000/a'))).toEqual([]);
  expect(counter.reads).toBeLessThan(100);
});
