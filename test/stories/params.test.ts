// Parameters of a pipeline: given on the command line, by default, or by an answer at the terminal.
import { spawn, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { refused } from '../rig/refused.ts';
import { nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { Watcher } from '../rig/watcher.ts';

const lessons = `{
  params: {
    subject: { type: 'string', choices: ['math', 'art'], description: 'what to teach' },
    level: { type: 'number', default: 3 },
  },
  stages: {
    lesson: {
      requires: 'sow/{params.subject}.txt',
      produces: 'lessons/{params.subject}.txt',
      run: 'echo {params.level} | cat - {requires} > {produces}',
      cache: false,
    },
    script: {
      produces: 'ctx/{params.subject}.json',
      run: async ({ params, produces }) => (await import('node:fs')).writeFileSync(produces[0], JSON.stringify(params)),
      cache: false,
    },
    index: { requires: 'sow/math.txt', produces: 'index.txt', run: 'cp sow/math.txt index.txt' },
  },
}`;

const sow = { 'sow/math.txt': 'numbers\n', 'sow/art.txt': 'colours\n' };

test('each combination has its own outputs and stays fresh while others are built', async () => {
  await using rig = await Rig.compiled(sow, lessons);
  const math = await rig.build(['-p', 'subject=math']);
  expect(math).toMatchObject({ code: 0, executed: ['index', 'lesson', 'script'] });
  expect(math.events[0]).toMatchObject({ kind: 'run-started', params: { subject: 'math', level: 3 } });
  const art = await rig.build(['-p', 'subject=art']);
  expect(art).toMatchObject({ code: 0, executed: ['lesson', 'script'], warnings: [] });
  expect(rig.read('lessons/math.txt')).toBe('3\nnumbers\n');
  expect(rig.read('lessons/art.txt')).toBe('3\ncolours\n');
  expect(JSON.parse(rig.read('ctx/art.json'))).toEqual({ subject: 'art', level: 3 });

  // Nothing of it is in the cache: it is found fresh as it lies there.
  expect(await rig.build(['-p', 'subject=math'])).toMatchObject({ executed: [], finished: { fresh: 3 } });
  rig.write('sow/art.txt', 'shapes\n');
  expect((await rig.build(['-p', 'subject=math'])).executed).toEqual([]);
  expect((await rig.build(['-p', 'subject=art'])).executed).toEqual(['lesson']);

  // A parameter that is in no path changes what stands there.
  const harder = await rig.build(['-p', 'subject=math', '-p', 'level=4']);
  expect(harder.executed).toEqual(['lesson', 'script']);
  expect(harder.reasonsOf('lesson')).toEqual([
    { code: 'definition-changed', name: 'parameter level', was: '3', now: '4' },
  ]);

  // What was made for other values belongs to its stage, and is neither left over nor cleaned with the rest.
  const orphans = await rig.pipe(['clean', '--orphans', '--json']);
  expect(JSON.parse(orphans.stdout)).toMatchObject({ removed: [], kept: [] });
  await rig.pipe(['clean', '-p', 'subject=math']);
  expect(rig.files('lessons')).toEqual(['art.txt']);
});

test('where two combinations give one path, the one that was built last has it, and of the other that is said', async () => {
  await using rig = await Rig.compiled(
    { 'in.txt': 'v0' },
    `{ params: { a: { type: 'string' }, b: { type: 'string' } },
      stages: { one: { requires: 'in.txt', produces: 'out/{params.a}-{params.b}', run: 'echo {params.a} {params.b} > {produces}' } } }`,
  );
  const [first, second] = [
    ['-p', 'a=1', '-p', 'b=2-3'],
    ['-p', 'a=1-2', '-p', 'b=3'],
  ];
  await rig.build(first);
  expect((await rig.build(second)).reasonsOf('one')).toEqual([{ code: 'never-built' }]);
  const again = await rig.build(first);
  expect(again.restored).toEqual(['one']);
  expect(again.reasonsOf('one')).toEqual([{ code: 'overwritten', path: 'out/1-2-3', params: 'a=1-2, b=3' }]);
  expect(rig.read('out/1-2-3')).toBe('1 2-3\n');
  const { stdout } = await rig.pipe(['describe', 'one', ...second!]);
  expect(stdout).toMatch(/^ +out\/1-2-3 was made for a=1, b=2-3 since$/m);
  expect(stdout).toMatch(/^last run +run \S+ made out\/1-2-3 for a=1, b=2-3$/m);

  // It goes with those values for which it was made, and with no others.
  expect((await rig.pipe(['clean', '-n', ...second!])).stdout).toBe('nothing to delete\n');
  expect((await rig.pipe(['clean', ...first!])).stdout).toContain('deleted out/1-2-3\n');
  expect(rig.files('out')).toEqual([]);
});

test('a value that is no choice any more leaves its outputs to be cleaned', async () => {
  // The file was another stage's before: it is not that one's leftover, whatever is built at the moment.
  await using rig = await Rig.compiled(
    sow,
    `{ stages: { old: { produces: 'lessons/math.txt', run: 'echo old > lessons/math.txt' } } }`,
  );
  await rig.build();
  await rig.reconfigure(lessons);
  await rig.build(['-p', 'subject=math']);
  expect(await rig.build(['-p', 'subject=art'])).toMatchObject({ code: 0, warnings: [] });
  await rig.pipe(['clean', '--orphans', '-p', 'subject=art']);
  expect(rig.files('lessons')).toEqual(['art.txt', 'math.txt']);

  await rig.reconfigure(lessons.replace(`['math', 'art']`, `['art']`));
  const orphans = await rig.pipe(['clean', '--orphans']);
  expect(orphans.stdout).toContain('deleted lessons/math.txt');
  expect(rig.files('lessons')).toEqual(['art.txt']);
});

test('without an answer, all that is missing is an error; what only lists stages does without', async () => {
  await using rig = await Rig.compiled(sow, lessons);
  const missing = 'PIPE053 the parameter "subject" (what to teach) has no default and is not given';
  for (const words of [['build'], ['describe', 'lesson']])
    expect(await refused(rig, words)).toContain(missing);
  const listed = await rig.pipe(['list']);
  expect(listed.stdout).toMatch(/^subject +to be given +math, art +what to teach$/m);
  expect(listed.stdout).toMatch(/^level +3 \(default\) +a number$/m);
  expect(await refused(rig, ['build', '-p', 'subjcet=math'])).toContain(
    'PIPE054 there is no parameter "subjcet"\n  at --param subjcet\n  hint: did you mean "subject"?',
  );
  expect(await refused(rig, ['build', '--param', 'subject=biology'])).toContain(
    'PIPE055 expected one of math, art, found "biology"',
  );
  await rig.reconfigure(lessons.replace('{params.level}', '{params.levle}'));
  expect(await refused(rig, ['build', '-p', 'subject=art'])).toContain(
    'PIPE028 there is no parameter "levle"',
  );
});

test('every build wants what has no default; for stages that do not use it any value does, and it does not count', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ params: { subject: { type: 'string' } }, pipelines: { plain: ['one'] }, stages: {
      one: { produces: 'one', run: 'touch one' },
      of: { produces: '{params.subject}', run: 'touch {produces}' },
    } }`,
  );
  for (const target of ['one', 'plain'])
    expect(await refused(rig, ['build', target])).toContain('PIPE053 the parameter "subject"');
  expect(await rig.build(['plain', '-p', 'subject=a'])).toMatchObject({ executed: ['one'] });
  expect(await rig.build(['plain', '-p', 'subject=b'])).toMatchObject({ fresh: ['one'] });
});

test('a number that would be passed on as another is refused, with what to do, and one that is not is passed on as typed', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ params: { n: { type: 'number', default: 1 } }, stages: { one: { produces: 'n.txt', run: 'echo {params.n} > n.txt' } } }`,
  );
  for (const [typed, other] of [
    ['9007199254740993', '9007199254740992'],
    ['12345678901234567890123', '12345678901234568000000'],
    ['590295810358705651712', '590295810358705700000'],
  ] as const) {
    const { code, stderr } = await rig.pipe(['build', '-p', `n=${typed}`]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `PIPE055 expected a number that can be had exactly, found "${typed}"\n` +
        '  at --param n\n' +
        `  hint: it would be passed on as ${other}; with type: 'string' it stands as it is typed\n`,
    );
  }
  expect(await rig.build(['-p', 'n=9007199254740992'])).toMatchObject({ executed: ['one'] });
  expect(rig.read('n.txt')).toBe('9007199254740992\n');
});

test('a glance of a build without flags holds for the defaults alone', async () => {
  await using rig = await Rig.compiled(
    sow,
    lessons.replace(`'math', 'art'],`, `'math', 'art'], default: 'math',`),
  );
  await rig.pipe(['build']);
  expect((await rig.pipe(['build'])).stdout).toMatch(/^nothing to do: 3 fresh/);
  const art = await rig.build(['-p', 'subject=art']);
  expect(art.executed).toEqual(['lesson', 'script']);
  expect((await rig.pipe(['build'])).stdout).toMatch(/^nothing to do: 3 fresh/);
  // Of a part that is looked at again, each result is found under its combination.
  rig.write('sow/math.txt', 'sums\n');
  expect((await rig.pipe(['build'])).stdout).toContain('2 ran, 1 fresh');
  expect(rig.read('lessons/math.txt')).toBe('3\nsums\n');
  await rig.pipe(['build']);
  // The same again: who looks for the record finds that nothing has changed.
  rig.write('sow/math.txt', 'sums\n');
  expect((await rig.pipe(['build'])).stdout).toMatch(/^nothing to do: 3 fresh/);
  expect((await rig.build(['-p', 'subject=art'])).executed).toEqual([]);
});

test('a run is resumed with its selection and parameters, and does what is left', async () => {
  const failing = lessons.replace('cp sow/math.txt index.txt', 'cp index.in index.txt');
  await using rig = await Rig.compiled(sow, failing);
  const asked = ['--skip', 'script', '-p', 'subject=art', '-p', 'level=5'];
  const first = await rig.build(['-k', ...asked]);
  expect(first).toMatchObject({ code: 1, executed: ['lesson'] });
  expect(first.events[0]).toMatchObject({ selected: { skip: ['script'] } });
  const id = String(first.events[0]!.runId);

  rig.write('index.in', 'by hand');
  // Another run meanwhile is not the one that is meant.
  await rig.build(['lesson', '-p', 'subject=math']);
  const resumed = await rig.build(['--resume', id]);
  expect(resumed).toMatchObject({ code: 0, executed: ['index'], finished: { fresh: 1 } });
  expect(resumed.events[0]).toMatchObject({
    targets: [],
    selected: { skip: ['script'] },
    params: { subject: 'art', level: 5 },
  });
  expect(rig.read('lessons/art.txt')).toBe('5\ncolours\n');

  expect(
    await refused(rig, ['build', 'lesson', '--resume', id, '--only', 'index', '-p', 'level=3']),
  ).toContain(
    'PIPE031 --resume asks for what that run was asked for, so it cannot be combined with targets and --only and --param',
  );
  expect(await refused(rig, ['build', '--resume', `${id.slice(0, -1)}x`])).toContain(
    `PIPE039 there is no run "${id.slice(0, -1)}x"\n  at --resume\n  hint: did you mean "${id}"?`,
  );

  await rig.reconfigure(failing.replace('params: {', "params: { tone: { type: 'string' },"));
  expect(await refused(rig, ['build', '--resume', id])).toContain(
    'hint: that run had none: name the stages instead of --resume, and say which with -p tone=…: text',
  );
});

test('since a run, what is stale or was made again is selected, with what follows from it', async () => {
  await using rig = await Rig.compiled(
    { 'a.in': 'a', 'c.in': 'c', 'd/1.in': '1', 'd/2.in': '2' },
    `{ stages: {
      a: { requires: 'a.in', produces: 'a.txt', run: 'head -c1 a.in > a.txt' },
      b: { requires: 'a.txt', produces: 'b.txt', run: 'cp a.txt b.txt' },
      c: { requires: 'c.in', produces: 'c.txt', run: 'cp c.in c.txt' },
      d: { forEach: 'd/{n}.in', produces: 'd/{n}.txt', run: 'cp {item} {produces}' },
      e: { requires: 'd/*.txt', produces: 'e.txt', run: 'cat {requires} > e.txt' },
    } }`,
  );
  const first = String((await rig.build()).events[0]!.runId);
  expect(await rig.build(['--since', first])).toMatchObject({ code: 0, finished: { fresh: 0 } });
  expect(await refused(rig, ['build', '--resume', 'last'])).toContain('found that nothing had changed');
  rig.write('a.in', 'more');
  await rig.build(['a']);
  expect(await rig.build(['--since', 'last', '--force', '--skip', 'c'])).toMatchObject({ executed: ['b'] });
  expect(await rig.build(['--since', first, '--force'])).toMatchObject({ executed: ['a', 'b'] });
  expect(await rig.build(['--since', first, '--force', 'b', '--skip', 'a'])).toMatchObject({
    executed: ['b'],
  });
  expect(await rig.build(['--resume', 'last'])).toMatchObject({ executed: [], finished: { fresh: 1 } });
  expect(await refused(rig, ['build', '--since', first, '--only', 'a'])).toContain(
    'PIPE031 --since says where to begin, so it cannot be combined with --only',
  );

  // That an item is gone is a change, too.
  rig.remove('d/1.in');
  expect(await rig.build(['--since', 'last'])).toMatchObject({ executed: ['e'], finished: { fresh: 1 } });
  expect([rig.exists('d/1.txt'), rig.read('e.txt')]).toEqual([false, '2']);

  // What follows is selected also where it stayed fresh: "a" came to the same.
  rig.write('a.in', 'much');
  const before = String((await rig.build(['c'])).events[0]!.runId);
  expect(await rig.build()).toMatchObject({ executed: ['a'] });
  expect(await rig.build(['--since', before, '--force'])).toMatchObject({ executed: ['a', 'b'] });
});

test('what goes on with a run goes on with its parameters, its configuration and what it was asked for', async () => {
  await using rig = await Rig.with({
    'other.config.ts': `export default { budget: { usd: 1 }, jobs: 1, params: { word: { type: 'string', default: 'x' } }, stages: {
        bad: { produces: ['bad'], run: 'test {params.word} = x && touch bad' },
        paid: { produces: ['paid'], run: 'echo \\'{"metric":{"usd":2}}\\' >> "$PIPE_OUTPUT"; touch paid' },
        left: { after: 'paid', produces: ['left'], run: 'touch left' },
      } };`,
  });
  const flags = ['-p', 'word=two words', '--config', 'other.config.ts'];
  const failed = await rig.pipe(['build', 'bad', ...flags]);
  expect(failed.stdout).toContain("pipe build bad -p word='two words' --config other.config.ts\n");
  const stopped = await rig.pipe(['build', 'left', ...flags, '--skip', 'bad']);
  expect(stopped).toMatchObject({ code: 3 });
  expect(stopped.stdout).toContain(
    "to go on: pipe build left --skip bad -p word='two words' --config other.config.ts --budget usd=2",
  );
});

/** `script` of util-linux gives a command a terminal of its own. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasScript) console.warn('no "script" of util-linux here: nobody is asked at a terminal');

test('at a terminal a person is asked, until the answer is a value, and again in the next run', async () => {
  if (!hasScript) return;
  await using rig = await Rig.compiled(sow, lessons);
  const asked = async (answers: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const command = [nodeUnderTest, '--', pipeCommand, 'build'].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qefc', `exec ${command}`, '/dev/null'], {
      cwd: rig.root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', ...more },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const running = new Running(child);
    for (const answer of answers) {
      await running.printed(/subject, what to teach \(math, art\): $/);
      child.stdin.write(`${answer}\n`);
    }
    return running.ended;
  };
  const first = await asked(['biology', 'art']);
  expect(first).toMatchObject({ code: 0 });
  expect(first.stdout).toContain('expected one of math, art');
  expect(rig.files('lessons')).toEqual(['art.txt']);
  expect((await asked(['art'])).stdout).toContain('nothing to do: 3 fresh');
  expect((await asked(['math'])).stdout).toContain('2 ran, 1 fresh');
  // Nobody is there who could answer.
  const unattended = await asked([], { CI: 'true' });
  expect(unattended).toMatchObject({ code: 2 });
  expect(unattended.stdout).toContain('PIPE053');
}, 30_000);

test('a watch keeps to the parameters it was given, and names them to whoever is to build what it leaves', async () => {
  await using rig = await Rig.compiled(
    sow,
    `{ params: { subject: { type: 'string', choices: ['math', 'art'] } }, stages: {
      lesson: { requires: 'sow/{params.subject}.txt', produces: 'lessons/{params.subject}.txt', run: 'cp {requires} {produces}', tools: { node: '*' } },
      costly: { requires: 'lessons/{params.subject}.txt', produces: 'costly/{params.subject}.txt', run: 'cp {requires} {produces}', watch: 'manual' },
    } }`,
  );
  const [watcher, first] = await Watcher.start(rig, ['-p', 'subject=art']);
  await using _ = watcher;
  expect(first).toMatchObject({ runs: 1, done: ['lesson'] });
  expect(first.text).toContain('costly is pending: pipe build costly -p subject=art runs it');

  // The other one is none of its business: its run would show in what follows.
  rig.write('sow/math.txt', 'more numbers\n');
  expect((await rig.build(['costly', '-p', 'subject=art'])).executed).toEqual(['costly']);
  expect(await watcher.rest()).toMatchObject({ runs: 0, failed: [] });
  rig.write('sow/art.txt', 'shapes\n');
  expect(await watcher.rest()).toMatchObject({ runs: 1, done: ['lesson'] });
  expect(rig.files('lessons')).toEqual(['art.txt']);
});
