// A configuration that puts secrets wherever it can, and every command with every flag: nothing that is printed or kept holds one.
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Ended, nodeUnderTest, pipeCommand, Rig, Running } from '../rig/rig.ts';
import { standInStrace } from '../rig/stand-in-strace.ts';
import { everyFile } from './signs.ts';

const long = randomBytes(3072).toString('base64');

/** Of the kinds that are hard to find again, and to tell from others. */
const secrets = {
  ODD_KEY: `it's "odd" \\ 100% $ecret/+<ü€😀> & more`,
  LINES_KEY: `-----BEGIN KEY-----\n${randomBytes(48).toString('base64')}\n${randomBytes(30).toString('base64')}\n-----END KEY-----\n`,
  PADDED_KEY: `  ${randomBytes(9).toString('base64url')} padded ${randomBytes(6).toString('hex')} `,
  LONG_KEY: long,
  BEGINNING_KEY: long.slice(0, 20),
  PLAIN_KEY: `sesame-${randomBytes(9).toString('hex')}`,
} as const;

const config = `
import { definePipeline, exec, script } from 'pipe-build';
const { ODD_KEY = '', LINES_KEY = '', PADDED_KEY = '', LONG_KEY = '', BEGINNING_KEY = '', PLAIN_KEY = '', EDITION = '' } = process.env;
const all = [ODD_KEY, LINES_KEY, PADDED_KEY, LONG_KEY, BEGINNING_KEY, PLAIN_KEY];
for (const secret of all) console.log('configured with', secret), console.error(JSON.stringify({ secret }));
const quoted = (text) => "'" + text.replaceAll("'", "'\\\\''") + "'";
const secrets = ['ODD_KEY', 'LINES_KEY', 'PADDED_KEY', 'LONG_KEY', 'BEGINNING_KEY', 'PLAIN_KEY'];
export default definePipeline({
  name: 'for ' + ODD_KEY + PADDED_KEY + LONG_KEY,
  pipelines: { some: ['copy', 'program'] },
  params: { edition: { type: 'string', default: 'first', description: 'of ' + PLAIN_KEY } },
  services: {
    down: {
      check: 'echo ' + quoted(PLAIN_KEY) + ' >&2; exit 1 # ' + LONG_KEY,
      start: 'printf "%s " ' + all.map(quoted).join(' ') + '; exit 3',
      hint: 'ask with ' + all.join(', then with '),
      interval: '1ms',
    },
    port: { check: 'http://127.0.0.1:1/?key=' + encodeURIComponent(ODD_KEY) + PLAIN_KEY },
  },
  stages: {
    copy: {
      description: 'copies with ' + all.join(', then with '),
      requires: 'in.txt',
      produces: 'out.txt',
      secrets,
      env: { URL: 'https://example.org/?key=' + encodeURIComponent(ODD_KEY) + EDITION, DATA: Buffer.from('user:' + LONG_KEY).toString('base64') },
      run: ['printf %s ' + all.map(quoted).join(' ') + ' > /dev/null', 'sh leak.sh', 'cp in.txt out.txt'],
      version: 'of ' + PLAIN_KEY + EDITION,
      check: { kind: 'matches', pattern: new RegExp('^|' + PLAIN_KEY) },
    },
    program: {
      description: BEGINNING_KEY,
      requires: 'out.txt',
      produces: 'program.txt',
      run: exec('node', '-e', "console.log(process.argv.slice(1)); require('fs').writeFileSync('program.txt', '')", ...all),
    },
    function: {
      requires: 'in.txt',
      produces: 'function.txt',
      secrets,
      run: async (ctx) => {
        for (const secret of all) ctx.log(secret), console.log({ secret }), ctx.metric({ [secret]: 1 });
        (await import('node:fs')).writeFileSync('function.txt', '');
      },
    },
    fails: { description: PLAIN_KEY, requires: 'out.txt', produces: 'never.txt', retry: { attempts: 2, when: { output: ODD_KEY } }, run: 'echo ' + quoted(ODD_KEY) + ' >&2; exit 3 # ' + PLAIN_KEY },
    throws: { produces: 'no.txt', run: () => { throw new Error(all.join(), { cause: new TypeError(LINES_KEY) }); } },
    shell: { produces: 'none.txt', shell: '/nowhere/' + ODD_KEY, run: 'true' },
    unserved: { produces: 'unserved.txt', services: 'down', run: 'true' },
    unanswered: { produces: 'unanswered.txt', services: ['port'], run: 'true' },
    unstarted: { produces: 'no-program.txt', run: exec('no-such-' + PLAIN_KEY) },
  },
});
`;

/** In the ways in which programs show what they were given. */
const leak = `
printenv LONG_KEY; printenv ODD_KEY >&2
printf %s "user name and password:$LONG_KEY" | base64
printf %s "user name and password:$ODD_KEY" | base64 | fold -w 64
node -e '
  const fs = require("node:fs");
  for (const [name, secret] of Object.entries(process.env)) {
    if (!name.endsWith("_KEY")) continue;
    const bytes = Buffer.from("user name and password:" + secret);
    console.log(secret), console.error({ secret }), console.log(bytes.toString("hex"));
    for (const width of [64, 76]) console.log(bytes.toString("base64").replace(RegExp(".{" + width + "}", "g"), "$&\\n"));
    const say = (line) => fs.appendFileSync(process.env.PIPE_OUTPUT, line + "\\n");
    say(JSON.stringify({ note: "with " + secret })), say(JSON.stringify({ metric: { [secret]: 1 } })), say("nonsense " + secret);
  }'
set -x
: "$ODD_KEY" "$LINES_KEY" "$PADDED_KEY"
`;

/** What any form leaves of a secret, its beginning and its end too: they are not to be found either. */
function tracesOf(secret: string): readonly string[] {
  const text = secret.trim();
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const json = JSON.stringify(text).slice(1, -1);
  const forms = [
    ...[text, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(text)],
    ...[
      new URLSearchParams({ text }).toString().slice(5),
      bytes.toString('hex'),
      bytes.toString('hex').toUpperCase(),
    ],
    ...[...inside, ...inside.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))],
  ];
  const lines = text.split('\n').filter((line) => line.length >= 8);
  return [...new Set([...forms, ...lines].flatMap((form) => [form, form.slice(0, 10), form.slice(-10)]))];
}

const traces = Object.entries(secrets).flatMap(([name, value]) =>
  tracesOf(value).map((trace) => ({ name, trace, bare: bare(trace) })),
);

/** Without what breaks or colours lines. */
function bare(text: string): string {
  return text.replace(new RegExp(String.raw`${'\u001b'}\[[0-9;?]*[A-Za-z]|\s|\\[nr]`, 'g'), '');
}

function expectNoTrace(place: string, text: string): void {
  const without = bare(text);
  for (const { name, trace, bare } of traces) {
    const found = text.includes(trace) ? trace : bare.length >= 8 && without.includes(bare) ? bare : null;
    if (found === null) continue;
    const at = Math.max(0, text.indexOf(found));
    expect.fail(
      `${place} holds ${name} as ${found.slice(0, 60)}: ${text.slice(Math.max(0, at - 100), at + 100)}`,
    );
  }
}

function expectNoTraceKept(rig: Rig): void {
  const files = everyFile(rig, '.pipeline-cache');
  expect(files.length).toBeGreaterThan(10);
  for (const file of files) {
    const bytes = fs.readFileSync(file);
    // Nothing here is compressed: else it would have to be looked into.
    expect(bytes.subarray(0, 2)).not.toEqual(Buffer.of(0x1f, 0x8b));
    expectNoTrace(file, `${path.relative(rig.root, file)}\n${bytes.toString('utf8')}`);
  }
}

/** `script` of util-linux gives a command a terminal of its own, on which texts are cut and wrapped. */
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
if (!hasScript)
  console.warn('no "script" of util-linux here: what is printed on narrow terminals is not looked at');

function onTerminal(
  rig: Rig,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  columns: number,
): Promise<Ended> {
  const quoted = [nodeUnderTest, '--', pipeCommand, ...words].map(
    (word) => `'${word.replaceAll("'", "'\\''")}'`,
  );
  const command = `stty cols ${columns}; exec ${quoted.join(' ')}`;
  const child = spawn('script', ['-qefc', command, '/dev/null'], {
    cwd: rig.root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TERM: 'xterm', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Running(child).ended;
}

const place = ['--config', 'pipeline.config.ts', '--root', '.'];
const files = ['--env-file', 'more.env'];

/** Every command with every flag, in an order in which each has something to tell. A new one must find its row. */
const rows: readonly (readonly string[])[] = [
  ['doctor'],
  ['doctor', '--json', '-p', `edition=${secrets.PLAIN_KEY}`, ...place, ...files],
  ['list'],
  ['list', '--json', ...place],
  ['list', '-p', `edition=${secrets.PLAIN_KEY}`],
  ['graph', '-p', 'edition=first', ...place],
  ['graph', '--format', 'mermaid', '--files', ...files],
  ['graph', '--json', '--status', '--files', '--from', 'copy', '--to', 'program'],
  ['graph', '--status', '--only', 'copy,program', '--skip', 'program'],
  ['describe', 'copy'],
  ['init', '--root', '.'],
  ['init', '--from', 'package.json', '--config', 'elsewhere.config.ts'],
  ['describe', 'copy', '--json', '-p', 'edition=first', ...place, ...files],
  ['describe', 'some'],
  ['describe', 'some', '--json'],
  ['status'],
  ['status', '-v', '--check', '-p', 'edition=first', ...place, ...files],
  ['build', '-n'],
  ['build', '-n', '--json'],
  ['build', '-p', `edition=of ${secrets.ODD_KEY}`],
  ['build', '-v', '-k', '-j', '2', ...place, ...files],
  ['status', '--json', '--freshness', 'hash', '--skip', 'shell', '--from', 'copy', '--to', 'program'],
  ['why', 'copy'],
  ['why', 'program', '-p', `edition=${secrets.LONG_KEY}`, ...place, ...files],
  ['why', 'fails', '--json'],
  ['why', 'out.txt'],
  ['build', '--json', '--continue-on-error', '--force', '--no-cache'],
  ['build', '--keep-going', '-q', '--freshness', 'mtime'],
  ['build', '--log-level', 'debug', '--only', 'copy,program', '--skip', 'program', '--force', '--no-wait'],
  ['build', '--audit', '-k', '--to', 'program', '--from', 'copy'],
  ['build', '--audit', '--json', 'copy'],
  ['build', '--profile', '-k', '--to', 'program', '--budget', 'usd=9'],
  ['watch', '-v', '-j', '2', '-p', 'edition=first', '--force', '--on-change', 'wait', ...place, ...files],
  ['watch', '--json', '--poll', '--no-cache', '--freshness', 'mtime', '--from', 'copy', '--to', 'program'],
  [
    ...['watch', '--only', 'copy,program', '--skip', 'program', '--log-level', 'debug'],
    ...['--exec', `echo "$LONG_KEY"; printenv ODD_KEY # ${secrets.PLAIN_KEY}`],
  ],
  ['watch', '-q', secrets.PLAIN_KEY],
  ['run', 'copy', '--no-cache', '--no-wait', '-p', 'edition=first', ...place, ...files],
  ['run', 'program', '--json'],
  ['run', 'fails'],
  [
    'accept',
    'out.txt',
    '--reason',
    `edited for ${secrets.PLAIN_KEY} and ${secrets.ODD_KEY}`,
    ...place,
    ...files,
  ],
  ['accept', 'program', '--json', '-p', 'edition=first', '--reason', secrets.LONG_KEY],
  ['describe', 'copy'],
  ['status', '-v', '--only', 'copy'],
  ['runs'],
  ['runs', '--json', '--limit', '50', ...place],
  ['show'],
  ['show', '--json', ...place],
  ['logs'],
  ['logs', 'last', '-f', ...place],
  ['logs', 'copy'],
  ['logs', 'function'],
  ['cache', 'stats'],
  ['cache', 'verify', '--json', ...place],
  ['clean', '-n', '--json', '-p', 'edition=first', ...place],
  ['clean', 'program', '--from', 'program', '--orphans'],
  ['cache', 'gc'],
  ['build', 'copy', secrets.PLAIN_KEY],
  ['build', '--jobs', secrets.PLAIN_KEY],
  ['build', '-k', '--resume', 'last'],
  ['build', '-k', '--resume', 'last', ...files],
  ['build', '-n', '--resume', 'last'],
  ['build', '-n', '--since', 'last'],
  ['build', '-p', `colour=${secrets.PLAIN_KEY}`],
  ['why', secrets.PADDED_KEY],
  ['describe', secrets.ODD_KEY],
  ['show', secrets.PLAIN_KEY],
  ['logs', secrets.PLAIN_KEY, secrets.BEGINNING_KEY],
  ['clean', secrets.PLAIN_KEY],
  ['cache', secrets.PLAIN_KEY],
  ['build', '--env-file', secrets.PLAIN_KEY],
  ['status', '--config', secrets.PLAIN_KEY],
  ['list', '--root', secrets.PLAIN_KEY],
  [secrets.PLAIN_KEY],
];

test('the rows name every command and every flag that there is', async () => {
  await using rig = await Rig.with({});
  const help = async (...words: readonly string[]) => (await rig.pipe([...words, '--help'])).stdout;
  const listed = (await help()).split('\nCommands:\n')[1]!;
  const commands = [...listed.matchAll(/^ {2}([a-z]+)\b/gm)]
    .map((match) => match[1]!)
    .filter((name) => name !== 'help');
  expect(commands.length).toBeGreaterThan(10);
  const missing = await Promise.all(
    commands.map(async (command) => {
      const words = new Set(rows.filter((row) => row[0] === command).flat());
      const flags = [...(await help(command)).matchAll(/^ {2}(-.+?)(?: {2,}|$)/gm)].map(
        ([, flag = '']) => flag,
      );
      const unused = flags
        .map((flag) => flag.match(/(?<![\w-])--?[a-z][a-z-]*/g) ?? [])
        .filter(
          (names) => !names.some((name) => name === '--help') && !names.some((name) => words.has(name)),
        );
      return words.has(command) ? unused.map((names) => `${command} ${names.join(', ')}`) : [command];
    }),
  );
  expect(missing.flat()).toEqual([]);
});

test('no secret is in anything that any command prints or keeps', { timeout: 300_000 }, async () => {
  await using rig = await Rig.with({ 'in.txt': 'v0', 'leak.sh': leak, 'more.env': 'MORE=1\n' }, config);
  const env = { ...standInStrace(rig, {}), ...secrets };
  for (const [i, words] of rows.entries()) {
    // The first ones meet it as it was written, each anew: what only looks keeps nothing.
    if (i === 4) await rig.reconfigure(config);
    const told = words.map((word) => (word.length > 40 ? `${word.slice(0, 40)}…` : word)).join(' ');
    // A change in the middle of what holds secrets, so that what it was and is gets told.
    const running = rig.start(words, { env: { ...env, EDITION: i < 19 ? '' : 'second' } });
    // None of them waits for anything: of one that does not come to its end, the others need not be the victims.
    const limit = setTimeout(() => running.child.kill('SIGKILL'), 60_000);
    if (words[0] === 'watch')
      running.printed(/up to date, /).then(
        () => running.child.kill('SIGINT'),
        () => {},
      );
    const { stdout, stderr, code, signal } = await running.ended;
    clearTimeout(limit);
    expect(signal, `${told}\n${stdout}\n${stderr}`).toBeNull();
    expect(code, `${told}\n${stdout}\n${stderr}`).not.toBe(70);
    expectNoTrace(`what "pipe ${told}" prints`, `${stdout}\n${stderr}`);
    if (words[0] === 'logs' && words[1] === 'copy') expect(stdout).toContain('***');
    if (words.includes('--json')) for (const line of jsonIn(words[0]!, stdout)) JSON.parse(line);
  }
  expectNoTraceKept(rig);
});

function jsonIn(command: string, stdout: string): readonly string[] {
  return command === 'build' || command === 'run' || command === 'watch'
    ? stdout.split('\n').filter((line) => line !== '')
    : [stdout];
}

test('nor when a narrow terminal cuts and wraps it', { timeout: 300_000 }, async () => {
  await using rig = await Rig.with({ 'in.txt': 'v0', 'leak.sh': leak, 'more.env': 'MORE=1\n' }, config);
  const env = { ...standInStrace(rig, {}), ...secrets };
  const looked = ['doctor', 'list', 'graph', 'describe copy', 'describe some', 'status -v', 'build -n'];
  const built = [
    'build -v -k',
    'run fails',
    'why copy',
    'build -q -k',
    'status',
    'runs',
    'show',
    'logs copy',
  ];
  const typed = [secrets.ODD_KEY, secrets.PADDED_KEY, secrets.LINES_KEY].map((secret) => [
    'describe',
    secret,
  ]);
  for (const [i, words] of [...[...looked, ...built].map((line) => line.split(' ')), ...typed].entries()) {
    if (i === 2) await rig.reconfigure(config);
    const { stdout, stderr } = hasScript
      ? await onTerminal(rig, words, env, 47)
      : await rig.pipe(words, { env });
    expect(stdout + stderr).not.toBe('');
    expectNoTrace(`what "pipe ${words.join(' ').slice(0, 40)}" prints`, `${stdout}\n${stderr}`);
  }
  expectNoTraceKept(rig);
});
