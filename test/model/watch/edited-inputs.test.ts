// What becomes of a task of a watch whose inputs were edited while it ran.
import { expect, test } from 'vitest';
import type { FilePath } from '../../../src/base/brand.ts';
import { type Edit, fateOf } from '../../../src/model/watch/edited-inputs.ts';
import { acceptedStage } from '../validation/sample-config.ts';

const files = (...paths: readonly string[]) => paths as readonly FilePath[];
const stage = acceptedStage({ requires: ['in.txt', 'made.txt'], produces: 'out.txt' });
const manual = acceptedStage({ requires: 'in.txt', produces: 'out.txt', watch: 'manual' });
const edit = (path: string, more: Partial<Edit> = {}): Edit => ({
  ...{ paths: files(path), hasRun: true, isGone: false },
  ...more,
});
const alone = { code: [], before: [] };

test('what runs by itself begins anew, and what was asked for is to be asked for again', () => {
  expect(fateOf(stage, edit('in.txt'), alone)).toBe('again');
  expect(fateOf(manual, edit('in.txt'), alone)).toBe('until-asked');
  // Nothing was spent yet.
  expect(fateOf(manual, edit('in.txt', { hasRun: false }), alone)).toBe('again');
});

test('what another stage has to see first, or has to make anew, is for the next run', () => {
  const reads = acceptedStage({ requires: 'in.txt', produces: 'made.txt' });
  const names = acceptedStage({ produces: 'made.txt', run: 'node make.mjs' });
  expect(fateOf(stage, edit('in.txt'), { code: [], before: [reads] })).toBe('next-run');
  expect(fateOf(stage, edit('made.txt'), { code: [], before: [reads] })).toBe('next-run');
  expect(fateOf(stage, edit('make.mjs'), { code: [], before: [names] })).toBe('next-run');
  expect(fateOf(stage, edit('other.txt'), { code: [], before: [reads, names] })).toBe('again');
});

test('code is loaded before the next run, and an item that has gone is none of it', () => {
  expect(fateOf(stage, edit('say.ts'), { code: files('say.ts'), before: [] })).toBe('next-run');
  expect(fateOf(manual, edit('in.txt', { isGone: true }), alone)).toBe('next-run');
});
