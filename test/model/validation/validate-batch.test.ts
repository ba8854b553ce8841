import { expect, test } from 'vitest';
import { acceptedStage, faultsOfStage, rejected } from './sample-config.ts';

const items = { forEach: 'in/{n}.txt', produces: 'out/{n}.txt', run: 'make it' };

test('a batch is a size, and a stage without one serves its items one by one', () => {
  expect(acceptedStage({ ...items, batch: { size: 50 } }).batchSize).toBe(50);
  expect(acceptedStage(items).batchSize).toBe(null);
});

test.each([0, -1, 1.5, '50', 10_001, null])('%s is no size', (size) => {
  expect(faultsOfStage({ ...items, batch: { size } })).toEqual(['PIPE011 stages.s.batch.size']);
});

test('a batch without a size, with another field, or that is none, is told', () => {
  expect(faultsOfStage({ ...items, batch: {} })).toEqual(['PIPE012 stages.s.batch.size']);
  expect(faultsOfStage({ ...items, batch: 50 })).toEqual(['PIPE011 stages.s.batch']);
  expect(faultsOfStage({ ...items, batch: { size: 5, most: 1 } })).toEqual(['PIPE010 stages.s.batch.most']);
});

test('a batch is of items', () => {
  expect(faultsOfStage({ run: 'make it', batch: { size: 5 } })).toEqual(['PIPE066 stages.s.batch']);
});

test.each([
  [{ run: 'cp {item} out' }, 'PIPE067 stages.s.run'],
  [{ run: ['echo', 'cp {n}.txt'] }, 'PIPE067 stages.s.run'],
  [{ env: { NAME: 'x{n}' } }, 'PIPE067 stages.s.env.NAME'],
  [{ hooks: { before: 'echo' } }, 'PIPE068 stages.s.hooks.before'],
  [{ hooks: { after: 'echo' } }, 'PIPE068 stages.s.hooks.after'],
])('what is started once for many cannot be about one: %o', (part, fault) => {
  expect(faultsOfStage({ ...items, batch: { size: 5 }, ...part })).toEqual([fault]);
});

test('what is common to all items, and what is done for a failed one, may be said', () => {
  const stage = {
    // `${n}` is the shell's.
    run: `pack {requires} {produces} $${'{n}'}`,
    hooks: { onFailure: 'tell {item}' },
    env: { A: 'b' },
  };
  expect(acceptedStage({ ...items, batch: { size: 5 }, ...stage }).batchSize).toBe(5);
});

test('of a stage whose items are wrong only that is told', () => {
  const found = rejected({
    stages: { s: { ...items, forEach: 'in/x.txt', produces: 'o', batch: { size: 2 } } },
  });
  expect(found.map(({ code }) => code)).toEqual(['PIPE027']);
});
