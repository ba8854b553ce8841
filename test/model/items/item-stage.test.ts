// A stage for one item: its patterns and variables are filled, and what items may do to each other is known.
import { expect, test } from 'vitest';
import type { FilePath, TaskId } from '../../../src/base/brand.ts';
import { describeCommand, fillCommand } from '../../../src/model/command/command-line.ts';
import { definitionParts } from '../../../src/model/fingerprint.ts';
import { items } from '../../../src/model/item-spec.ts';
import { itemProblems, taskForFile, taskOfStage } from '../../../src/model/items/item-tasks.ts';
import { streams, tellsItemsApart } from '../../../src/model/items/streams.ts';
import type { Stage } from '../../../src/model/stage.ts';
import type { Task } from '../../../src/model/task.ts';
import { accepted, acceptedStage, faultsOfStage, rejected } from '../validation/sample-config.ts';

const lessons = {
  forEach: 'sow/{course}/{order}.json',
  requires: ['style/{course}.md', 'style/all.md', '!style/{order}.md'],
  produces: ['out/{course}/{order}.html'],
  env: { COURSE: '{course}', FILE: '{item}', PRICE: '$7 {x}' },
};

function taskFor(stage: Stage, path: string): Task {
  const task = taskForFile(stage, path as FilePath);
  if (!task?.ok) throw new Error(`${path} is no item`);
  return task.value;
}

function texts(stage: Stage, field: 'requires' | 'produces'): readonly string[] {
  return stage[field]!.entries.map(({ glob, negated }) => `${negated ? '!' : ''}${glob.text}`);
}

test('as declared it has the patterns of all its items, without what only some exclude', () => {
  const stage = acceptedStage(lessons);
  expect(texts(stage, 'requires')).toEqual(['sow/*/*.json', 'style/*.md', 'style/all.md']);
  expect(texts(stage, 'produces')).toEqual(['out/*/*.html']);
  expect(stage.always).toBe(false);
});

test('for an item it has the files and the words of this item', () => {
  const task = taskFor(acceptedStage(lessons), 'sow/maths/07.json');
  expect(task).toMatchObject({ id: 's:sow/maths/07.json', item: 'sow/maths/07.json' });
  expect(texts(task.stage, 'requires')).toEqual([
    'sow/maths/07.json',
    'style/maths.md',
    'style/all.md',
    '!style/07.md',
  ]);
  expect(texts(task.stage, 'produces')).toEqual(['out/maths/07.html']);
  expect(task.stage.env).toEqual([
    { kind: 'set', name: 'COURSE', value: 'maths' },
    { kind: 'set', name: 'FILE', value: 'sow/maths/07.json' },
    { kind: 'set', name: 'PRICE', value: '$7 {x}' },
  ]);
});

test('a capture across folders is one wherever it stands, with its dots or without', () => {
  for (const rest of ['{rest}', '{rest...}']) {
    const stage = acceptedStage({
      forEach: 'in/{rest...}.json',
      requires: [`style/${rest}/guide.md`],
      produces: [`out/${rest}.html`],
      env: { REST: rest },
      run: `make ${rest}`,
    });
    expect(texts(stage, 'requires')).toEqual(['in/{*.json,*/**/*.json}', 'style/**/guide.md']);
    expect(texts(stage, 'produces')).toEqual(['out/{*.html,*/**/*.html}']);
    const task = taskFor(stage, 'in/a b/c.json');
    expect(texts(task.stage, 'produces')).toEqual(['out/a b/c.html']);
    expect(task.stage.env).toEqual([{ kind: 'set', name: 'REST', value: 'a b/c' }]);
    expect(describeCommand(fillCommand(stage.command, task.stage.item!.captures))).toBe("make 'a b/c'");
  }
  expect(faultsOfStage({ forEach: 'in/{rest...}.json', run: "make '{rest...}'" })).toEqual([
    'PIPE024 stages.s.run',
  ]);
  expect(texts(acceptedStage({ forEach: '{a}/{a...}.x' }), 'requires')).toEqual(['**/{*.x,*/**/*.x}']);
});

test('what captures stand for is part of what an item is made from', () => {
  const partsOf = (forEach: string) => {
    const { stage } = taskFor(acceptedStage({ forEach, produces: 'o/{a}.{b}' }), 'x-y.txt');
    const surroundings = { passed: () => undefined, toolIdentities: [], code: null, platform: 'p' };
    return definitionParts(stage, surroundings).filter(({ name }) => name.startsWith('capture '));
  };
  expect(partsOf('{a}-{b}.txt')).toEqual([
    { name: 'capture a', value: 'x' },
    { name: 'capture b', value: 'y' },
  ]);
  expect(partsOf('{b}-{a}.txt')).not.toEqual(partsOf('{a}-{b}.txt'));
});

test.each([
  ['data/*.json', 'captures nothing'],
  ['../{name}.json', 'outside'],
  ['/etc/{name}', 'outside'],
  ['!{name}', 'excluded'],
  ['{item}.txt', 'means something else'],
  ['{toString}.txt', 'means something else'],
  ['{a}{b}.txt', 'tells where one ends'],
])('forEach %s is refused: %s', (forEach, why) => {
  expect(rejected({ stages: { s: { run: 'x', forEach } } })).toMatchObject([
    { code: 'PIPE027', at: 'stages.s.forEach', message: expect.stringContaining(why) },
  ]);
});

test('a capture that forEach does not know is refused in patterns, and in text where it looks like a slip', () => {
  const forEach = 'sow/{course}.json';
  expect(faultsOfStage({ forEach, produces: ['out/{curse}.txt'] })).toEqual(['PIPE027 stages.s.produces[0]']);
  expect(faultsOfStage({ forEach, requires: ['{x}.txt'] })).toEqual(['PIPE027 stages.s.requires[0]']);
  expect(faultsOfStage({ forEach, run: 'make {corse}' })).toEqual(['PIPE027 stages.s.run']);
  expect(faultsOfStage({ forEach, env: { A: '{curse}' } })).toEqual(['PIPE027 stages.s.env.A']);
  expect(faultsOfStage({ forEach, run: "make '{course}'" })).toEqual(['PIPE024 stages.s.run']);
  expect(faultsOfStage({ forEach, run: 'make "{item}"' })).toEqual(['PIPE024 stages.s.run']);
  for (const cwd of ['in/{course}', '{item}'])
    expect(faultsOfStage({ forEach, cwd })).toEqual(['PIPE027 stages.s.cwd']);
  // Braces mean many things in a shell.
  expect(acceptedStage({ forEach, run: 'echo {1..3} {print} {course}' }).command.kind).toBe('shell');
  // And without forEach they are names.
  expect(texts(acceptedStage({ produces: ['{course}.txt'] }), 'produces')).toEqual(['{course}.txt']);
});

test('who writes another name where captures stand is told which there are', () => {
  const messageFor = (produces: string, forEach: unknown = 'sow/{course}/{order}.json') =>
    rejected({ stages: { s: { run: 'x', forEach, produces } } })[0]!.message;
  expect(messageFor('{item}.md')).toBe(
    '"{item}.md": {item} is no capture: what may stand here is {course}, {order}',
  );
  expect(
    messageFor(
      '{n}.md',
      items('a.json', (list: unknown) => list, { key: 'n' }),
    ),
  ).toBe('"{n}.md": forEach captures no {n}, but {key}; for the name itself write \\{n\\}');
});

test('two items that may make the same file are told, both of them', () => {
  const stage = acceptedStage({ forEach: 'sow/{course}/{order}.json', produces: ['out/{order}.html'] });
  const tasks = ['sow/a/1.json', 'sow/a/2.json', 'sow/b/1.json'].map((path) => taskFor(stage, path));
  expect(itemProblems(stage, tasks)).toMatchObject([
    { code: 'PIPE052', message: expect.stringMatching(/sow\/a\/1\.json and sow\/b\/1\.json .*out\/1\.html/) },
  ]);
  expect(itemProblems(stage, tasks.slice(0, 2))).toEqual([]);
});

test('an item of which a pattern could be made no more has no task, and is told why', () => {
  const stage = acceptedStage({ forEach: 'in/v{n}.txt', produces: ['out/{n}/f'] });
  expect(taskForFile(stage, 'in/v...txt' as FilePath)).toEqual({
    ok: false,
    error: expect.stringContaining("cannot stand in out/{n}/f: the pattern has a '..' part"),
  });
  expect(taskOfStage(stage, 's:in/v...txt' as TaskId)).toBe(null);
  const deep = acceptedStage({ forEach: 'in/{n...}.txt', produces: ['out/{n}'] });
  expect(taskOfStage(deep, 's:in/a/../b.txt' as TaskId)).toBe(null);
  expect(taskOfStage(deep, `s:in/${'x'.repeat(9000)}.txt` as TaskId)).toBe(null);
});

test('items of which one would make a file where another needs a folder are told, both named', () => {
  const nested = (forEach: string, produces: readonly string[], ...paths: readonly string[]) => {
    const stage = acceptedStage({ forEach, produces });
    return itemProblems(
      stage,
      paths.map((path) => taskFor(stage, path)),
    ).map(({ message }) => message);
  };
  expect(nested('in/{a}/{b}', ['out/{a}/{b}', 'out/{b}/{a}/z'], 'in/1/2', 'in/2/1', 'in/3/1')).toEqual([
    'item in/2/1 of stage "s" produces the file out/2/1, which would be a folder of what item in/1/2 produces: out/2/1/z',
    'item in/1/2 of stage "s" produces the file out/1/2, which would be a folder of what item in/2/1 produces: out/1/2/z',
  ]);
  expect(nested('in/{a...}', ['out/{a...}', 'out/{a...}/x'], 'in/1')).toEqual([
    'item in/1 of stage "s" produces the file out/1, which would be a folder of other outputs of it: out/1/x',
  ]);
  expect(nested('in/{a...}', ['out/{a...}'], 'in/1', 'in/1a/b', 'in/2/b')).toEqual([]);
});

test('an item whose name would be hidden from wildcards is told', () => {
  const stage = acceptedStage({ forEach: 'conf/x{name}', produces: ['out/{name}'] });
  expect(itemProblems(stage, [taskFor(stage, 'conf/x.rc')])).toMatchObject([
    { code: 'PIPE052', message: expect.stringContaining('begins with a dot') },
  ]);
  const safe = acceptedStage({ forEach: 'conf/x{name}', produces: ['out/a{name}'] });
  expect(itemProblems(safe, [taskFor(safe, 'conf/x.rc')])).toEqual([]);
});

test.each([
  ['in/{a}/{b}.x', ['out/{a}/{b}.y'], true],
  ['in/{a}/{b}.x', ['out/{b}/{a}.y', 'log/{a}/{b}'], true],
  ['in/{a}/{b}.x', ['out/{a}.y'], false],
  ['in/{a}/{b}.x', ['out/{a}-{b}.y'], false],
  ['in/{a}/{b}.x', ['out/{a}/{b}/*.y'], false],
  ['in/**/{a}.x', ['out/{a}.y'], false],
  ['in/{a}.x', ['out/{a}.y', 'out/b/../{a}.y'], false],
  ['in/{a}.x', ['out/{a}/b', 'out/b/{a}'], false],
  ['in/{a...}.x', ['out/{a...}.y'], false],
  ['in/{a}/{b}.x', ['out/{a}/{b}', 'out/{b}/{a}/z'], false],
  ['in/{a}/{b}.x', ['out/{a}/{b}/z', 'out/{b}/{a}'], false],
  ['in/{a}.x', ['out/{a}.y', 'out/{a}.z/y'], true],
])('items of %s that make %j are told apart by what they make: %s', (forEach, produces, apart) => {
  const stage = acceptedStage({ forEach, produces });
  expect(stage.forEach?.kind === 'files' && tellsItemsApart(stage.forEach)).toBe(apart);
});

test('items follow from items one by one where nothing else of the stage before is needed', () => {
  const first = { run: 'x', forEach: 'in/{n}.x', produces: ['mid/{n}.y'] };
  const second = { run: 'x', forEach: 'mid/{m}.y', produces: ['out/{m}.z'] };
  const streamed = (later: object, earlier: object = first) => {
    const { stages } = accepted({ stages: { a: earlier, b: { ...second, ...later } } });
    return streams(stages[0]!, stages[1]!);
  };
  expect(streamed({})).toBe(true);
  expect(streamed({ requires: ['style.md'] })).toBe(true);
  expect(streamed({ requires: ['mid/*.y'] })).toBe(false);
  expect(streamed({ after: ['a'] })).toBe(false);
  expect(streamed({ produces: ['out/all.z'] })).toBe(false);
  expect(streamed({}, { run: 'x', produces: ['mid/q.y'] })).toBe(false);
});
