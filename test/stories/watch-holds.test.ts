// `pipe watch`: what is left alone after a failure or at the end of a budget, and what is reason enough to go on.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';
import { hasTerminal, Terminal } from '../rig/terminal.ts';
import { Watcher } from '../rig/watcher.ts';
import { gate, tell } from './signs.ts';

const rest = /up to date, watching \d+ folders.*\n/;

/** Stages that use 10 dollars each. */
const paid = (names: readonly string[], budget: number) => `{ budget: { usd: ${budget} }, jobs: 1, stages: {
  ${names.map((name) => `${name}: { requires: ['${name}.txt'], produces: ['out/${name}'], run: ${JSON.stringify(`echo '{"metric":{"usd":10}}' >> "$PIPE_OUTPUT"; echo ${name} >> paid.log; cp ${name}.txt out/${name}`)} },`).join('\n  ')}
  free: { requires: ['free.txt'], produces: ['out/free'], run: 'cp free.txt out/free' },
} }`;

test('what a budget has stopped goes on when somebody asks for it, and by nothing else', async () => {
  const names = ['a', 'b', 'c', 'd'];
  const files = Object.fromEntries([...names, 'free'].map((name) => [`${name}.txt`, '1']));
  await using rig = await Rig.compiled({ ...files, 'paid.log': '' }, paid(names, 10));
  const [watcher, first] = await Watcher.start(rig, ['--exec', 'echo at work']);
  await using _ = watcher;
  // Even what costs nothing: who knows that before it has run?
  expect(first).toMatchObject({ runs: 1, done: ['a'] });
  expect(first.text).toContain('○ b is pending, as the budget was spent: pipe build b runs it');
  expect(first.text).toContain('to go on: pipe build -k --budget usd=20');

  // An edit has a budget of its own, for what it has made stale.
  rig.write('a.txt', '2');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['a'] });
  rig.write('b.txt', '2');
  rig.write('a.txt', '3');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['a'] });

  // Another build has done it: what is edited then is an edit like any other.
  expect(await rig.build(['b'])).toMatchObject({ executed: ['b'] });
  expect((await watcher.rest()).text).not.toContain('b is pending');
  rig.write('b.txt', '3');
  expect(await watcher.rest()).toMatchObject({ done: ['b'] });

  await rig.reconfigure(paid(names, 30));
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['c', 'd', 'free'] });
  expect(rig.read('paid.log').trim().split('\n').join('')).toBe('aaabbcd');
  expect((await watcher.quit()).stdout).not.toContain('stages are stale again');
});

test('at a terminal, Enter goes on for one budget more, and a key for one stage', async () => {
  if (!hasTerminal) return;
  const names = ['a', 'b', 'c', 'd'];
  const files = Object.fromEntries([...names, 'free'].map((name) => [`${name}.txt`, '1']));
  await using rig = await Rig.compiled({ ...files, 'paid.log': '' }, paid(names, 10));
  await using terminal = new Terminal(rig, 'watch');
  const first = await terminal.next(rest);
  expect(first).toContain('to go on: Enter, or pipe build -k --budget usd=20');
  expect(first).toContain('○ b is pending, as the budget was spent: 1 runs it\n');
  terminal.type('\r');
  expect(await terminal.next(rest)).toMatch(
    /✓ b [\s\S]*○ c is pending, as the budget was spent: 1 runs it\n/,
  );
  terminal.type('3');
  expect(await terminal.next(rest)).toMatch(/✓ free [\s\S]*○ c is pending[\s\S]*○ d is pending/);
  terminal.type('2');
  expect(await terminal.next(rest)).toMatch(
    /✓ d [\s\S]*○ c is pending, as the budget was spent: 1 runs it\n/,
  );
  expect(rig.read('paid.log')).toBe('a\nb\nd\n');
});

for (const onChange of ['restart', 'wait'])
  test(`what is edited during each attempt is built when the edits have come to rest (--on-change ${onChange})`, async () => {
    await using rig = await Rig.compiled(
      { 'in.txt': 'v0' },
      `{ stages: { s: { requires: ['in.txt'], produces: ['out.txt'],
        run: 'test -e quiet || { v=$(cat in.txt); echo "$v at work"; read _ < gate-$v; }; cp in.txt out.txt' } } }`,
    );
    // In the default mode five times it is ended at once.
    const attempts = onChange === 'wait' ? 3 : 8;
    // One for each: what opened it for one attempt may still have it open when the next attempt reads.
    for (let attempt = 0; attempt < attempts; attempt++) gate(rig, `gate-v${attempt}`);
    const watcher = new Watcher(rig.start(['watch', '-v', '--on-change', onChange]));
    await using _ = watcher;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      await watcher.until(new RegExp(`v${attempt - 1} at work`));
      if (attempt === attempts) rig.write('quiet', '');
      // In one step: an attempt that is ended over the empty file would count as well.
      rig.write('next.txt', `v${attempt}`);
      fs.renameSync(rig.path('next.txt'), rig.path('in.txt'));
      if (onChange === 'wait' || attempt > 5) await tell(rig, `gate-v${attempt - 1}`);
    }
    const pass = await watcher.rest();
    expect(pass).toMatchObject({ failed: ['s'], done: ['s'] });
    expect(rig.read('out.txt')).toBe(`v${attempts}`);
    expect(pass.text).not.toContain('all else');
  });

test('what failed over an edit that was taken back by the end runs again by itself', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'good', quiet: '' },
    `{ stages: { s: { requires: ['in.txt'], produces: ['out.txt'],
      run: 'test -e quiet || { echo at work; read _ < first; grep -q good in.txt || { echo it is bad; read _ < second; exit 1; }; }; cp in.txt out.txt' } } }`,
  );
  for (const name of ['first', 'second']) gate(rig, name);
  const [watcher] = await Watcher.start(rig, ['-v', '--on-change', 'wait']);
  await using _ = watcher;
  rig.remove('quiet');
  rig.write('in.txt', 'good as well');
  await watcher.until(/at work/);
  rig.write('in.txt', 'bad');
  await tell(rig, 'first');
  await watcher.until(/it is bad/);
  rig.write('in.txt', 'good as well');
  rig.write('quiet', '');
  await tell(rig, 'second');
  expect(await watcher.rest()).toMatchObject({ failed: ['s'], done: ['s'] });
});

test('a stage that fails and touches its own input each time is tried four times, and then left alone', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '' },
    `{ stages: { s: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo >> runs; touch in.txt; exit 1' } } }`,
  );
  const [watcher, pass] = await Watcher.start(rig, ['--on-change', 'wait']);
  await using _ = watcher;
  expect(pass.runs).toBe(3);
  // When nothing was edited for a while.
  expect((await watcher.rest()).runs).toBe(1);
  expect(rig.read('runs')).toBe('\n'.repeat(4));
});

test('what failed when its folder was taken away under its hands runs again, once', async () => {
  const run = (end: string) =>
    `'test -e quiet || { echo at work; read _ < gate; }; ${end}echo >> runs; cp in.txt out/deep/'`;
  const config = (end = '') =>
    `{ stages: { s: { requires: ['in.txt'], produces: ['out/deep/'], run: ${run(end)} } } }`;
  await using rig = await Rig.compiled({ 'in.txt': 'a', quiet: '' }, config());
  gate(rig, 'gate');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.remove('quiet');
  rig.write('in.txt', 'b');
  await watcher.until(/at work/);
  rig.remove('out');
  rig.write('quiet', '');
  await tell(rig, 'gate');
  const { failed, done, text } = await watcher.rest();
  expect({ failed, done }).toEqual({ failed: ['s'], done: ['s'] });
  expect(text).toContain('  out/deep was taken away while it ran\n');
  expect(rig.read('out/deep/in.txt')).toBe('b');
  // One that takes it away by itself looks the same.
  rig.reconfigure(config('rm -r out/deep; false; '));
  rig.remove('runs');
  expect(await watcher.rest()).toMatchObject({ runs: 2, failed: ['s'], done: [] });
});

test('a stage that edits its own input is tried three times, and then left alone', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '' },
    `{ stages: { s: { requires: ['in.txt'], produces: ['out.txt'], run: 'echo more >> in.txt; cp in.txt out.txt' } } }`,
  );
  const [watcher, pass] = await Watcher.start(rig, ['--on-change', 'wait']);
  await using _ = watcher;
  expect(pass.runs).toBe(3);
  expect(rig.read('in.txt')).toBe('more\n'.repeat(9));
  expect(pass.text).toContain('✗ s failed: it runs again when something it requires changes');
});

/** It fails, is left alone as long as nothing matters to it, and goes well when that which failed it is mended. */
async function mended(
  { files = {}, gates = [], config, args = [] }: MendedScene,
  mend: (rig: Rig) => void | Promise<void>,
): Promise<void> {
  await using rig = await Rig.compiled({ 'in.txt': 'line\n', 'other.txt': '', ...files }, config);
  for (const name of gates) gate(rig, name);
  const [watcher, first] = await Watcher.start(rig, args);
  await using _ = watcher;
  expect(first.failed, first.text).toEqual(['s']);
  rig.write('other.txt', 'edited');
  expect(await watcher.rest()).toMatchObject({ done: ['other'], failed: [] });
  await mend(rig);
  const pass = await watcher.rest();
  expect(pass, pass.text).toMatchObject({ done: ['s'], failed: [] });
}

interface MendedScene {
  readonly files?: Readonly<Record<string, string>>;
  /** Named pipes. */
  readonly gates?: readonly string[];
  readonly config: string;
  readonly args?: readonly string[];
}

const copying = (fields: string, more = '', run = 'cp in.txt out.txt') => `
  import { definePipeline, jsonSchema, minLines } from 'pipe-build';
  export default definePipeline({ ${more} stages: {
    s: { requires: ['in.txt'], produces: ['out.txt'], run: ${JSON.stringify(run)}, ${fields} },
    other: { requires: ['other.txt'], produces: ['out/other.txt'], run: 'cp other.txt out/other.txt' },
  } });`;

test('a schema that is mended is reason enough', () =>
  mended(
    {
      files: { 'in.txt': '1', 'schema.json': '{"type":"string"}' },
      config: copying("check: jsonSchema('schema.json')"),
    },
    (rig) => rig.write('schema.json', '{"type":"number"}'),
  ));

test('that a schema has gone is told, also where it has failed before', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1', 'other.txt': '', 'schema.json': '{"type":"string"}' },
    copying("check: jsonSchema('schema.json')"),
  );
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  rig.remove('schema.json');
  expect((await watcher.rest()).text).toMatch(/schema\.json[\s\S]*nothing can be built as it is/);
});

test('a check that is mended is reason enough', () =>
  mended({ config: copying('check: minLines(5)') }, (rig) => rig.reconfigure(copying('check: minLines(1)'))));

const checking = (lines: number) => copying(`check: (file) => file.text().split('\\n').length > ${lines}`);

test('a function that checks and is mended is reason enough', () =>
  mended({ config: checking(5) }, (rig) => rig.config(checking(1))));

test('what stood in the way of an output and is gone is reason enough', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1', out: 'no folder' },
    `{ stages: { s: { requires: ['in.txt'], produces: ['out/s.txt'], run: 'cp in.txt out/s.txt' } } }`,
  );
  const [watcher, first] = await Watcher.start(rig, []);
  await using _ = watcher;
  expect(first).toMatchObject({ failed: ['s'] });
  rig.remove('out');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['s'] });
  expect(rig.read('out/s.txt')).toBe('1');
});

const waiting = (timeout: string) => copying(`timeout: '${timeout}'`, '', 'read _ < gate; cp in.txt out.txt');

test('a longer time limit is reason enough', () =>
  mended({ gates: ['gate'], config: waiting('50ms') }, async (rig) => {
    await rig.reconfigure(waiting('60s'));
    await tell(rig, 'gate');
  }));

const warmed = (before: string) => copying('', `hooks: { before: ${before} },`);

test('a hook of the pipeline that is mended is reason enough', () =>
  mendedAll({ config: warmed("'false'") }, (rig) => rig.reconfigure(warmed("'true'"))));

test('so is a file that such a hook names', () =>
  mendedAll({ files: { 'warm.sh': 'false' }, config: warmed("'sh warm.sh'") }, (rig) =>
    rig.write('warm.sh', 'true'),
  ));

/** The same where nothing is executed before it is mended. */
async function mendedAll({ files = {}, config }: MendedScene, mend: (rig: Rig) => void | Promise<void>) {
  await using rig = await Rig.compiled({ 'in.txt': 'line\n', 'other.txt': '', ...files }, config);
  const [watcher, first] = await Watcher.start(rig);
  await using _ = watcher;
  expect(first.failed, first.text).toEqual(['s', 'other']);
  await mend(rig);
  const pass = await watcher.rest();
  expect(pass, pass.text).toMatchObject({ failed: [], runs: 1 });
  expect([...pass.done].sort()).toEqual(['other', 's']);
}

test('a working folder that was missing and is made is reason enough', () =>
  mended({ config: copying("cwd: 'work'", '', 'cp ../in.txt ../out.txt') }, (rig) =>
    fs.mkdirSync(rig.path('work')),
  ));

/** Each second attempt goes well. */
const flaky = (fields: string) =>
  copying(fields, '', 'if test -e second; then cp in.txt out.txt; else touch second; exit 1; fi');

test('a retry that is added is reason enough', () =>
  mended({ config: flaky('') }, async (rig) => {
    rig.remove('second');
    await rig.reconfigure(flaky('retry: { attempts: 2, delay: 1 }'));
  }));

test.each([
  ['missing', 'OTHER=1\n'],
  ['wrong', 'KEY=wrong-9f2c\nOTHER=1\n'],
])('a secret that was %s and is mended is reason enough', (_, before) =>
  mended(
    {
      files: { '.env': before },
      config: copying("secrets: ['KEY']", '', 'test "$KEY" = right-9f2c && cp in.txt out.txt'),
      args: ['--env-file', '.env'],
    },
    (rig) => rig.write('.env', 'KEY=right-9f2c\nOTHER=2\n'),
  ),
);

const serving = (check: string) => copying("services: ['db']", `services: { db: { check: '${check}' } },`);

test('a service whose check is mended is reason enough', () =>
  mended({ config: serving('false') }, (rig) => rig.reconfigure(serving('true'))));

test('at a terminal, r runs again what was asked for and has failed, which is said of it', async () => {
  if (!hasTerminal) return;
  await using rig = await Rig.compiled(
    { 'in.txt': '1' },
    `{ stages: {
      m: { requires: ['in.txt'], produces: ['m.txt'], watch: 'manual', run: 'test -e allowed; cp in.txt m.txt' },
      n: { requires: ['in.txt'], produces: ['n.txt'], watch: 'manual', run: 'cp in.txt n.txt' },
    } }`,
  );
  await using terminal = new Terminal(rig, 'watch');
  expect(await terminal.next(rest)).toContain('○ m is pending: 1 runs it\n○ n is pending: 2 runs it\n');
  terminal.type('1');
  expect(await terminal.next(rest)).toContain(
    '✗ m failed and is pending: 1 runs it\n○ n is pending: 2 runs it\n',
  );
  rig.write('allowed', '');
  terminal.type('r');
  expect(await terminal.next(rest)).toContain('✓ m\n○ n is pending: 1 runs it\n');
});

test('what a run has made is not told as an edit before the next one', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '1' },
    `{ jobs: 1, stages: {
      a: { requires: ['in.txt'], produces: ['a.txt'], run: 'cp in.txt a.txt; test -e quick || { echo $PIPE_STAGE at work; read _ < gate-$PIPE_STAGE; }' },
      b: { requires: ['a.txt'], produces: ['b.txt'], run: 'cp a.txt b.txt; test -e quick || { echo $PIPE_STAGE at work; read _ < gate-$PIPE_STAGE; }' },
    } }`,
  );
  for (const stage of ['a', 'b']) gate(rig, `gate-${stage}`);
  rig.write('quick', '');
  const [watcher] = await Watcher.start(rig, ['-v']);
  await using _ = watcher;
  rig.remove('quick');
  rig.write('in.txt', '2');
  await watcher.until(/a at work/);
  await tell(rig, 'gate-a');
  await watcher.until(/b at work/);
  rig.write('quick', '');
  rig.write('in.txt', '3');
  await tell(rig, 'gate-b');
  const { text } = await watcher.rest();
  expect(text).toContain('changed: in.txt\n');
});

test('what is protected and was edited by hand waits for a person, and goes on when they have decided', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0\n' },
    `{ stages: { report: { requires: ['in.txt'], produces: ['out.md'], protect: true, run: 'cp in.txt out.md' } } }`,
  );
  const [watcher] = await Watcher.start(rig);
  await using _ = watcher;
  const atRest = `○ report waits for your word on out.md, protected and edited by hand:
  keep it  pipe accept out.md --reason "…"
  rebuild  pipe build report --force
all else is up to date`;
  rig.write('out.md', 'by hand\n');
  expect((await watcher.rest()).text).toContain(atRest);
  // An edit does not decide it.
  rig.write('in.txt', '1\n');
  expect((await watcher.rest()).text).toContain(atRest);
  expect(rig.read('out.md')).toBe('by hand\n');
  expect((await rig.build(['report', '--force'])).code).toBe(0);
  expect((await watcher.rest()).text).toMatch(/^up to date/m);
});

test.each([
  ['waits to be asked for', "watch: 'manual'", '○ first is pending: pipe build first runs it'],
  ['has failed and left its files as they were', "secrets: ['KEY']", '✗ first failed: it runs again when'],
])(
  'what is fresh over the old files of one that %s waits for it, and so does what comes after it',
  async (_, how, told) => {
    await using rig = await Rig.compiled(
      { 'in.txt': '1\n', 'more.txt': '1\n' },
      `{ stages: {
      first: { requires: ['in.txt'], produces: ['first.txt'], ${how}, run: 'cp in.txt first.txt' },
      next: { requires: ['first.txt'], produces: ['next.txt'], run: 'cp first.txt next.txt' },
      last: { requires: ['next.txt', 'more.txt'], produces: ['last.txt'], run: 'cat next.txt more.txt > last.txt' },
      other: { requires: ['in.txt', 'more.txt'], produces: ['other.txt'], run: 'cat in.txt more.txt > other.txt' },
    } }`,
    );
    const withKey = { env: { KEY: 'secret' } };
    expect((await rig.build([], withKey)).code).toBe(0);
    const [watcher] = await Watcher.start(rig);
    await using __ = watcher;
    for (const file of ['in.txt', 'more.txt']) {
      rig.write(file, '2\n');
      const pass = await watcher.rest();
      expect(pass).toMatchObject({ runs: 1, done: ['other'] });
      // As the run has told: what of it is fresh is so over files that are to be made anew.
      expect(pass.text).toMatch(/^skipped +next +blocked by first$/m);
      expect(pass.text).toContain(told);
      expect(pass.text).toContain('– next waits for first\n– last waits for next\n');
    }
    expect((await rig.build(['first'], withKey)).executed).toEqual(['first']);
    expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['next', 'last'] });
    expect((await watcher.quit()).stdout).not.toContain('stages are stale again');
  },
);

test('in a run of a watch a task that waited for its pool begins when there is room, and another attempt is counted as such', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': '0' },
    `{ pools: { one: 1 }, stages: {
      left: { requires: ['in.txt'], produces: ['left.txt'], run: 'cp in.txt left.txt', pool: 'one' },
      right: { requires: ['in.txt'], produces: ['right.txt'], run: 'cp in.txt right.txt', pool: 'one' },
      tries: { requires: ['in.txt'], retry: { attempts: 2, delay: 1 }, run: 'echo "$PIPE_ATTEMPT" >> tries.log; false' },
    } }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['left', 'right', '-j', '2']);
  expect(first).toMatchObject({ runs: 1, failed: [] });
  expect([...first.done].sort()).toEqual(['left', 'right']);
  await watcher[Symbol.asyncDispose]();
  const [other, tried] = await Watcher.start(rig, ['tries']);
  await using _ = other;
  expect(tried).toMatchObject({ runs: 1, failed: ['tries'] });
  expect(rig.read('tries.log')).toBe('1\n2\n');
});
