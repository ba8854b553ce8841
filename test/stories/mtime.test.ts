// `freshness: 'mtime'`: make's rule, on purpose, and what stays as it is under `hash`.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { buildAsForetold } from '../rig/foretold.ts';
import { Gates } from '../rig/gate.ts';
import { builtFrom, Rig } from '../rig/rig.ts';
import { expectNothingToDo } from '../rig/untouched.ts';
import { Watcher } from '../rig/watcher.ts';
import { saw } from './signs.ts';

const chain = `{
  freshness: 'mtime',
  stages: {
    upper: { requires: ['src/*.txt'], produces: ['out/upper.txt'], run: 'cat src/*.txt | tr a-z A-Z > out/upper.txt' },
    count: { requires: ['out/upper.txt'], produces: ['out/count.txt'], run: 'wc -c < out/upper.txt > out/count.txt' },
  },
}`;

/** Sets a file's time to a year. */
function date(rig: Rig, file: string, year: number): void {
  const time = new Date(Date.UTC(year, 0, 1));
  fs.utimesSync(rig.path(file), time, time);
}

test('a checkout with outputs in place is fresh at once, without a record', async () => {
  await using rig = await Rig.compiled(
    { 'src/a.txt': 'a', 'out/upper.txt': 'mine', 'out/count.txt': '4' },
    chain,
  );
  for (const file of rig.files()) date(rig, file, 2020);
  expect((await buildAsForetold(rig)).fresh).toEqual(['count', 'upper']);
  await expectNothingToDo(rig);
  expect(rig.read('out/upper.txt')).toBe('mine');
});

test('an input that is newer than the oldest output reruns the stage, and the reason names both', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a', 'src/b.txt': 'b' }, chain);
  expect((await buildAsForetold(rig)).executed).toEqual(['count', 'upper']);
  await expectNothingToDo(rig);
  rig.write('src/b.txt', 'B2');
  date(rig, 'src/b.txt', 2100);
  date(rig, 'src/a.txt', 2001);
  const built = await rig.build(['upper']);
  expect(built.executed).toEqual(['upper']);
  expect(built.reasonsOf('upper')).toEqual([
    { code: 'input-newer', path: 'src/b.txt', than: 'out/upper.txt', isAhead: true },
  ]);
  expect(built.warnings).toEqual([
    expect.stringMatching(
      /^src\/b\.txt is dated \d+d \d\dh in the future, so upper runs in each build until then$/,
    ),
  ]);
});

test('an edit with an old time is not seen: that is the rule', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain);
  await rig.build();
  rig.write('src/a.txt', 'other');
  date(rig, 'src/a.txt', 2001);
  await expectNothingToDo(rig);
});

test('a touched input costs a look into the cache, and then all is fresh again', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain);
  await rig.build();
  date(rig, 'out/upper.txt', 2001);
  date(rig, 'out/count.txt', 2002);
  const built = await buildAsForetold(rig);
  expect(built.executed).toEqual([]);
  expect(built.restored).toEqual(['count', 'upper']);
  // What is restored is as new as now.
  expect(fs.statSync(rig.path('out/upper.txt')).mtime.getUTCFullYear()).toBeGreaterThan(2002);
  await expectNothingToDo(rig);
});

test('an item of a document goes by the time of the document until a record tells what it said', async () => {
  await using rig = await Rig.compiled(
    {
      'd.json': '[{"id": 1, "v": "a"}, {"id": 2, "v": "b"}]',
      'say.cjs': `
        const { readFileSync, writeFileSync } = require('node:fs');
        const [, , key, to] = process.argv;
        writeFileSync(to, JSON.parse(readFileSync('d.json')).find(({ id }) => String(id) === key).v);`,
    },
    `import { definePipeline, items } from 'pipe-build';
    export default definePipeline({
      freshness: 'mtime',
      stages: { r: { forEach: items('d.json', (doc) => doc, { key: 'id' }), produces: 'r/{key}.txt',
        run: 'node say.cjs {key} {produces}' } },
    });`,
  );
  date(rig, 'say.cjs', 2001);
  date(rig, 'd.json', 2001);
  expect((await buildAsForetold(rig)).executed).toEqual(['r:1', 'r:2']);
  // As a checkout has it.
  rig.remove('.pipeline-cache');
  expect((await rig.build()).fresh).toEqual(['r:1', 'r:2']);
  for (const output of ['r/1.txt', 'r/2.txt']) date(rig, output, 2010);
  rig.write('d.json', '[{"id": 1, "v": "A"}, {"id": 2, "v": "b"}]');
  date(rig, 'd.json', 2011);
  const built = await buildAsForetold(rig);
  expect(built.executed).toEqual(['r:1', 'r:2']);
  expect(built.reasonsOf('r:1')).toEqual([{ code: 'input-newer', path: 'd.json', than: 'r/1.txt' }]);
  expect(rig.read('r/1.txt')).toBe('A');
  // From here on there are records: an edit concerns its own entry, and the document's time nobody.
  rig.write('d.json', '[{"id": 1, "v": "A"}, {"id": 2, "v": "B"}]');
  date(rig, 'd.json', 2090);
  const known = await buildAsForetold(rig);
  expect(known.executed).toEqual(['r:2']);
  expect(known.reasonsOf('r:2')).toMatchObject([{ code: 'definition-changed', name: 'record' }]);
  await expectNothingToDo(rig);
});

test('a missing output and a changed command rerun the stage here too', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain);
  await rig.build();
  rig.remove('out/count.txt');
  const missing = await buildAsForetold(rig);
  expect(missing.restored).toEqual(['count']);
  expect(missing.reasonsOf('count')).toEqual([{ code: 'output-missing', path: 'out/count.txt' }]);
  await rig.reconfigure(chain.replace('wc -c', 'wc -l'));
  const changed = await buildAsForetold(rig);
  expect(changed.executed).toEqual(['count']);
  expect(changed.reasonsOf('count')).toMatchObject([{ code: 'definition-changed', name: 'command' }]);
  await expectNothingToDo(rig);
});

test('an empty folder that an attempt left counts as made neither of an item nor of the whole', async () => {
  const pipeline = (s: string) => `{ freshness: 'mtime', stages: { s: { ${s} } } }`;
  await using rig = await Rig.compiled(
    { 'in/x/1.txt': 'one' },
    pipeline(`forEach: 'in/{x}/{y}.txt', produces: ['out/{x}/{y}.txt'], run: 'exit 1'`),
  );
  expect((await rig.build()).code).toBe(1);
  expect(fs.statSync(rig.path('out/x')).isDirectory()).toBe(true);
  await rig.reconfigure(pipeline(`requires: ['in/**'], produces: ['out/'], run: 'mkdir -p out/none'`));
  const built = await buildAsForetold(rig);
  expect(built.reasonsOf('s')).toEqual([{ code: 'output-missing', path: 'out/' }]);
  // What it has made itself counts.
  expect(built.executed).toEqual(['s']);
  await expectNothingToDo(rig);
});

test('an attempt that did not end well is stale, however new its outputs look', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain);
  await rig.build();
  await rig.reconfigure(chain.replace('wc -c', 'exit 4; wc -c'));
  expect((await rig.build()).failed).toEqual(['count']);
  await rig.reconfigure(chain);
  rig.write('out/count.txt', 'new, but not a result');
  const built = await buildAsForetold(rig);
  expect(built.restored).toEqual(['count']);
  expect(built.reasonsOf('count')).toEqual([{ code: 'unfinished' }]);
  expect(rig.read('out/count.txt').trim()).toBe('1');
  await expectNothingToDo(rig);
});

test('a hand-edited output that must give way is kept aside here too', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain);
  await rig.build();
  rig.write('out/upper.txt', 'mine');
  // Newer than its inputs: fresh, so it stays.
  expect((await rig.build()).fresh).toContain('upper');
  rig.write('src/a.txt', 'b');
  date(rig, 'src/a.txt', 2100);
  const built = await rig.build(['upper']);
  expect(built.executed).toEqual(['upper']);
  expect(rig.read(`.pipeline-cache/displaced/${built.events[0]?.runId}/out/upper.txt`)).toBe('mine');
});

test('where nothing says any more who made a protected output, the build stops, as foretold, though the cache has the same', async () => {
  await using rig = await Rig.compiled(
    { 'src/a.txt': 'a' },
    chain.replace("run: 'cat", "protect: true, run: 'cat"),
  );
  await rig.build();
  rig.remove('.pipeline-cache/state');
  date(rig, 'src/a.txt', 2100);
  const plan = await rig.build(['upper', '--dry-run']);
  expect(plan.code).toBe(3);
  expect(await rig.build(['upper'])).toMatchObject({ code: 3, waiting: ['upper'] });
});

test('a stage without outputs goes by its record', async () => {
  const config = `{ freshness: 'mtime', stages: { lint: { requires: ['in.txt'], run: 'true' } } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'a' }, config);
  expect((await buildAsForetold(rig)).executed).toEqual(['lint']);
  date(rig, 'in.txt', 2100);
  expect((await rig.build()).fresh).toEqual(['lint']);
  await expectNothingToDo(rig);
  rig.write('in.txt', 'b');
  date(rig, 'in.txt', 2001);
  expect((await buildAsForetold(rig)).executed).toEqual(['lint']);
});

test('--freshness overrides what the pipeline says, for status too', async () => {
  await using rig = await Rig.compiled({ 'src/a.txt': 'a' }, chain.replace("'mtime'", "'hash'"));
  await rig.build();
  date(rig, 'src/a.txt', 2100);
  expect((await rig.build()).fresh).toEqual(['count', 'upper']);
  expect((await rig.pipe(['status', '--check', '--freshness', 'mtime'])).code).toBe(1);
  expect((await rig.pipe(['status', '--check'])).code).toBe(0);
});

test('a watch leaves alone what goes by a time that is still to come, until something else of it changes', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1', 'more.txt': '1', 'other.txt': '1' },
    `{ jobs: 1, freshness: 'mtime', cache: false, stages: {
      ahead: { requires: ['in.txt', 'more.txt'], produces: ['out.txt'], run: 'cat in.txt more.txt > out.txt; echo ran >> ahead.log' },
      other: { requires: ['other.txt'], produces: ['copy.txt'], run: 'cp other.txt copy.txt' },
    } }`,
  );
  date(rig, 'in.txt', 2100);
  const [watcher, first] = await Watcher.start(rig, []);
  await using _ = watcher;
  expect(first).toMatchObject({ done: ['ahead', 'other'], runs: 1 });
  rig.write('other.txt', '2');
  expect(await watcher.rest()).toMatchObject({ done: ['other'], runs: 1 });
  rig.write('more.txt', '2');
  expect(await watcher.rest()).toMatchObject({ done: ['ahead'], runs: 1 });
  expect(rig.read('out.txt')).toBe('12');
  expect(rig.read('ahead.log')).toBe('ran\nran\n');
});

test('what an attempt left half-written that was killed is no output of the item that takes its place', async () => {
  await using rig = await Rig.compiled(
    { 'in/p/1.t': 'whole' },
    `{ stages: { s: {
      freshness: 'mtime',
      forEach: 'in/{x}/{y}.t',
      produces: ['out/{y}.o'],
      run: 'echo half > out/{y}.o; test -f go || { echo "at" work; exec sleep 1000; }; cat {item} > out/{y}.o',
    } } }`,
  );
  const running = rig.start(['build', '--json']);
  await saw(running, /at work/);
  running.child.kill('SIGKILL');
  await running.ended;
  fs.mkdirSync(rig.path('in/q'));
  fs.renameSync(rig.path('in/p/1.t'), rig.path('in/q/1.t'));
  rig.write('go', '');
  expect((await rig.build()).executed).toEqual(['s:in/q/1.t']);
  expect(rig.read('out/1.o')).toBe('whole');
  await expectNothingToDo(rig);
});

/** `folder`: where the copies are of which the last stage makes its outputs, one by one. */
const streaming = (folder: string) => `{ jobs: 2, stages: {
  copy: {
    forEach: 'src/{x}.t',
    produces: ['${folder}/{x}.t'],
    run: 'if grep -q bad {item}; then cat go; exit 1; fi; cp -p {item} {produces}',
  },
  s: { freshness: 'mtime', forEach: '${folder}/{x}.t', produces: ['out/{x}.o'], run: 'cat {item} > {produces}' },
} }`;

test('where a stage before has failed in part, what an item made that is gone is no output of the one in its place', async () => {
  await using rig = await Rig.compiled({ 'src/1.t': 'one', 'src/2.t': 'fine' }, streaming('in'));
  for (const item of ['1', '2']) date(rig, `src/${item}.t`, 2001);
  expect((await rig.build()).code).toBe(0);
  // By times all is well: what was made of the one is newer than the other.
  await rig.reconfigure(streaming('mid'));
  rig.write('src/1.t', 'two');
  date(rig, 'src/1.t', 2001);
  rig.write('src/2.t', 'bad');
  const gates = new Gates(rig, 'go');
  const running = rig.start(['build', '--json']);
  await saw(running, /"task-finished","task":"s:mid\/1.t"/);
  await gates.open('go');
  const failed = builtFrom(await running.ended);
  expect(failed.failed).toEqual(['copy:src/2.t']);
  expect(failed.executed).toEqual(['copy:src/1.t', 's:mid/1.t']);
  expect(failed.reasonsOf('s:mid/1.t')).toEqual([
    { code: 'made-for-another', path: 'out/1.o', by: 's:in/1.t' },
  ]);
  expect(rig.read('out/1.o')).toBe('two');
  // Now all items are known, and what is on record of the one that is gone goes: not with what is there of the other.
  rig.write('src/2.t', 'good');
  const mended = await rig.build();
  expect(mended.executed).toEqual(['copy:src/2.t', 's:mid/2.t']);
  expect([rig.read('out/1.o'), rig.read('out/2.o')]).toEqual(['two', 'good']);
  await expectNothingToDo(rig);
});

test('what an item made before and makes no more is no output of the one that makes it now', async () => {
  const producing = (output: string) =>
    `{ cache: false, stages: { s: { freshness: 'mtime', forEach: 'in/{x}/{y}.t', produces: ['${output}'], run: 'cat {item} > {produces}' } } }`;
  await using rig = await Rig.compiled({ 'in/p/q.t': 'one' }, producing('out/{x}.o'));
  date(rig, 'in/p/q.t', 2001);
  await rig.build();
  await rig.reconfigure(producing('out/{y}.o'));
  rig.write('in/r/p.t', 'two');
  date(rig, 'in/r/p.t', 2001);
  const why = { code: 'made-for-another', path: 'out/p.o', by: 's:in/p/q.t' };
  const { stdout } = await rig.pipe(['status', '--json', 's:in/r/p.t']);
  expect(JSON.parse(stdout)).toMatchObject({ tasks: [{ task: 's:in/r/p.t', reasons: [why] }] });
  // Then nothing is on record of it any more.
  expect((await rig.build(['s:in/p/q.t'])).executed).toEqual(['s:in/p/q.t']);
  expect((await rig.build()).executed).toEqual(['s:in/r/p.t']);
  expect([rig.read('out/p.o'), rig.read('out/q.o')]).toEqual(['two', 'one']);
  await expectNothingToDo(rig);
});

test('what was made for other parameters, and by chance has the same path, is no output of a task without a record', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'text' },
    `{ params: { a: { type: 'string', default: '1-2' }, b: { type: 'string', default: '3' } }, cache: false, stages: { one: {
      freshness: 'mtime', requires: ['in.txt'], produces: ['out/{params.a}-{params.b}'], run: 'echo {params.a} > {produces}',
    } } }`,
  );
  date(rig, 'in.txt', 2001);
  await rig.build();
  const other = await rig.build(['-p', 'a=1', '-p', 'b=2-3']);
  expect(other.reasonsOf('one')).toEqual([
    { code: 'made-for-another', path: 'out/1-2-3', by: 'one with a=1-2, b=3' },
  ]);
  expect(rig.read('out/1-2-3')).toBe('1\n');
});
