// A secret reaches the stage that declares it, and nothing else: no output, event, log, record or cache entry.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Ended, Rig } from '../rig/rig.ts';
import { everyFile, gate, saw, tell } from './signs.ts';

const secret = 'hunter2/with+odd chars&"quotes"';
const env = { API_KEY: secret };

const base64 = Buffer.from(secret).toString('base64');
/** Without the characters at its ends, which depend on what stands beside it. */
const base64Inside = [0, 1, 2].map((before) =>
  Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
    .toString('base64')
    .slice(4, -4),
);
const forms = [
  ...[secret, base64, base64.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(secret)],
  ...[JSON.stringify(secret).slice(1, -1), new URLSearchParams({ '': secret }).toString().slice(1)],
  ...base64Inside,
  ...[Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('hex').toUpperCase()],
  // Not even the beginning, whatever form the rest has.
  'hunter2',
];

/** Shows it in every way in which programs show what they were given; `then` may make it fail. */
const leaky = (then: string) => `
printenv API_KEY
echo "key=$API_KEY" >&2
printf '%s' "$API_KEY" | base64 -w0; echo
printf 'user:%s' "$API_KEY" | base64 -w0; echo
node -e 'console.log(encodeURIComponent(process.env.API_KEY)); console.log(JSON.stringify(process.env))'
printf '%s' "$API_KEY" | od -An -tx1 | tr -d ' \\n'; echo
printf '%s' "$API_KEY" | cut -c1-10 | tr -d '\\n'; printf '%s' "$API_KEY" | cut -c11-
echo '{"note":"it is '"$(printf '%s' "$API_KEY" | sed 's/"/\\\\"/g')"'"}' >> "$PIPE_OUTPUT"
test "$API_KEY" = '${secret}' && echo right > out.txt
${then}
`;

const leaking = (more = '') =>
  `{ stages: { leak: { requires: ['leak.sh'], produces: ['out.txt'], secrets: ['API_KEY'], run: 'sh leak.sh', ${more} } } }`;

function expectNoTrace(rig: Rig, ...ends: readonly Ended[]): void {
  const places: (readonly [string, string])[] = ends.flatMap((end) => [
    ['stdout', end.stdout] as const,
    ['stderr', end.stderr] as const,
  ]);
  for (const file of everyFile(rig, '.pipeline-cache')) places.push([file, fs.readFileSync(file, 'latin1')]);
  for (const [place, text] of places)
    for (const form of forms) expect(text.includes(form), `${form} in ${place}`).toBe(false);
}

/** The script itself holds the value to compare with, so it must not be what is looked through. */
const filesOf = (then = '') => ({ 'leak.sh': leaky(then).replaceAll(`'${secret}'`, '"$API_KEY"') });

test('a secret reaches its stage and is found nowhere else after a success', async () => {
  await using rig = await Rig.compiled(filesOf(), leaking());
  const built = await rig.build([], { env });
  expect(built).toMatchObject({ code: 0, executed: ['leak'] });
  expect(rig.read('out.txt')).toBe('right\n');
  expect(built.stdout).toContain('***');
  const again = await rig.pipe(['build', '-v', '--force'], { env });
  expect(again.stdout).toContain('***');
  const logs = await rig.pipe(['logs', 'leak'], { env });
  expect(logs.stdout).toContain('key=***');
  expectNoTrace(rig, built, again, logs);
});

test('nor after a failure, whose message shows the last lines of output', async () => {
  await using rig = await Rig.compiled(filesOf('echo "denied: $API_KEY"; exit 1'), leaking());
  const built = await rig.build([], { env });
  expect(built).toMatchObject({ code: 1, failed: ['leak'] });
  expect(built.end('leak')?.tail).toContain('denied: ***');
  const told = await rig.pipe(['build'], { env });
  expect(told.stdout + told.stderr).toContain('denied: ***');
  const quiet = await rig.pipe(['build', '-q'], { env });
  expectNoTrace(rig, built, told, quiet);
});

test('nor when a function throws it, logs it, and counts with it', async () => {
  await using rig = await Rig.compiled(
    {
      'stage.ts': `export default (ctx) => {
        ctx.log('key ' + process.env.API_KEY);
        console.error({ key: process.env.API_KEY });
        throw new Error('bad key ' + process.env.API_KEY, { cause: new Error(encodeURIComponent(process.env.API_KEY)) });
      }`,
    },
    `{ stages: { leak: { produces: ['out.txt'], secrets: ['API_KEY'], run: script('./stage.ts') } } }`,
  );
  const built = await rig.build([], { env });
  expect(built.end('leak')).toMatchObject({ failure: { kind: 'threw', message: 'bad key ***' } });
  expectNoTrace(rig, built, await rig.pipe(['build'], { env }));
});

test('nor when the configuration has put it into a command or a variable', async () => {
  await using rig = await Rig.with(
    { 'in.txt': '' },
    `{ stages: { leak: {
      requires: ['in.txt'], produces: ['out.txt'], secrets: ['API_KEY'],
      env: { URL: 'https://example.org/' + encodeURIComponent(process.env.API_KEY ?? '') },
      run: ['echo ' + JSON.stringify(process.env.API_KEY ?? '').replaceAll('$', '') + ' > /dev/null', 'echo > out.txt', 'test -e go'],
    } } }`,
  );
  const failed = await rig.build([], { env });
  expect(failed).toMatchObject({ code: 1, failed: ['leak'] });
  rig.write('go', '');
  const built = await rig.build([], { env });
  expect(built).toMatchObject({ code: 0, executed: ['leak'] });
  const looks = await Promise.all(
    [
      ['status', '--json'],
      ['describe', 'leak'],
      ['describe', 'leak', '--json'],
      ['list', '--json'],
      ['graph', '--format', 'json'],
      ['build', '-n', '--json'],
      ['why', 'leak'],
      ['build', '--force', '-v'],
    ].map((args) => rig.pipe(args, { env })),
  );
  expectNoTrace(rig, failed, built, ...looks);
});

test('nor when it is the name of a metric, or of a program', async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: {
      metric: { produces: ['out.txt'], secrets: ['API_KEY'],
        run: 'node -e "console.log(JSON.stringify({ metric: { [process.env.API_KEY]: 1 } }))" >> "$PIPE_OUTPUT"; echo nonsense "$API_KEY" >> "$PIPE_OUTPUT"; echo > out.txt' },
      program: { secrets: ['NAME_KEY'], run: exec(process.env.NAME_KEY ?? 'none') },
      function: { secrets: ['API_KEY'], run: (ctx) => ctx.metric({ [process.env.API_KEY ?? '']: 1 }) },
    } }`,
  );
  // A value with a slash in it would name a file, and the build would be refused.
  const both = { env: { ...env, NAME_KEY: 'hunter2-program' } };
  const built = await rig.build(['-k'], both);
  expect(built).toMatchObject({ code: 1, executed: ['function', 'metric'], failed: ['program'] });
  expect(built.end('metric')?.metrics).toEqual({ '***': 1 });
  expect(built.end('function')?.metrics).toEqual({ '***': 1 });
  expect(built.end('program')).toMatchObject({ failure: { kind: 'spawn' } });
  expectNoTrace(rig, built, await rig.pipe(['build', '-k'], both), await rig.pipe(['show'], both));
});

test.each([
  ['a stage', `{ stages: { ['s-' + key]: { secrets, run: 'true' } } }`],
  ['a named pipeline', `{ secrets, pipelines: { [key]: ['s'] }, stages: { s: { run: 'true' } } }`],
  [
    'an output',
    `{ stages: { s: { secrets, produces: ['out/' + encodeURIComponent(key) + '.txt'], run: 'true' } } }`,
  ],
  ['an input', `{ secrets, stages: { s: { requires: optional('in/' + key + '/*'), run: 'true' } } }`],
  ['a program in the workspace', `{ stages: { s: { secrets, run: exec('./' + key) } } }`],
  ['a module', `{ stages: { s: { secrets, run: script('./' + key + '.ts') } } }`],
  ['a folder', `{ stages: { s: { secrets, cwd: 'in/' + key, run: 'true' } } }`],
  [
    'a variable',
    `{ stages: { s: { secrets, env: { ['OF_' + key.replace(/\\W/g, '')]: '1' }, run: 'true' } } }`,
  ],
  ['a tool', `{ stages: { s: { secrets, tools: { [key]: '*' }, run: 'true' } } }`],
])('a configuration that puts it into the name of %s is refused, without telling it', async (_, stages) => {
  await using rig = await Rig.with(
    // A module has to be there.
    { 'hunter2inthename.ts': 'export default () => {};' },
    `import { definePipeline, exec, optional, script } from 'pipe-build';
     const key = process.env.API_KEY ?? '', secrets = ['API_KEY'];
     export default definePipeline(${stages});`,
  );
  const value = { env: { API_KEY: 'hunter2inthename' } };
  for (const words of [
    ['build'],
    ['build', '--json'],
    ['status'],
    ['list'],
    ['clean'],
    ['doctor'],
    ['doctor', '--json'],
  ]) {
    const refused = await rig.pipe(words, value);
    expect(refused.stdout + refused.stderr).toContain('PIPE044');
    expect(refused.code).toBe(words[0] === 'doctor' ? 1 : 2);
    expectNoTrace(rig, refused);
  }
});

test('a file whose name holds it is found again by that, and told of without it', async () => {
  const value = 'hunter2 as a name';
  await using rig = await Rig.compiled(
    { [`in/${value}.txt`]: 'v0' },
    `{ stages: {
      copy: { secrets: ['API_KEY'], requires: 'in/*.txt', produces: 'out/', run: 'mkdir -p out; cp in/*.txt out/' },
      use: { requires: 'out/**', run: 'ls out' },
    } }`,
  );
  const named = { env: { API_KEY: value } };
  const ends: Ended[] = [];
  const ask = async (...words: readonly string[]) => {
    const ended = await rig.pipe(words, named);
    ends.push(ended);
    return ended;
  };
  const built = await rig.build([], named);
  ends.push(built);
  expect(built).toMatchObject({ code: 0, executed: ['copy', 'use'] });
  expect(built.end('copy')?.outputs).toMatchObject([{ path: 'out/***.txt' }]);
  expect((await rig.build([], named)).fresh).toEqual(['copy', 'use']);
  rig.write(`in/${value}.txt`, 'v1');
  rig.write(`out/${value}.txt`, 'by hand');
  for (const words of [
    'status --json',
    'status -v',
    'why use',
    'why use --json',
    'describe copy --json',
    'clean -n --json',
  ])
    await ask(...words.split(' '));
  expect((await ask('why', `out/${value}.txt`, '--json')).stdout).toContain('out/***.txt');
  // What a person made is kept, with a warning that names it.
  const again = await rig.build([], named);
  ends.push(again);
  expect(again).toMatchObject({ code: 0, executed: ['copy', 'use'] });
  expect(again.warnings.join()).toContain('out/***.txt');
  expect(rig.read(`out/${value}.txt`)).toBe('v1');
  await ask('show');
  await ask('show', '--json');
  for (const words of [
    ['accept', 'copy', '--reason', 'mine', '--json'],
    ['clean', '--json'],
  ])
    expect(await ask(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining('***') });
  for (const { stdout, stderr } of ends) expect(stdout + stderr).not.toContain('hunter2');
  for (const file of everyFile(rig, '.pipeline-cache/runs').filter((file) => !file.endsWith('.log')))
    expect(fs.readFileSync(file, 'utf8'), file).not.toContain('hunter2');
});

test('what was typed is not in the lock that others read, nor in what they say while they wait', async () => {
  const value = 'hunter2-as-typed';
  await using rig = await Rig.with({
    [`${value}.config.ts`]:
      "export default { stages: { slow: { secrets: ['API_KEY'], run: 'echo begun; read _ < gate' } } };",
  });
  gate(rig, 'gate');
  const typed = { env: { API_KEY: value } };
  const words = ['build', '-v', '--config', `${value}.config.ts`];
  const first = rig.start(words, typed);
  await saw(first, /begun/);
  const locks = everyFile(rig, '.pipeline-cache/lock')
    .map((file) => fs.readFileSync(file, 'utf8'))
    .join();
  expect(locks).toContain('build -v --config ***.config.ts');
  expect(locks).not.toContain('hunter2');
  const second = rig.start(words, typed);
  await saw(second, /waiting for another run/);
  await tell(rig, 'gate');
  const ended = [await first.ended];
  // Only now: what is told while the first still holds the gate would be lost to the second.
  await tell(rig, 'gate');
  ended.push(await second.ended);
  for (const one of ended) {
    expect(one.code).toBe(0);
    expect(one.stdout + one.stderr).not.toContain('hunter2');
  }
});

test('a short value in names is there by chance: they stay as they are, and so does JSON', async () => {
  await using rig = await Rig.compiled(
    { 'data/in.txt': 'v0' },
    `{ stages: { data: { secrets: ['API_KEY'], requires: 'data/*', produces: 'out/data.txt', description: 'my data',
      run: 'echo about data; cat data/* > out/data.txt' } } }`,
  );
  const short = { env: { API_KEY: 'data' } };
  const built = await rig.build([], short);
  expect(built).toMatchObject({ code: 0, executed: ['data'] });
  expect(built.end('data')?.outputs).toMatchObject([{ path: 'out/data.txt' }]);
  expect(built.stdout).toContain('"text":"about ***\\n"');
  const list = JSON.parse((await rig.pipe(['list', '--json'], short)).stdout);
  expect(list.stages[0]).toMatchObject({ name: 'data', description: 'my ***' });
  rig.write('data/more.txt', 'v1');
  const why = JSON.parse((await rig.pipe(['why', 'out/data.txt', '--json'], short)).stdout);
  expect(why.causes[0]).toMatchObject({
    stage: 'data',
    reasons: [{ code: 'input-added', path: 'data/more.txt' }],
  });
});

test.each(['task', 'kind', 'failed', 'stage', 'event', '2026', 'true', 'outcome', 'null'])(
  'a value that is a word of events or of JSON, "%s", does not break them',
  async (word) => {
    await using rig = await Rig.compiled(
      {},
      `{ stages: { one: { secrets: ['API_KEY'], run: 'echo task kind failed stage event 2026 true outcome null; exit 1' } } }`,
    );
    const built = await rig.build([], { env: { API_KEY: word } });
    expect(built).toMatchObject({
      code: 1,
      failed: ['one'],
      finished: { kind: 'run-finished', outcome: 'failed' },
    });
    expect(built.end('one')?.tail?.join()).toContain('***');
    const shown = JSON.parse((await rig.pipe(['show', '--json'], { env: { API_KEY: word } })).stdout);
    expect(shown).toMatchObject({
      outcome: 'failed',
      runId: built.events[0]?.runId,
      tasks: [{ task: 'one' }],
    });
  },
);

test('nor through a stage that does not declare it, into which the configuration has copied it', async () => {
  await using rig = await Rig.with(
    {},
    `{ stages: {
      owner: { produces: ['owner.txt'], secrets: ['API_KEY'], run: 'echo > owner.txt' },
      other: { produces: ['other.txt'], env: { URL: process.env.API_KEY ?? '' }, run: 'echo "at $URL"; echo > other.txt' },
    } }`,
  );
  const built = await rig.build([], { env });
  expect(built).toMatchObject({ code: 0, executed: ['other', 'owner'] });
  // Nor does another value of it count as a change, here as little as where it is declared.
  const again = await rig.build(['other', '-v'], { env: { API_KEY: 'another value' } });
  expect(again.fresh).toEqual(['other']);
  expectNoTrace(rig, built, again, await rig.pipe(['build', 'other', '--force'], { env }));
});

test('nor after a time limit, a crash of its function, or an execution that an edit made void', async () => {
  await using rig = await Rig.compiled(
    {
      'in.txt': '0',
      'crash.ts':
        "export default () => { console.log('key', process.env.API_KEY); process.kill(process.pid, 'SIGSEGV'); for (;;); }",
    },
    `{ stages: {
      slow: { produces: ['slow.txt'], secrets: ['API_KEY'], timeout: 200, run: 'echo "key $API_KEY"; exec sleep 1000' },
      crash: { produces: ['crash.txt'], secrets: ['API_KEY'], run: script('./crash.ts') },
      edited: { requires: ['in.txt'], produces: ['edited.txt'], secrets: ['API_KEY'], run: 'echo "key $API_KEY"; test -s again || echo 1 | tee again > in.txt; echo > edited.txt' },
    } }`,
  );
  const built = await rig.build(['-k', '-v'], { env });
  expect(built).toMatchObject({ code: 1, executed: ['edited'], failed: ['crash', 'slow'] });
  expect(built.stdout).toContain('key ***');
  expect(rig.read('again')).toBe('1\n');
  const told = await rig.pipe(['build', '-k', '-v'], { env });
  expectNoTrace(rig, built, told, ...(await Promise.all(looking(rig, 'slow'))));
});

/** All that tells of a stage afterwards, asked with the secret and without. */
function looking(rig: Rig, stage: string): readonly Promise<Ended>[] {
  return [
    ...['status -v', 'status --json', `why ${stage}`, `why ${stage} --json`, `describe ${stage}`, 'doctor'],
    ...['list --json', 'graph --format json', 'runs --json', 'show', 'show --json', `logs ${stage}`, 'logs'],
  ].flatMap((line) => [{ env }, {}].map((options) => rig.pipe(line.split(' '), options)));
}

test('a key of several lines is found in no form, line by line or cut anywhere', async () => {
  const body = Array.from({ length: 8 }, (_, i) =>
    Buffer.from(`line ${i} of the key, 48 bytes in base64, ${i}${i}${i}${i}`).toString('base64'),
  );
  const pem = ['-----BEGIN PRIVATE KEY-----', ...body, '-----END PRIVATE KEY-----', ''].join('\n');
  await using rig = await Rig.compiled(
    {
      // In pieces of seven bytes, each in a write of its own.
      'drip.cjs': `const fs = require('node:fs');
        const text = Buffer.from(process.env.API_KEY);
        for (let at = 0; at < text.length; at += 7) { fs.writeSync(1, text.subarray(at, at + 7)); fs.writeSync(2, text.subarray(at, at + 7)); }`,
    },
    `{ stages: { leak: { produces: ['out.txt'], secrets: ['API_KEY'], run: ${JSON.stringify(
      'node drip.cjs; echo; echo "$API_KEY" | sed "s/^/> /"; echo "$API_KEY" | tail -n 3; printf %s "$API_KEY" | base64; echo > out.txt',
    )} } } }`,
  );
  const built = await rig.build(['-v'], { env: { API_KEY: pem } });
  expect(built).toMatchObject({ code: 0, executed: ['leak'] });
  const texts = [
    built.stdout,
    ...everyFile(rig, '.pipeline-cache').map((file) => fs.readFileSync(file, 'latin1')),
  ];
  const encoded = Buffer.from(pem).toString('base64').match(/.{76}/g)!;
  for (const piece of [...body, ...encoded]) for (const text of texts) expect(text).not.toContain(piece);
});

test('a secret from an environment file is kept as well', async () => {
  await using rig = await Rig.compiled({ ...filesOf(), '.env': `API_KEY='${secret}'\n` }, leaking());
  const built = await rig.build(['--env-file', '.env']);
  expect(built).toMatchObject({ code: 0, executed: ['leak'] });
  expectNoTrace(rig, built);
});

test('nor after the engine was killed and the next build has tidied up', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: { leak: { produces: ['out.txt'], secrets: ['API_KEY'], run: ${JSON.stringify(
      'test -e go || { echo "{"note":"$API_KEY"}" >> "$PIPE_OUTPUT"; echo "$API_KEY"; echo ready; read _ < never; }; echo > out.txt',
    )} } } }`,
  );
  gate(rig, 'never');
  const running = rig.start(['build', '--json'], { env });
  await saw(running, /ready/);
  running.child.kill('SIGKILL');
  const killed = await running.ended;
  rig.write('go', '');
  const next = await rig.build([], { env });
  expect(next).toMatchObject({ code: 0, executed: ['leak'] });
  expectNoTrace(rig, killed, next);
});

test('another stage does not see it', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      with: { produces: ['with.txt'], secrets: ['API_KEY'], run: 'printenv API_KEY > /dev/null; echo > with.txt' },
      without: { produces: ['without.txt'], run: 'printenv API_KEY && exit 1; echo > without.txt' },
    } }`,
  );
  expect(await rig.build([], { env })).toMatchObject({ code: 0, executed: ['with', 'without'] });
});

test('a rotated secret reruns nothing, and a stage that is fresh needs none', async () => {
  await using rig = await Rig.compiled(filesOf(), leaking());
  await rig.build([], { env });
  expect((await rig.build([], { env: { API_KEY: 'another value' } })).fresh).toEqual(['leak']);
  expect(await rig.build([], { env: {} })).toMatchObject({ code: 0, fresh: ['leak'] });
  // The cache needs none either.
  rig.remove('out.txt');
  expect(await rig.build([], { env: {} })).toMatchObject({ code: 0, restored: ['leak'] });
});

test('a missing or empty secret fails its stage by name, when it must run', async () => {
  await using rig = await Rig.compiled(filesOf(), leaking());
  for (const value of [undefined, '']) {
    const built = await rig.build([], { env: { API_KEY: value } });
    expect(built).toMatchObject({ code: 1, failed: ['leak'] });
    expect(built.end('leak')).toMatchObject({ failure: { kind: 'secret-missing', names: ['API_KEY'] } });
  }
  const told = await rig.pipe(['build']);
  expect(told.stdout + told.stderr).toContain('API_KEY');
  expect(await rig.build([], { env })).toMatchObject({ code: 0, executed: ['leak'] });
});

test('declaring one more secret is a change of the stage', async () => {
  await using rig = await Rig.compiled(filesOf(), leaking());
  await rig.build([], { env });
  await rig.reconfigure(leaking().replace("['API_KEY']", "['API_KEY', 'OTHER_KEY']"));
  const built = await rig.build([], { env: { ...env, OTHER_KEY: 'other secret' } });
  expect(built.executed).toEqual(['leak']);
  expect(built.reasonsOf('leak')).toMatchObject([{ code: 'definition-changed', name: 'secret OTHER_KEY' }]);
});
