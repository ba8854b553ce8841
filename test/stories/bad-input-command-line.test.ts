// A command line that is wrong, or asks for what cannot be: told on standard error with exit code 2, and nothing happens.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { refused } from '../rig/refused.ts';
import { nodeUnderTest, pipeCommand, Rig, type RunOptions } from '../rig/rig.ts';

const config = `{
  pipelines: { both: ['extract', 'merge'] },
  stages: {
    extract: { produces: 'a.txt', run: 'echo a > a.txt' },
    merge: { requires: 'a.txt', produces: 'b.txt', run: 'cat a.txt > b.txt' },
    alone: { run: 'touch ran' },
  },
}`;

async function refusal(args: readonly string[], options: RunOptions = {}): Promise<string> {
  await using rig = await Rig.compiled({ 'b.txt': 'by hand' }, config);
  return await refused(rig, args, options);
}

describe('help', () => {
  test('without arguments, and for --help, the commands are printed as an answer', async () => {
    await using rig = await Rig.with({});
    const bare = await rig.pipe([]);
    expect(bare).toMatchObject({ code: 0, stderr: '' });
    expect(bare.stdout).toMatch(/^Usage: pipe \[options\] \[command\]\n/);
    expect(bare.stdout).toContain('Exit codes: 0 success');
    expect(await rig.pipe(['--help'])).toEqual(bare);
    expect(await rig.pipe(['help'])).toEqual(bare);
  });

  test('a command has its own', async () => {
    await using rig = await Rig.with({});
    const asked = await rig.pipe(['build', '--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toMatch(/^Usage: pipe build \[options\] \[targets\.\.\.\]\n/);
    expect(asked.stdout).toContain('-j, --jobs <n>');
    expect(await rig.pipe(['help', 'build'])).toEqual(asked);
    expect(await rig.pipe(['help', 'build', 'and more'])).toEqual(asked);
  });

  test('of help there is help, and of a command that there is not an error', async () => {
    await using rig = await Rig.with({});
    const all = await rig.pipe(['--help']);
    for (const words of [
      ['help', 'help'],
      ['help', '--help'],
      ['help', '-V'],
    ])
      expect(await rig.pipe(words), words.join(' ')).toEqual(all);
    const said = 'PIPE042 unknown command "buidl"\n  at pipe\n  hint: did you mean "build"?';
    for (const words of [
      ['help', 'buidl'],
      ['buidl', '--help'],
      ['buidl', '--no-such-flag'],
    ])
      expect(await refused(rig, words), words.join(' ')).toBe(said);
  });

  test('the version is that of the package', async () => {
    await using rig = await Rig.with({});
    const { version } = JSON.parse(
      fs.readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'),
    );
    expect(await rig.pipe(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('words of the command line', () => {
  test.each<[what: string, args: readonly string[], said: string]>([
    [
      'a misspelt command',
      ['buidl'],
      'PIPE042 unknown command "buidl"\n  at pipe\n  hint: did you mean "build"?',
    ],
    [
      'a target without the command',
      ['extract'],
      'PIPE042 unknown command "extract"\n  at pipe\n  hint: pipe --help shows the commands; a stage or file of that name is built by pipe build extract',
    ],
    [
      'a misspelt option',
      ['build', '--jbos', '3'],
      'PIPE034 unknown option "--jbos"\n  at pipe build\n  hint: did you mean "--jobs"?',
    ],
    [
      'an unknown option',
      ['build', '--frobnicate'],
      'PIPE034 unknown option "--frobnicate"\n  at pipe build\n  hint: pipe build --help shows what it takes',
    ],
    [
      'an option before the command',
      ['--root', '.', 'build'],
      'PIPE034 unknown option "--root"\n  at pipe\n  hint: options stand behind the command, as in pipe build --root …',
    ],
    ...['0', '-1', '1.5', 'many', ''].map((jobs): [string, readonly string[], string] => [
      `-j ${JSON.stringify(jobs)}`,
      ['build', `--jobs=${jobs}`],
      `PIPE034 option "-j, --jobs <n>" argument "${jobs}" is invalid: it must be a whole number, 1 or more\n  at pipe build\n  hint: pipe build --help shows what it takes`,
    ]),
    [
      'an option without its value',
      ['build', '-j'],
      'PIPE034 option "-j, --jobs <n>" argument missing\n  at pipe build\n  hint: pipe build --help shows what it takes',
    ],
    ...['--root', '--config'].map((flag): [string, readonly string[], string] => [
      `an empty value of ${flag}, as of a variable that is not set`,
      ['build', flag, ''],
      `PIPE034 option "${flag} <${flag === '--root' ? 'dir' : 'path'}>" argument "" is invalid: it is empty\n  at pipe build\n  hint: pipe build --help shows what it takes`,
    ]),
    [
      'nor is a configuration begun there',
      ['init', '--root', ''],
      'PIPE034 option "--root <dir>" argument "" is invalid: it is empty\n  at pipe init\n  hint: pipe init --help shows what it takes',
    ],
    [
      'a target behind an option whose value may lack',
      ['watch', '--poll', 'extract'],
      'PIPE034 option "--poll [seconds]" argument "extract" is invalid: it must be a number of seconds above 0; targets stand in front of --poll\n  at pipe watch\n  hint: pipe watch --help shows what it takes',
    ],
    [
      'a value that is none of the choices',
      ['build', '--freshness', 'hsah'],
      'PIPE034 option "--freshness <rule>" argument "hsah" is invalid: allowed choices are hash, mtime\n  at pipe build\n  hint: pipe build --help shows what it takes',
    ],
    [
      'a missing argument',
      ['describe'],
      'PIPE034 missing required argument "stage"\n  at pipe describe\n  hint: pipe describe --help shows what it takes',
    ],
    [
      'one argument too many',
      ['list', 'extract'],
      'PIPE034 too many arguments for "list": expected 0 arguments but got 1\n  at pipe list\n  hint: pipe list --help shows what it takes',
    ],
    [
      'a missing reason',
      ['accept', 'extract'],
      'PIPE034 required option "--reason <text>" not specified\n  at pipe accept\n  hint: pipe accept --help shows what it takes',
    ],
    [
      'an empty reason',
      ['accept', 'extract', '--reason', ' '],
      'PIPE034 the reason is empty\n  at --reason\n  hint: say why: it is kept with the record',
    ],
    [
      'an unknown action on the cache',
      ['cache', 'purge'],
      'PIPE034 pipe cache has no action "purge"\n  at pipe cache\n  hint: one of stats, gc, verify, clear',
    ],
    [
      'a pipeline where one stage is meant',
      ['run', 'both'],
      'PIPE034 "both" is a named pipeline of 2 stages, and pipe run runs one\n  at pipe run\n  hint: name one of its stages, or build all of them with pipe build both',
    ],
  ])('%s', async (_, args, said) => {
    expect(await refusal(args)).toBe(said);
  });

  test.each(['--only', '--from', '--to', '--skip'])(
    'an empty %s, as of an unset variable, does not select everything',
    async (flag) => {
      const said = await refusal(['build', flag, '']);
      expect(said).toContain(`PIPE034 option "${flag} <`);
      expect(said).toContain('argument "" is invalid: a name in it is empty');
    },
  );

  test('with --json the reason goes to standard error too', async () => {
    expect(await refusal(['build', '--json', 'extrct'])).toContain('PIPE030 ');
  });
});

describe('selection', () => {
  test('unknown names are all told, with the near one or all there are', async () => {
    expect(
      await refusal(['build', 'extrct', '--from', 'zzzzzz', '--skip', 'mrge,bohh']),
    ).toBe(`PIPE030 there is no stage, named pipeline or output "extrct"
  at targets
  hint: did you mean "extract"?
PIPE030 there is no stage, named pipeline or output "zzzzzz"
  at --from
  hint: there are extract, merge, alone, both
PIPE030 there is no stage, named pipeline or output "mrge"
  at --skip
  hint: did you mean "merge"?
PIPE030 there is no stage, named pipeline or output "bohh"
  at --skip
  hint: did you mean "both"?

4 problems`);
  });

  test.each([['run'], ['why'], ['describe'], ['clean']])('%s knows only what there is', async (command) => {
    expect(await refusal([command, 'extrct'])).toBe(
      `PIPE030 there is no stage, named pipeline or output "extrct"\n  at pipe ${command}\n  hint: did you mean "extract"?`,
    );
  });

  test.each([
    [['merge'], 'targets'],
    [['--from', 'merge'], '--from'],
    [['--to', 'merge'], '--to'],
    [['merge', '--from', 'merge', '--to', 'merge'], 'targets and --from and --to'],
  ])('--only together with %j', async (others, named) => {
    expect(await refusal(['build', '--only', 'extract', ...others])).toBe(
      `PIPE031 --only selects exactly the stages it names, so it cannot be combined with ${named}\n  at --only\n  hint: leave out one of them`,
    );
  });

  test.each([[['merge']], [['--only', 'extract,merge']], [['--from', 'merge']], [['--to', 'merge']]])(
    '%j while the same stage is skipped',
    async (asked) => {
      expect(await refusal(['build', ...asked, '--skip', 'both'])).toContain(
        'PIPE031 stage "merge" is both asked for and skipped\n  at --skip\n  hint: leave out one of the two',
      );
    },
  );

  test('a named pipeline may well be built without one of its stages', async () => {
    await using rig = await Rig.compiled({}, config);
    const built = await rig.build(['both', '--skip', 'merge']);
    expect({ code: built.code, executed: built.executed }).toEqual({ code: 0, executed: ['extract'] });
  });

  test.each([
    [['--from', 'alone', '--to', 'merge'], '--from, --to'],
    [['--skip', 'extract,merge,alone'], '--skip'],
    [['alone', '--from', 'extract'], 'targets, --from'],
  ])('%j leaves nothing to build', async (args, at) => {
    expect(await refusal(['build', ...args])).toBe(`PIPE032 the selection is empty: no stage is left to build
  at ${at}
  hint: pipe list shows the stages and pipe graph how they depend on each other`);
  });

  test.each([[['--from', 'merge']], [['--only', 'merge']], [['merge', '--skip', 'extract']]])(
    '%j without the files of the stage before names them',
    async (args) => {
      expect(
        await refusal(['build', ...args]),
      ).toBe(`PIPE033 stage "merge" requires a.txt, which stage "extract" makes, and it is not there
  at stages.merge.requires
  hint: this run leaves "extract" out: build it first with pipe build extract`);
    },
  );
});

describe('what a build needs', () => {
  test('required files that nobody has and nobody makes, all of them', async () => {
    await using rig = await Rig.compiled(
      { 'b.txt': 'by hand' },
      `{ stages: {
        a: { requires: ['in.txt', 'data/*.json'], produces: 'b.txt', run: 'cat in.txt > b.txt' },
        b: { produces: 'c.txt', run: 'node scripts/make.mjs > c.txt' },
      } }`,
    );
    expect(
      await refused(rig, ['build']),
    ).toBe(`PIPE050 stage "a" requires in.txt, which is not there, and no stage makes it
  at stages.a.requires
  hint: check the path, or write optional('in.txt') if it may be missing
PIPE050 stage "a" requires data/*.json, which matches no file, and no stage makes it
  at stages.a.requires
  hint: check the path, or write optional('data/*.json') if it may be missing
PIPE050 stage "b" requires scripts/make.mjs, which is not there, and no stage makes it
  at stages.b.run
  hint: check the path: the command names this file

3 problems`);
  });

  test('environment files that cannot be read, though Node knows an option of the same name', async () => {
    await using rig = await Rig.compiled({ 'b.txt': 'by hand' }, config);
    const said = `PIPE035 cannot read the environment file gone.env: it does not exist
  at --env-file
  hint: paths are relative to the folder in which you call pipe
PIPE035 cannot read the environment file .: it is a folder
  at --env-file
  hint: paths are relative to the folder in which you call pipe

2 problems`;
    const args = ['--env-file', 'gone.env', '--env-file=.'];
    expect(await refused(rig, ['build', ...args])).toBe(said);
    expect(await refused(rig, ['status', ...args])).toBe(said);
  });

  test('the installed command itself keeps Node from reading its --env-file', async () => {
    await using rig = await Rig.compiled(
      {},
      `{ stages: { outer: { run: '"$PIPE" build --env-file gone.env --root inner', env: { PIPE: true } } } }`,
    );
    rig.write('inner/pipeline.config.ts', "export default { stages: { a: { run: 'true' } } };\n");
    const env = { PIPE: pipeCommand, PATH: `${path.dirname(nodeUnderTest)}:${process.env.PATH}` };
    const { code, stdout } = await rig.pipe(['build'], { env });
    expect(code).toBe(1);
    expect(stdout).toContain('PIPE035 cannot read the environment file gone.env: it does not exist');
    expect(stdout).toContain('exit code 2');
  });

  test('tools that are missing or too old', async () => {
    await using rig = await Rig.compiled(
      { 'old/sometool': '#!/bin/sh\necho sometool 1.4.2\n', 'b.txt': 'by hand' },
      `{ tools: { sometool: '>=2' }, stages: { a: { produces: 'b.txt', run: 'echo b > b.txt', tools: { 'no-such-tool': '*' } } } }`,
    );
    fs.chmodSync(rig.path('old/sometool'), 0o755);
    const env = { PATH: `${rig.path('old')}:${process.env.PATH}` };
    expect(
      await refused(rig, ['build'], { env }),
    ).toBe(`PIPE037 stage "a" needs no-such-tool *, but it is not on the PATH of the stage
  at stages.a.tools.no-such-tool
  hint: install no-such-tool * and put it on the PATH, or change the range
PIPE037 stage "a" needs sometool >=2, but ${rig.path('old/sometool')} is 1.4.2
  at stages.a.tools.sometool
  hint: install sometool >=2 and put it on the PATH, or change the range

2 problems`);
  });

  test.each([
    [['build']],
    [['run', 'alone']],
    [['clean']],
    [['accept', 'extract', '--reason', 'r']],
    [['cache', 'gc']],
  ])('%j inside a stage of the same workspace would wait for itself', async (args) => {
    await using rig = await Rig.compiled({ 'b.txt': 'by hand' }, config);
    const env = { PIPE_ROOT: rig.root, PIPE_STAGE: 'outer' };
    expect(
      await refused(rig, args, { env }),
    ).toBe(`PIPE038 this command runs inside stage "outer" of the same workspace: it would wait for itself
  at stages.outer.run
  hint: make what it builds a stage of its own and require its files`);
  });

  test('past runs and logs that are not there', async () => {
    expect(await refusal(['show'])).toBe(
      'PIPE039 there is no run yet in this workspace\n  at pipe show\n  hint: pipe build makes one',
    );
    expect(await refusal(['show', '2026'])).toBe(
      'PIPE039 there is no run "2026"\n  at pipe show\n  hint: pipe runs lists them',
    );
    await using rig = await Rig.compiled({}, config);
    await rig.build(['extract']);
    expect(await refused(rig, ['logs', 'last', 'merge'])).toBe(
      'PIPE039 there is no log of "merge"\n  at pipe logs\n  hint: pipe list shows the stages and pipe runs the runs; files and named pipelines have no logs',
    );
    await rig.build(['extract']);
    expect(await refused(rig, ['logs'])).toMatch(
      /^PIPE039 run \S+ left no logs\n {2}at pipe logs\n {2}hint: what executes nothing prints nothing; /,
    );
  });

  test('outputs that cannot be accepted', async () => {
    expect(
      await refusal(['accept', 'alone', '--reason', 'r']),
    ).toBe(`PIPE040 stage "alone" declares no outputs, so there is nothing to accept
  at alone
  hint: it is fresh after its next success: pipe build runs it`);
    // To look at outputs for good takes the lock, whose file stays.
    await using rig = await Rig.compiled({ 'b.txt': 'by hand' }, config);
    const { code, stdout, stderr } = await rig.pipe(['accept', 'extract', '--reason', 'r']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(
      stderr,
    ).toBe(`PIPE040 the outputs of stage "extract" cannot be taken as its result: there is no file for a.txt
  at extract
  hint: mend that first, or let the stage make them: pipe build extract
`);
    expect(rig.files()).toEqual(['b.txt', 'pipeline.config.ts']);
    expect(rig.exists('.pipeline-cache/state')).toBe(false);
  });
});
