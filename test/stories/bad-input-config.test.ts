// A configuration that is wrong: told with code, place and what to do, and nothing is executed, deleted or written.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refused } from '../rig/refused.ts';
import { nodeUnderTest, pipeCommand, Rig } from '../rig/rig.ts';
import { gate, tell } from './signs.ts';

/** What a stage that ran, or outputs that were cleared for it, would change. */
const present = { 'good.txt': 'by hand', 'a.txt': 'by hand', 'out/all.csv': 'by hand' };
const good = `good: { produces: 'good.txt', run: 'echo good > good.txt' }`;

/** `stages` beside one that could run. */
function refusedStages(stages: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  return refusedConfig(`{ stages: { ${good}, ${stages} } }`, files);
}

/** One that loads. */
async function refusedConfig(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  await using rig = await Rig.compiled({ ...present, ...files }, text);
  return await refused(rig, ['build']);
}

/** One that may not even do that. */
async function refusedModule(text: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  await using rig = await Rig.with({ ...present, ...files }, text);
  return await refused(rig, ['build']);
}

/** What a user who may not do everything is told. */
function toldToUser(rig: Rig, args: readonly string[], closed: string): string {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) spawnSync('chown', ['-R', '65534:65534', rig.root]);
  const { mode } = fs.statSync(rig.path(closed));
  fs.chmodSync(rig.path(closed), 0);
  const { PATH, HOME, TMPDIR } = process.env;
  const { stderr } = spawnSync(nodeUnderTest, ['--', pipeCommand, 'build', ...args], {
    ...{ cwd: rig.root, env: { PATH, HOME, TMPDIR }, encoding: 'utf8' },
    ...(isRoot && { uid: 65_534, gid: 65_534 }),
  });
  fs.chmodSync(rig.path(closed), mode);
  return stderr;
}

describe('where the configuration is', () => {
  test('a configuration, and a module, that may not be read is named, and nothing of what reads it is shown', async () => {
    await using rig = await Rig.with(
      { 'lib/name.ts': `export const name = 'good';` },
      `import { name } from './lib/name.ts'; export default { stages: { [name]: { produces: 'good.txt', run: 'touch good.txt' } } };`,
    );
    const hint = (file: string) =>
      `  hint: give yourself the right to read it: chmod u+r ${file} (ls -l tells whose it is)\n`;
    expect(toldToUser(rig, [], 'lib/name.ts')).toBe(
      `PIPE002 lib/name.ts may not be read: permission denied\n  at pipeline.config.ts:1:22\n${hint('lib/name.ts')}`,
    );
    expect(toldToUser(rig, [], 'pipeline.config.ts')).toBe(
      `PIPE002 pipeline.config.ts may not be read: permission denied\n${hint('pipeline.config.ts')}`,
    );
  });

  test('of a folder that may not be entered nobody says that nothing is there', async () => {
    await using rig = await Rig.with({ 'x/pipeline.config.ts': `export default { stages: { ${good} } };` });
    const told = `${rig.path('x')} may not be entered: permission denied\n`;
    const hint = `  hint: give yourself the right to enter it: chmod u+rx ${rig.path('x')} (ls -ld tells whose it is)\n`;
    for (const [flag, code, at] of [
      ['--root=x', 'PIPE001', ''],
      ['--root=x/y', 'PIPE034', '  at --root\n'],
      ['--config=x', 'PIPE001', '  at --config\n'],
      ['--config=x/pipeline.config.ts', 'PIPE001', '  at --config\n'],
    ] as const)
      expect(toldToUser(rig, [flag], 'x')).toBe(`${code} ${told}${at}${hint}`);
  });

  test('a root that is moved away while it loads is not made anew', async () => {
    await using rig = await Rig.with({
      'x/pipeline.config.ts': `
        import fs from 'node:fs';
        fs.readFileSync('../gate');
        export default { stages: { ${good} } };`,
    });
    gate(rig, 'gate');
    // Once where it is tried out, and once where it is loaded.
    for (const moved of ['in the trial', 'in the build']) {
      const build = rig.start(['build'], { cwd: 'x' });
      if (moved === 'in the build') await tell(rig, 'gate');
      const reader = await fs.promises.open(rig.path('gate'), 'w');
      fs.renameSync(rig.path('x'), rig.path('away'));
      await reader.close();
      const { code, stderr } = await build.ended;
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `PIPE001 ${rig.path('x')} has gone while its configuration was loaded\n  hint: go to where it is now\n`,
      });
      expect(rig.exists('x')).toBe(false);
      fs.renameSync(rig.path('away'), rig.path('x'));
      rig.remove('x/.pipeline-cache');
    }
  });

  test('none here or above: how to write one', async () => {
    await using rig = await Rig.with(present);
    const said = await refused(rig, ['build']);
    expect(said).toContain(`PIPE001 there is no pipeline.config.ts, .mts, .js or .mjs in ${rig.root} or any`);
    expect(said).toContain(
      '  hint: to start, pipe init writes one with an example; or write a pipeline.config.ts yourself:\n',
    );
    expect(said).toContain("run: 'echo hello > hello.txt',");
    expect(said).toContain('--config <path>');
    expect(rig.exists('.pipeline-cache')).toBe(false);
  });

  test('none where --config points', async () => {
    await using rig = await Rig.with(present, `{ stages: { ${good} } }`);
    expect(await refused(rig, ['build', '--config', 'other.ts'])).toBe(
      `PIPE001 there is no file ${rig.path('other.ts')}
  at --config
  hint: give the path of a pipeline.config.ts`,
    );
    expect(await refused(rig, ['build', '--config', 'out'])).toContain(
      `PIPE001 there is no pipeline.config.ts in ${rig.path('out')}`,
    );
    expect(await refused(rig, ['build', '--config', 'good.txt'])).toContain(
      `PIPE001 ${rig.path('good.txt')} is not a .ts, .mts, .js or .mjs file`,
    );
  });

  test('none in the folder that --root names', async () => {
    await using rig = await Rig.with(present, `{ stages: { ${good} } }`);
    expect(await refused(rig, ['build', '--root', 'out'])).toContain(
      `PIPE001 there is no pipeline.config.ts, .mts, .js or .mjs in ${rig.path('out')}`,
    );
    expect(await refused(rig, ['build', '--root', 'gone'])).toBe(
      `PIPE034 there is no folder ${rig.path('gone')}\n  at --root`,
    );
  });
});

describe('loading it', () => {
  test('every syntax error has its line', async () => {
    const said = await refusedModule(
      `import './a.ts';\nimport './gone.ts';\nexport default { stages: { ${good} } };\n`,
      { 'a.ts': 'export const x = = 2;\n' },
    );
    expect(said).toBe(`PIPE002 unexpected "="
  at a.ts:1:18
  hint: look at the line: export const x = = 2;
PIPE002 cannot find "./gone.ts", which pipeline.config.ts imports
  at pipeline.config.ts:2:8
  hint: look at the line: import './gone.ts';

2 problems`);
  });

  test('a package that is not installed is named', async () => {
    const said = await refusedModule("import x from 'lodahs';\nexport default x;\n");
    expect(said).toBe(`PIPE002 cannot find "lodahs", which pipeline.config.ts imports
  at pipeline.config.ts:1:15
  hint: install the package: npm install --save-dev lodahs`);
  });

  test('what it throws is told with the line of the source', async () => {
    const text = `import { need } from './env.ts';\nexport default { stages: { ${good} }, name: need('DATA') };\n`;
    const env = `export function need(name: string): string {\n  throw new Error(\`\${name} is not set\`);\n}\n`;
    expect(
      await refusedModule(text, { 'env.ts': env }),
    ).toBe(`PIPE003 the configuration throws Error: DATA is not set
  at env.ts:2`);
  });

  test('one that waits for ever is left at once', async () => {
    expect(
      await refusedModule('export default await new Promise(() => {});\n'),
    ).toBe(`PIPE004 the configuration waits for something that cannot happen any more
  at pipeline.config.ts
  hint: look for a promise that never resolves or a loop without end; work belongs in stages`);
  });

  // The limit is real here, so this takes its ten seconds: without the processor, which others need.
  test('an endless loop is ended after ten seconds', async () => {
    const loop = 'while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);';
    expect(
      await refusedModule(`${loop}\nexport default { stages: { ${good} } };\n`),
    ).toBe(`PIPE004 the configuration did not settle within 10 s
  at pipeline.config.ts
  hint: look for a promise that never resolves or a loop without end; work belongs in stages`);
  });

  test('it may not end the process, and cannot hide that behind exit code 0', async () => {
    expect(
      await refusedModule(
        `if (!process.env.DATA) process.exit(0);\nexport default { stages: { ${good} } };\n`,
      ),
    ).toBe(`PIPE005 the configuration ends the process while it loads: process.exit(0)
  at pipeline.config.ts
  hint: throw an error instead; work belongs in stages`);
  });

  test.each([
    ['export const pipeline = {};', 'the configuration has no default export'],
    ['export default 7;', 'the configuration exports a number by default'],
    ['export default undefined;', 'the configuration exports undefined by default'],
  ])('%s exports no pipeline', async (text, message) => {
    expect(await refusedModule(`${text}\n`)).toBe(`PIPE006 ${message}
  at pipeline.config.ts
  hint: write: export default definePipeline({ stages: { … } })`);
  });
});

describe('fields', () => {
  test('who writes JavaScript hears of a typo with what was meant', async () => {
    await using rig = await Rig.with({
      ...present,
      'pipeline.config.js': `import { definePipeline } from 'pipe-build';
export default definePipeline({ stages: { ${good}, a: { run: 'true', timout: '10m' } } });
`,
    });
    expect(await refused(rig, ['build'])).toBe(`PIPE010 unknown field "timout"
  at stages.a.timout
  hint: did you mean "timeout"?`);
  });

  test('words of other tools and fields in the wrong place are led to the right ones', async () => {
    const config = `{ timeout: '3s', stages: { ${good}, a: { run: 'true', jobs: 2, inputs: 'x' } } }`;
    expect(await refusedConfig(config)).toBe(`PIPE010 unknown field "timeout"
  at timeout
  hint: "timeout" is a field of a stage, not of the pipeline
PIPE010 unknown field "jobs"
  at stages.a.jobs
  hint: "jobs" is a field of the pipeline, not of a stage
PIPE010 unknown field "inputs"
  at stages.a.inputs
  hint: did you mean "requires"?

3 problems`);
  });

  test('wrong values say what was expected and what was found', async () => {
    expect(
      await refusedStages("a: { run: 'true', env: { N: 3 }, optional: 'yes', freshness: 'time' }"),
    ).toBe(`PIPE011 expected text, or true to pass the variable on, found 3
  at stages.a.env.N
  hint: put it in quotes: '3'
PIPE011 expected true or false, found "yes"
  at stages.a.optional
PIPE011 expected "hash" or "mtime", found "time"
  at stages.a.freshness

3 problems`);
  });

  test('what is missing is named, with what to write', async () => {
    expect(await refusedStages('a: {}')).toBe(`PIPE012 the stage does not say what to run
  at stages.a.run
  hint: write what the stage does: a shell line, an array of them, exec('…'), script('…') or a function`);
    expect(await refusedConfig('{ stages: {} }')).toBe(`PIPE012 the pipeline has no stages
  at stages
  hint: write stages: { name: { run: '…' } }`);
  });

  test('names', async () => {
    expect(
      await refusedStages("'a b': { run: 'true' }"),
    ).toBe(`PIPE020 the stage's name "a b" has a character that names may not have
  at stages["a b"]
  hint: use letters, digits, "_", "-" and "."`);
  });

  test('durations and sizes', async () => {
    const config = `{ cache: { maxSize: '10 gigs' }, stages: { ${good}, a: { run: 'true', timeout: 'ten minutes' } } }`;
    expect(
      await refusedConfig(config),
    ).toBe(`PIPE021 expected a size such as '10GB', '500MB', '1GiB', or a number of bytes, found "10 gigs"
  at cache.maxSize
  hint: for no cache at all write \`cache: false\`
PIPE021 expected a duration such as '10m', '90s', '50ms', or a number of milliseconds, found "ten minutes"
  at stages.a.timeout

2 problems`);
  });

  test('tools', async () => {
    expect(
      await refusedStages("a: { run: 'true', tools: { python3: '3.9 or so' } }"),
    ).toBe(`PIPE022 "3.9 or so" is no range of versions
  at stages.a.tools.python3
  hint: write a range such as '>=3.9', '^2.1' or '*'`);
  });

  test('the folder to run in', async () => {
    expect(
      await refusedStages("a: { run: 'true', cwd: '../elsewhere' }"),
    ).toBe(`PIPE023 "../elsewhere" lies outside the folder of the configuration
  at stages.a.cwd
  hint: a stage runs inside it; for a tool that must run elsewhere, put a \`cd\` into the shell line`);
  });

  test('a placeholder inside quotes', async () => {
    expect(
      await refusedStages(`a: { requires: 'a.txt', run: 'wc -l "{requires}"' }`),
    ).toBe(`PIPE024 the placeholder {requires} stands inside quotes
  at stages.a.run
  hint: end the quotes before it, as in "to "{item}: what is put there is quoted already`);
  });

  test('a script that is not there, and one that does not compile', async () => {
    const stages = "a: { run: script('./gone.ts') }, b: { run: script('./bad.ts') }";
    expect(
      await refusedStages(stages, { 'bad.ts': 'export default (' }),
    ).toBe(`PIPE025 there is no module gone.ts
  at stages.a.run
  hint: script() takes a path that is relative to the folder of the configuration
PIPE002 unexpected end of file
  at bad.ts:1:17
  hint: look at the line: export default (

2 problems`);
  });
});

describe('patterns', () => {
  test('one that is no pattern', async () => {
    expect(
      await refusedStages("a: { run: 'true', requires: ['data/{a,b.csv', 'data/*/../x'] }"),
    ).toBe(`PIPE013 "data/{a,b.csv": the '{' at character 6 is never closed; write '\\{' for the character itself
  at stages.a.requires[0]
PIPE013 "data/*/../x": the pattern has '..' after a part with wildcards
  at stages.a.requires[1]

2 problems`);
  });

  test('an output outside the root', async () => {
    expect(
      await refusedStages("a: { run: 'true', produces: ['../x.txt', '/tmp/x', '~/x'] }"),
    ).toBe(`PIPE017 "../x.txt" lies outside the folder of the configuration
  at stages.a.produces[0]
  hint: outputs are always inside it: write there, or move the configuration to a folder above both
PIPE017 "/tmp/x" lies outside the folder of the configuration
  at stages.a.produces[1]
  hint: outputs are always inside it: write there, or move the configuration to a folder above both
PIPE017 "~/x" lies outside the folder of the configuration
  at stages.a.produces[2]
  hint: outputs are always inside it: write there, or move the configuration to a folder above both

3 problems`);
  });

  test('an output that may be the configuration or a file of pipe', async () => {
    expect(
      await refusedStages("a: { run: 'true', produces: '*.ts' }, b: { run: 'true', produces: '.git/x' }"),
    ).toBe(`PIPE016 "*.ts" may match the configuration itself, pipeline.config.ts
  at stages.a.produces
  hint: name the outputs more narrowly, or exclude it: '!pipeline.config.ts'
PIPE016 ".git/x" names a file that belongs to pipe or git
  at stages.b.produces
  hint: give the output another path

2 problems`);
  });

  test('two producers of one file, in either order', async () => {
    const merge = "merge: { produces: 'out/all.csv', run: 'true' }";
    const clean = "clean: { produces: ['out/*.csv'], run: 'true' }";
    expect(
      await refusedStages(`${merge}, ${clean}`),
    ).toBe(`PIPE014 stages "merge" and "clean" may both produce the same file: out/all.csv and out/*.csv
  at stages.merge.produces[0], stages.clean.produces[0]
  hint: give one of them another path, or join the stages`);
    expect(await refusedStages(`${clean}, ${merge}`)).toContain(
      'PIPE014 stages "clean" and "merge" may both produce the same file: out/*.csv and out/all.csv',
    );
  });

  test('a file where another output needs a folder, of two stages or one', async () => {
    expect(
      await refusedStages(
        "a: { produces: 'out/a', run: 'true' }, b: { produces: 'out/a/b/*.x', run: 'true' }",
      ),
    ).toBe(`PIPE029 stage "a" produces the file out/a, which would be a folder of what stage "b" produces: out/a/b/*.x
  at stages.a.produces[0], stages.b.produces[0]
  hint: give one of them another path`);
    expect(await refusedStages("a: { produces: ['out/a/b', 'out/a'], run: 'true' }")).toContain(
      'PIPE029 stage "a" produces the file out/a, which would be a folder of other outputs of it: out/a/b',
    );
  });

  test('a stage that feeds itself', async () => {
    expect(
      await refusedStages("a: { requires: 'out/*', produces: 'out/all.csv', run: 'true' }"),
    ).toBe(`PIPE015 stage "a" may produce out/all.csv and requires out/*
  at stages.a.produces[0]
  hint: give the output another path, or exclude it from what is required: '!…'`);
  });
});

describe('the graph', () => {
  test('a circle is shown with every step', async () => {
    const stages = `a: { requires: 'c.txt', produces: 'a.txt', run: 'true' },
      b: { requires: 'a.txt', produces: 'b.txt', run: 'true' },
      c: { after: 'b', produces: 'c.txt', run: 'true' }`;
    expect(await refusedStages(stages)).toBe(
      `PIPE018 stages wait for each other: a -> b (b requires a.txt, which a produces) -> c (c runs after b) -> a (a requires c.txt, which c produces)
  at stages.a
  hint: narrow a pattern, or take one "after" away`,
    );
  });

  test('a stage that waits for itself', async () => {
    expect(
      await refusedStages("a: { after: 'a', run: 'true' }"),
    ).toBe(`PIPE018 stage "a" is to run after itself
  at stages.a.after
  hint: take "a" out of its own "after"`);
  });

  test('an unknown stage: the near one, or all there are', async () => {
    const config = `{ pipelines: { p: ['zzzzz'] }, stages: { ${good}, a: { after: ['god'], run: 'true' } } }`;
    expect(await refusedConfig(config)).toBe(`PIPE019 there is no stage "god"
  at stages.a.after[0]
  hint: did you mean "good"?
PIPE019 there is no stage "zzzzz"
  at pipelines.p[0]
  hint: there are good, a

2 problems`);
  });

  test('a chain of 5,000 stages is no trouble, and closed to a circle it is shown from both ends', async () => {
    const chain = (first: string) => `const stages: Record<string, object> = {};
for (let i = 0; i < 5000; i += 1)
  stages['s' + i] = { requires: i === 0 ? ${first} : 'f' + (i - 1), produces: 'f' + i, run: 'touch f' + i };
export default { stages };
`;
    await using rig = await Rig.with({ source: 'v0' }, chain("'source'"));
    const planned = await rig.build(['--dry-run']);
    expect({ code: planned.code, stderr: planned.stderr }).toEqual({ code: 0, stderr: '' });
    expect(planned.events.filter((event) => event.kind === 'task-planned')).toHaveLength(5000);
    expect(rig.files()).toEqual(['pipeline.config.ts', 'source']);

    rig.config(chain("'f4999'"));
    const said = await refused(rig, ['build']);
    expect(said).toMatch(
      /^PIPE018 stages wait for each other: s0 -> s1 \(s1 requires f0, which s0 produces\) -> s2/,
    );
    expect(said).toContain('-> … 4980 more … -> s4991');
    expect(said).toContain('-> s0 (s0 requires f4999, which s4999 produces)\n  at stages.s0\n');
  });
});

test('a required path that is a folder says so, and how to require what is in it', async () => {
  await using rig = await Rig.with(
    { 'data/a.txt': 'a' },
    `{ stages: { a: { requires: 'data', produces: 'o', run: 'echo > o' } } }`,
  );
  const { code, stderr } = await rig.pipe(['build']);
  expect(code).toBe(2);
  expect(stderr).toContain('PIPE050 stage "a" requires data, which is a folder');
  expect(stderr).toContain('hint: write data/ for everything in it');
});
