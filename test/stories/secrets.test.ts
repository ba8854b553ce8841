// A secret reaches the stage that declares it, and nothing else: no output, event, log, record or cache entry.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { type Ended, Rig } from '../rig/rig.ts';
import { everyFile, gate, saw } from './signs.ts';

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
  await using rig = await Rig.with(filesOf(), leaking());
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
  await using rig = await Rig.with(filesOf('echo "denied: $API_KEY"; exit 1'), leaking());
  const built = await rig.build([], { env });
  expect(built).toMatchObject({ code: 1, failed: ['leak'] });
  expect(built.end('leak')?.tail).toContain('denied: ***');
  const told = await rig.pipe(['build'], { env });
  expect(told.stdout + told.stderr).toContain('denied: ***');
  const quiet = await rig.pipe(['build', '-q'], { env });
  expectNoTrace(rig, built, told, quiet);
});

test('nor when a function throws it, logs it, and counts with it', async () => {
  await using rig = await Rig.with(
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

test('a secret from an environment file is kept as well', async () => {
  await using rig = await Rig.with({ ...filesOf(), '.env': `API_KEY='${secret}'\n` }, leaking());
  const built = await rig.build(['--env-file', '.env']);
  expect(built).toMatchObject({ code: 0, executed: ['leak'] });
  expectNoTrace(rig, built);
});

test('nor after the engine was killed and the next build has tidied up', async () => {
  await using rig = await Rig.with(
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
  await using rig = await Rig.with(
    {},
    `{ stages: {
      with: { produces: ['with.txt'], secrets: ['API_KEY'], run: 'printenv API_KEY > /dev/null; echo > with.txt' },
      without: { produces: ['without.txt'], run: 'printenv API_KEY && exit 1; echo > without.txt' },
    } }`,
  );
  expect(await rig.build([], { env })).toMatchObject({ code: 0, executed: ['with', 'without'] });
});

test('a rotated secret reruns nothing, and a stage that is fresh needs none', async () => {
  await using rig = await Rig.with(filesOf(), leaking());
  await rig.build([], { env });
  expect((await rig.build([], { env: { API_KEY: 'another value' } })).fresh).toEqual(['leak']);
  expect(await rig.build([], { env: {} })).toMatchObject({ code: 0, fresh: ['leak'] });
  // The cache needs none either.
  rig.remove('out.txt');
  expect(await rig.build([], { env: {} })).toMatchObject({ code: 0, restored: ['leak'] });
});

test('a missing or empty secret fails its stage by name, when it must run', async () => {
  await using rig = await Rig.with(filesOf(), leaking());
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
  await using rig = await Rig.with(filesOf(), leaking());
  await rig.build([], { env });
  rig.config(leaking().replace("['API_KEY']", "['API_KEY', 'OTHER_KEY']"));
  const built = await rig.build([], { env: { ...env, OTHER_KEY: 'other secret' } });
  expect(built.executed).toEqual(['leak']);
  expect(built.reasonsOf('leak')).toMatchObject([{ code: 'definition-changed', name: 'secret OTHER_KEY' }]);
});
