// What a proof says of tasks: in the order in which a build passes them that finds all fresh.
import { expect, test } from 'vitest';
import { inOrder, staleFacts } from '../../src/cli/task-facts.ts';
import { buildGraph } from '../../src/model/graph/graph.ts';
import { accepted } from '../model/validation/sample-config.ts';

function ordered(stages: Readonly<Record<string, object>>, tasks: readonly string[]): readonly string[] {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
  const graph = buildGraph(accepted({ stages: Object.fromEntries(named) }));
  if (!graph.ok) throw new Error('these stages fit together');
  return inOrder(tasks.map(staleFacts), graph.value).map(({ task }) => task);
}

test('those that are ready first come first, however they have ended', () => {
  const stages = {
    p: { requires: ['r2.txt'] },
    r2: { requires: ['r1.txt'], produces: ['r2.txt'] },
    r1: { produces: ['r1.txt'] },
    q: { requires: ['r3.txt'] },
    r3: { produces: ['r3.txt'] },
  };
  expect(ordered(stages, ['q', 'r3', 'p', 'r1', 'r2'])).toEqual(['r1', 'r3', 'r2', 'q', 'p']);
});

test('one that waits for several comes after the last of them', () => {
  const stages = {
    end: { after: ['slow', 'quick'] },
    quick: {},
    slow: { after: ['begin'] },
    begin: {},
    other: {},
  };
  const tasks = ['other', 'end', 'slow', 'begin', 'quick'];
  expect(ordered(stages, tasks)).toEqual(['quick', 'begin', 'other', 'slow', 'end']);
});

test('items stand where their stage does, in the order in which they have ended', () => {
  const stages = {
    each: { forEach: 'in/{name}.txt', produces: ['out/{name}.txt'] },
    all: { requires: ['out/*.txt'] },
  };
  expect(ordered(stages, ['all', 'each:in/b.txt', 'each:in/a.txt'])).toEqual([
    'each:in/b.txt',
    'each:in/a.txt',
    'all',
  ]);
});
