// What is wrong with items, parameters, limits, retries, checks and hooks: each with what, where and what to do.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

/** What a build says of these stages that it refuses. Nothing has run then. */
async function refused(
  files: Readonly<Record<string, string>>,
  config: string,
  args: readonly string[] = [],
): Promise<string> {
  await using rig = await Rig.compiled(
    files,
    `import { definePipeline, items, optional } from 'pipe-build';\nexport default definePipeline(${config});\n`,
  );
  const { code, stderr } = await rig.pipe(['build', ...args]);
  expect({ code, ran: rig.exists('ran') }).toEqual({ code: 2, ran: false });
  return stderr;
}

const run = "run: 'echo ran > ran'";

test('a capture that forEach does not have, and items outside the root', async () => {
  const config = `{ stages: {
    a: { forEach: 'in/{n}.txt', produces: ['out/{m}.txt'], ${run} },
    b: { forEach: '../in/{n}.txt', ${run} },
    c: { forEach: items('../d.json', (all) => all, { key: 'id' }), ${run} },
  } }`;
  expect(
    await refused({ 'in/1.txt': '' }, config),
  ).toBe(`PIPE027 "out/{m}.txt": forEach captures no {m}, but {n}; for the name itself write \\{m\\}
  at stages.a.produces[0]
PIPE027 "../in/{n}.txt" lies outside the folder of the configuration
  at stages.b.forEach
  hint: move the configuration to a folder above, or link the files into its folder
PIPE027 "../d.json" lies outside the folder of the configuration
  at stages.c.forEach.file
  hint: link it into this folder

3 problems
`);
});

test('an optional document is one document', async () => {
  const files = ["optional('a.json', 'b.json')", 'optional()', 'optional(3)'];
  const stages = files.map(
    (file, i) => `s${i}: { forEach: items(${file}, (all) => all, { key: 'id' }), ${run} }`,
  );
  expect(await refused({}, `{ stages: { ${stages.join()} } }`)).toBe(
    `PIPE011 expected one document, as in optional('sow.json'), found an object
  at stages.s0.forEach.file
PIPE012 optional('…') names no document
  at stages.s1.forEach.file
PIPE011 expected text, found 3
  at stages.s2.forEach.file.patterns[0]

3 problems
`,
  );
});

test('durations, pools and services that there are not', async () => {
  const config = `{
    pools: { llm: 2 }, services: { base: { check: { tcp: 5432 }, timeout: 'soon' } },
    stages: { a: { pool: 'lmm', services: ['bsae'], timeout: '5 parsecs', retry: { attempts: 3, delay: 'x' }, ${run} } },
  }`;
  const duration = "expected a duration such as '10m', '90s', '50ms', or a number of milliseconds";
  expect(await refused({}, config)).toBe(`PIPE021 ${duration}, found "soon"
  at services.base.timeout
PIPE021 ${duration}, found "5 parsecs"
  at stages.a.timeout
PIPE021 ${duration}, found "x"
  at stages.a.retry.delay
PIPE026 there is no pool "lmm"
  at stages.a.pool
  hint: did you mean "llm"?
PIPE036 there is no service "bsae"
  at stages.a.services[0]
  hint: there is "base" alone

5 problems
`);
});

test('a parameter of another type, and one that there is not', async () => {
  const config = `{ params: { level: { type: 'number', default: 1 } }, stages: { a: { ${run} } } }`;
  expect(await refused({}, config, ['-p', 'level=high'])).toBe(`PIPE055 expected a number, found "high"
  at --param level
`);
  expect(await refused({}, config, ['-p', 'levle=1'])).toMatch(
    /^PIPE054 .*\n {2}at .*\n {2}hint: did you mean "level"\?\n/,
  );
});

test.each([
  ['a key that a record lacks', 'd.json', '[{"id":1},{"n":2}]', 'record 2 has no key "id"'],
  ['a document without anything in it', 'd.json', '\n', 'it is empty'],
  [
    'a name twice in a record',
    'd.json',
    '[{"id":1,"id":2}]',
    'the object at #/0 has "id" twice, in line 1: ',
  ],
  [
    'several documents in one file',
    'd.yaml',
    '- id: 1\n---\n- id: 2\n',
    'it holds several documents, the second from line 2: ',
  ],
  [
    'a document of another kind',
    'd.csv',
    'id\n1\n',
    'it is read as JSON, since its name ends in none of .jsonl, ',
  ],
])('%s', async (_, file, text, why) => {
  const config = `{ stages: { a: { forEach: items('${file}', (all) => all, { key: 'id' }), ${run} } } }`;
  const said = await refused({ [file]: text }, config);
  expect(said).toContain(`PIPE052 stage "a" is done for each record of ${file}: ${why}`);
  expect(said).toContain(
    '\n  at stages.a.forEach\n  hint: mend the document, or how its records are taken out of it\n',
  );
});

test('a document that is a folder is told of once', async () => {
  const config = `{ stages: { a: { forEach: items('d.json', (all) => all, { key: 'id' }), ${run} } } }`;
  expect(await refused({ 'd.json/x': '' }, config)).toBe(`PIPE050 stage "a" requires d.json, which is a folder
  at stages.a.forEach
  hint: name the file, which may lie in it
`);
});

test('a check that throws and a hook that hangs fail their stage, with what they were', async () => {
  await using rig = await Rig.compiled(
    {},
    `{ stages: {
      a: { produces: ['a.txt'], run: 'echo > a.txt', check: () => { throw new Error('not good'); } },
      b: { timeout: '300ms', run: 'true', hooks: { before: 'sleep 600' } },
    } }`,
  );
  const { code, stdout } = await rig.pipe(['build', '-k']);
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^failed +a +it ended well, but a\.txt does not pass its check after .*\n {2}a\.txt: not good$/m,
  );
  expect(stdout).toMatch(/^failed +b +its hook "before" failed: timed out after 300ms/m);
});

test('a budget in other words than are reported is told of, with what was meant', async () => {
  const pay = `echo '{"metric":{"usd":1}}' >> "$PIPE_OUTPUT"`;
  await using rig = await Rig.compiled(
    {},
    `{ budget: { tokens: 5 }, stages: { a: { produces: ['a'], run: ${JSON.stringify(`${pay}; echo > a`)} } } }`,
  );
  const built = await rig.build(['--budget', 'udd=3']);
  const about = (metric: string) =>
    `nothing has reported "${metric}" yet, so its budget limits nothing; reported is usd`;
  expect(built).toMatchObject({ code: 0, warnings: [about('tokens'), about('udd')] });
  expect((await rig.pipe(['build', '--force', '--budget', 'udd=3'])).stdout).toContain(
    `${about('udd')}\n  hint: did you mean "usd"?\n`,
  );
});
