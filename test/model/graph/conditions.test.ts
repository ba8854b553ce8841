// Conditions on what comes before that could never come true, or on which results would depend.
import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/model/graph/graph.ts';
import { accepted } from '../validation/sample-config.ts';

function problemsOf(stages: Readonly<Record<string, object>>) {
  const named = Object.entries(stages).map(([name, stage]) => [name, { run: 'make it', ...stage }]);
  const graph = buildGraph(accepted({ stages: Object.fromEntries(named) }));
  return graph.ok ? [] : graph.error.map(({ code, message, at }) => [code, message, at]);
}

const work = { produces: 'work.txt' };
const tell = { when: 'failure', after: 'work', produces: 'told/*.txt' };

test('what runs over failures may follow on each other, and what runs after any end on them', () => {
  const stages = { work, tell, more: { when: 'failure', requires: 'told/a.txt' } };
  expect(problemsOf({ ...stages, last: { when: 'always', after: ['tell', 'work'] } })).toEqual([]);
});

test('a stage that runs over a failure has one before it', () => {
  expect(problemsOf({ work, tell: { when: 'failure' } })).toEqual([
    [
      'PIPE056',
      'stage "tell" is to run when a stage before it has failed, and none comes before it',
      'stages.tell.when',
    ],
  ]);
});

test('what waits for success never follows on what runs over a failure', () => {
  const why = 'which runs only when something has failed, and itself runs only when nothing has';
  expect(problemsOf({ work, tell, next: { after: 'tell' } })).toEqual([
    ['PIPE056', `stage "next" comes after stage "tell", ${why}`, 'stages.next'],
  ]);
  expect(problemsOf({ work, tell, next: { requires: 'told/**' } })).toEqual([
    ['PIPE056', `stage "next" requires told/** of stage "tell", ${why}`, 'stages.next'],
  ]);
  expect(problemsOf({ work, tell, next: { requires: ['told/**', '!told/*.txt'] } })).toEqual([]);
});

test('what runs after any end takes no file that is there after some ends only', () => {
  expect(problemsOf({ work, tell, last: { when: 'always', requires: 'told/**' } })).toEqual([
    [
      'PIPE057',
      'stage "last" requires told/** of stage "tell", which runs only when something has failed: its result would depend on how earlier runs ended',
      'stages.last',
    ],
  ]);
});
