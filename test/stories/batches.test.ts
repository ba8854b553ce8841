// Stages whose items go to one process together.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, gone, killWithStarter, saw, tell } from './signs.ts';

const speak = `
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
const say = (what) => appendFileSync(process.env.PIPE_OUTPUT, JSON.stringify(what) + '\\n');
for (const line of readFileSync(process.env.PIPE_ITEMS, 'utf8').trim().split('\\n')) {
  const { item, path, captures, requires, produces } = JSON.parse(line);
  const text = readFileSync(path, 'utf8');
  console.log(captures.n, requires.join());
  if (text === 'crash') process.exit(3);
  if (text === 'mute') continue;
  if (text === 'bad') say({ item, failed: 'it is bad' });
  else {
    writeFileSync(produces[0], text.toUpperCase());
    say({ item, done: true, metric: { tokens: 2 } });
  }
}
`;

const config = `{ stages: { s: {
  forEach: 'in/{n}.txt', requires: ['style.md'], produces: ['out/{n}.txt'], batch: { size: 10 }, run: 'node speak.mjs',
} } }`;

const files = {
  'speak.mjs': speak,
  'style.md': '',
  'in/a.txt': 'a',
  'in/b.txt': 'b',
  'in/c.txt': 'c',
  'in/d.txt': 'd',
};

test('one process serves many items, and each stands, fails and is told by itself', async () => {
  await using rig = await Rig.compiled({ ...files, 'in/b.txt': 'bad', 'in/c.txt': 'crash' }, config);
  expect((await rig.pipe(['build', '-n'])).stdout).toContain('$ node speak.mjs  in batches of 10');
  const first = await rig.build();
  expect(first.code).toBe(1);
  expect(first.end('s:in/a.txt')).toMatchObject({ outcome: 'executed', metrics: { tokens: 2 } });
  expect(first.end('s:in/b.txt')).toMatchObject({
    failure: { kind: 'reported', message: 'it is bad' },
    log: first.end('s:in/a.txt')?.log,
  });
  for (const item of ['c', 'd']) expect(first.end(`s:in/${item}.txt`)?.failure).toMatchObject({ code: 3 });
  const [b, c] = ['a in/a.txt,style.md\nb in/b.txt,style.md\nc in/c.txt,style.md\n', ''];
  const head = '==> s:in/a.txt and 3 others <==\n';
  expect((await rig.pipe(['logs', 's:in/d.txt'])).stdout).toBe(head + b + c);
  expect((await rig.pipe(['logs', 's'])).stdout).toBe(head + b + c);

  rig.write('in/b.txt', 'b');
  rig.write('in/c.txt', 'c');
  const second = await rig.build();
  expect(second.executed).toEqual(['s:in/b.txt', 's:in/c.txt', 's:in/d.txt']);
  expect(second.finished).toMatchObject({ metrics: { tokens: 6 }, fresh: 1 });
  expect(rig.read('out/d.txt')).toBe('D');
  expect(rig.files('.pipeline-cache/runs').filter((file) => /items|output/.test(file))).toEqual([]);
  // What is fresh now has its log where it ran, after whichever item that is called.
  expect((await rig.pipe(['logs', 's:in/d.txt'])).stdout).toContain('d in/d.txt,style.md');
  // What came from the cache has none, so that the stage's are those of the run before.
  const { stdout: before } = await rig.pipe(['logs', 's']);
  rig.remove('out/c.txt');
  expect(await rig.build()).toMatchObject({ restored: ['s:in/c.txt'], executed: [] });
  const ofRun = before.replace(' <==', ` (run ${String(second.events[0]!.runId)}) <==`);
  expect(await rig.pipe(['logs', 's'])).toMatchObject({ code: 0, stdout: ofRun });
});

test('after a kill what was done stands, and what the others left is put away', async () => {
  const run = 'node speak.mjs; test -e go || { echo half > out/d.txt; echo "pid $$."; read _ < never; }';
  await using rig = await Rig.compiled(
    { ...files, 'in/d.txt': 'mute' },
    config.replace('node speak.mjs', () => run),
  );
  gate(rig, 'never');
  const running = rig.start(['build', '--json']);
  const pid = Number(await saw(running, /pid (\d+)\./));
  await running.printed(/"task-finished","task":"s:in\/c.txt"/);
  await killWithStarter(running);
  process.kill(-pid, 'SIGKILL');
  await gone(pid);
  const told = () => rig.files('.pipeline-cache/runs').filter((file) => /items|output/.test(file));
  expect(told()).toHaveLength(2);
  rig.write('go', '');
  rig.write('in/d.txt', 'd');
  const next = await rig.build();
  expect(next).toMatchObject({
    code: 0,
    executed: ['s:in/d.txt'],
    fresh: ['a', 'b', 'c'].map((name) => `s:in/${name}.txt`),
  });
  expect(rig.read('out/d.txt')).toBe('D');
  expect(told()).toEqual([]);
});

test('an edit ends the batch that it concerns, and no other batch of the stage', async () => {
  const run = `name=$(sed 's/.*"item":"in.\\(.\\).*/\\1/' "$PIPE_ITEMS")
    test -e quick-$name || { echo "$name is at work"; read _ < gate-$name; }
    cp in/$name.txt out/$name.txt`;
  await using rig = await Rig.compiled(
    { 'in/a.txt': '0', 'in/b.txt': '0', 'quick-a': '', 'quick-b': '' },
    `{ stages: { s: {
      forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], batch: { size: 1 }, run: ${JSON.stringify(run)},
    } } }`,
  );
  gate(rig, 'gate-a');
  gate(rig, 'gate-b');
  const [watcher] = await Watcher.start(rig, ['-v', '-j', '2']);
  await using _ = watcher;
  for (const name of ['a', 'b']) {
    rig.remove(`quick-${name}`);
    rig.write(`in/${name}.txt`, '1');
  }
  await watcher.until(/ is at work[\s\S]* is at work/);
  rig.write('quick-a', '');
  rig.write('in/a.txt', '2');
  await watcher.until(/done +s:in\/a\.txt/);
  await tell(rig, 'gate-b');
  expect(await watcher.rest()).toMatchObject({ failed: [], done: ['s:in/b.txt'] });
  expect([rig.read('out/a.txt'), rig.read('out/b.txt')]).toEqual(['2', '1']);
});

test('a file of one item is taken away and its batch dies of that: the others are made all the same', async () => {
  const run = 'test -e quick || { echo at work; read _ < gate; }; for f in {requires}; do cp $f out/; done';
  const config = `{ stages: { s: {
    forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], batch: { size: 9 }, run: ${JSON.stringify(run)},
  } } }`;
  const three = { 'in/a.txt': 'a', 'in/b.txt': 'b', 'in/c.txt': 'c' };
  const takenAway = async (rig: Rig) => {
    rig.write('quick', '');
    rig.remove('in/b.txt');
    await tell(rig, 'gate');
  };

  await using built = await Rig.compiled(three, config);
  gate(built, 'gate');
  const running = built.start(['build', '-v']);
  await running.printed(/at work/);
  await takenAway(built);
  const { code, stdout } = await running.ended;
  expect(code).toBe(1);
  const again = 'its batch failed, and in/b.txt of another item was edited meanwhile, so it runs again';
  expect(stdout).toContain(`s:in/a.txt: ${again}\n`);
  expect(stdout).toContain('\n1 failed, 2 ran in ');
  expect(await built.build()).toMatchObject({ code: 0, executed: [], finished: { fresh: 2 } });

  // A watch needs nobody who asks for them again.
  await using watched = await Rig.compiled(three, config);
  gate(watched, 'gate');
  await using watcher = new Watcher(watched.start(['watch', '-v']));
  await watcher.until(/at work/);
  await takenAway(watched);
  const { done, failed, text } = await watcher.rest();
  expect({ done, failed }).toEqual({ done: ['s:in/a.txt', 's:in/c.txt'], failed: ['s:in/b.txt'] });
  expect(text).not.toContain('failed before');
});

test('each log says which attempt it is of, and at how many, whoever led the batch before', async () => {
  await using rig = await Rig.compiled(
    { 'in/1.txt': '', 'in/2.txt': '', 'in/3.txt': '', 'in/4.txt': '' },
    `{ stages: { s: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], batch: { size: 2 },
      retry: { attempts: 3, delay: '1ms' }, run: async (ctx) => {
        const fs = await import('node:fs');
        for (const item of ctx.items) {
          if (item.captures.n !== '1') throw 'not this one';
          fs.writeFileSync(item.produces[0], '');
          item.done();
        }
      } } } }`,
  );
  const run = await rig.build(['-k', '-j1']);
  expect(run.failed).toEqual(['s:in/2.txt', 's:in/3.txt', 's:in/4.txt']);
  const heads = async (...what: readonly string[]) =>
    (await rig.pipe(['logs', ...what])).stdout
      .split('\n')
      .filter((line) => line.startsWith('==>'))
      .sort();
  const ofSecond = [
    '==> s:in/1.txt and 1 other, attempt 1 of 3 <==',
    '==> s:in/2.txt, attempt 2 of 3 <==',
    '==> s:in/2.txt, attempt 3 of 3 <==',
  ];
  expect(await heads('s:in/2.txt')).toEqual(ofSecond);
  expect(await heads()).toEqual([
    ...ofSecond,
    ...[1, 2, 3].map((attempt) => `==> s:in/3.txt and 1 other, attempt ${attempt} of 3 <==`),
  ]);
  // One log alone has no head, unless others have their part in it.
  expect(await heads('s:in/1.txt')).toEqual(['==> s:in/1.txt and 1 other, attempt 1 of 3 <==']);
  // Text that is thrown is told as it is.
  expect((await rig.build(['-k'])).end('s:in/2.txt')?.failure).toMatchObject({ message: 'not this one' });
});

test('where each word is written over the last one, none that failed is taken for done, and money may be missing', async () => {
  const over = speak
    .replaceAll('appendFileSync', 'writeFileSync')
    .replace('writeFileSync, readFileSync, writeFileSync', 'readFileSync, writeFileSync');
  await using rig = await Rig.compiled({ ...files, 'speak.mjs': over, 'in/b.txt': 'bad' }, config);
  const run = await rig.build(['-k']);
  expect(run.code).toBe(1);
  expect(run.executed).not.toContain('s:in/b.txt');
  // Whether a word was read before the next one took its place is chance.
  const end = run.end('s:in/b.txt')?.failure;
  const anew =
    "PIPE_OUTPUT was written anew, and what had been said in it may be lost: open it for appending (>>, mode 'a')";
  expect([
    { kind: 'reported', message: 'it is bad' },
    { kind: 'words-lost', message: anew },
  ]).toContainEqual(end);
  expect(run.warnings.join()).toMatch(
    /perhaps not all that s:in\/.\.txt reported has counted: PIPE_OUTPUT was written anew/,
  );
  expect((await rig.pipe(['build', '-k'])).stdout).toMatch(/failed +s:in\/b\.txt/);
});

test('a function is given its items, and says of each how it went', async () => {
  await using rig = await Rig.compiled(
    { 'in/1.txt': 'one', 'in/2.txt': 'two', 'in/3.txt': 'three' },
    `{ stages: { s: { forEach: 'in/{n}.txt', produces: ['out/{n}.txt'], batch: { size: 3 }, run: async (ctx) => {
      const fs = await import('node:fs');
      ctx.log([ctx.item, ctx.requires, ctx.items.map(({ captures }) => captures.n)].join());
      for (const item of ctx.items) {
        if (item.captures.n === '2') item.failed('no even numbers');
        else {
          fs.writeFileSync(item.produces[0], item.requires[0]);
          item.metric({ usd: 1 });
          item.done();
        }
      }
      throw new Error('too late to matter');
    } } } }`,
  );
  const run = await rig.build(['-k']);
  expect(run.end('s:in/1.txt')).toMatchObject({ outcome: 'executed', metrics: { usd: 1 } });
  expect(run.end('s:in/2.txt')?.failure).toEqual({ kind: 'reported', message: 'no even numbers' });
  expect(run.executed).toEqual(['s:in/1.txt', 's:in/3.txt']);
  expect(run.warnings.join()).toContain('ended badly when all its items had been reported: threw');
  expect((await rig.pipe(['logs', 's:in/3.txt'])).stdout).toContain(',in/1.txt,in/2.txt,in/3.txt,1,2,3');
});

test('what is of one item has no place in what serves many', async () => {
  const stages = ["a: { batch: { size: 2 }, run: 'x' }"].concat(
    ["run: 'cp {item} x'", "run: 'x', hooks: { before: 'y' }"].map(
      (part, i) => `s${i}: { forEach: 'in/{n}.txt', produces: ['o${i}/{n}'], batch: { size: 2 }, ${part} }`,
    ),
  );
  await using rig = await Rig.compiled(files, `{ stages: { ${stages.join(', ')} } }`);
  const { code, stderr } = await rig.pipe(['build']);
  expect([code, stderr.match(/PIPE06\d/g)]).toEqual([2, ['PIPE066', 'PIPE067', 'PIPE068']]);
});
