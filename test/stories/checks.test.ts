// What a stage makes is checked before it counts: by schemas, and by functions of the configuration.
import { expect, test } from 'vitest';
import { Rig } from '../rig/rig.ts';

const priced = (type: string) =>
  JSON.stringify({ type: 'array', items: { required: ['price'], properties: { price: { type } } } });

test('JSON must fit its schema; another schema checks again and runs nothing', async () => {
  await using rig = await Rig.compiled(
    { 'in.json': '[{"price":1.5}]', 'priced.schema.json': priced('number') },
    `
    import { definePipeline, jsonSchema, nonEmpty } from 'pipe-build';
    export default definePipeline({ stages: {
      copy: {
        requires: 'in.json', produces: ['out.json', 'log.txt'], run: 'echo ran >> ran; echo > log.txt; cp in.json out.json',
        check: { 'out.json': jsonSchema('priced.schema.json'), 'log.txt': nonEmpty() },
      },
    } });`,
  );
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['copy'] });
  expect((await rig.pipe(['build'])).stdout).toMatch(/up to date|1 fresh/);

  rig.write('priced.schema.json', `${priced('number')}\n`);
  expect((await rig.pipe(['why', 'copy'])).stdout).toMatch(/its check changed/);
  expect((await rig.pipe(['build'])).stdout).toMatch(
    /run +copy +because its check changed[\s\S]*restored +copy/,
  );

  rig.write('priced.schema.json', priced('integer'));
  const failed = await rig.pipe(['build']);
  expect(failed).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('out.json#/0/price: must be integer'),
  });
  // It ended well, so that it will not have lacked a variable.
  expect(failed.stdout).not.toContain('declare what it needs in env');
  const kept = /what it made is in (\S+)/.exec(failed.stdout)?.[1] ?? '';
  expect(rig.read(`${kept}/out.json`)).toBe('[{"price":1.5}]');
  expect([rig.exists('out.json'), rig.read('ran')]).toEqual([false, 'ran\n']);

  // Where it was the schema that was wrong, nothing is made twice.
  rig.write('priced.schema.json', priced('number'));
  expect(await rig.build()).toMatchObject({ code: 0, executed: [], restored: ['copy'] });
  expect((await rig.pipe(['cache', 'verify'])).code).toBe(0);
  rig.write('priced.schema.json', priced('integer'));
  expect(await rig.build()).toMatchObject({ code: 1, executed: [] });

  rig.write('in.json', '[{"price":2}]');
  expect(await rig.build()).toMatchObject({ code: 0, executed: ['copy'] });
  rig.remove('priced.schema.json');
  const refused = await rig.pipe(['build']);
  expect(refused).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/PIPE050 .*priced\.schema\.json.*\n +at stages\.copy\.check/),
  });
});

test('what is no JSON is told whole, though it is quoted over several lines', async () => {
  await using rig = await Rig.compiled(
    { 'in.json': '{\n  "a": x\n}\n' },
    `
    import { readFileSync } from 'node:fs';
    import { definePipeline, jsonSchema } from 'pipe-build';
    export default definePipeline({ stages: {
      schema: { requires: 'in.json', produces: 'a.json', run: 'cp in.json a.json', check: jsonSchema({ type: 'object' }) },
      asked: { requires: 'in.json', produces: 'b.json', run: 'cp in.json b.json', check: () => { JSON.parse(readFileSync('b.json', 'utf8')); } },
    } });`,
  );
  const { code, stdout } = await rig.pipe(['build', '-k']);
  expect(code).toBe(1);
  // In the words of Node, and those differ.
  for (const start of ['a\\.json: is no JSON: ', 'b\\.json: '])
    expect(stdout).toMatch(new RegExp(`^ {2}${start}Unexpected token .*JSON( at position \\d+)?$`, 'm'));
});

const withFunction = (body: string) => `
  import { definePipeline } from 'pipe-build';
  export default definePipeline({ stages: {
    copy: {
      requires: 'in.json', produces: 'out.json', timeout: '2s', run: 'echo ran >> ran; cp in.json out.json',
      check: [(file) => { ${body} }],
    },
    other: { requires: 'other.txt', produces: 'other-out.txt', run: 'cp other.txt other-out.txt' },
  } });`;

test('a function is given text without a mark of its encoding, and JSON that can be read in one way alone', async () => {
  await using rig = await Rig.compiled(
    { 'in.json': '\uFEFF{"total":3}', 'other.txt': '' },
    withFunction('return file.text().startsWith("{") && file.json().total === 3;'),
  );
  expect((await rig.build(['copy'])).executed).toEqual(['copy']);
  const whyNot = async (content: string | Buffer) => {
    rig.write('in.json', content);
    const { failure } = (await rig.build(['copy'])).end('copy')!;
    return failure?.kind === 'check-failed' ? failure.problems.map(({ message }) => message) : failure;
  };
  expect(await whyNot('{"total":2,"total":3}')).toEqual([
    'it has "total" twice, in line 1: nobody could say which counts',
  ]);
  expect(await whyNot(Buffer.from('{"total":3,"by":"caf\xe9"}', 'latin1'))).toEqual([
    expect.stringMatching(/^is not UTF-8: byte 0xe9 at offset 20, in line 1; .*iconv -f latin1 -t utf-8$/),
  ]);
});

test('a function checks in a process of its own: by what it throws or answers, and not for ever', async () => {
  await using rig = await Rig.compiled(
    { 'in.json': '{"total":3}', 'other.txt': '' },
    withFunction('return file.json().total === 3;'),
  );
  expect((await rig.build()).executed).toEqual(['copy', 'other']);
  expect((await rig.pipe(['build'])).code).toBe(0);

  // In a build of a part.
  rig.write('in.json', '{"total":4}');
  const no = await rig.pipe(['build']);
  expect(no).toMatchObject({ code: 1, stdout: expect.stringContaining('out.json: the check says no') });

  await rig.reconfigure(
    withFunction(
      'if (file.json().total !== 3) throw new Error(file.path + " comes to " + file.json().total);',
    ),
  );
  const threw = await rig.build();
  expect(threw.end('copy')).toMatchObject({
    failure: { kind: 'check-failed', problems: [{ path: 'out.json', message: 'out.json comes to 4' }] },
  });

  await rig.reconfigure(
    withFunction(
      'console.log("looks at", file.text()); return new Promise(() => setInterval(() => {}, 1000));',
    ),
  );
  const hangs = await rig.build();
  expect(hangs.end('copy')).toMatchObject({
    failure: { kind: 'check-broken', at: 'stages.copy.check[0]', message: 'timed out after 2.0s' },
  });
  expect((await rig.pipe(['logs', 'last', 'copy'])).stdout).toContain('looks at {"total":4}');

  await rig.reconfigure(withFunction('return true;'));
  expect((await rig.build()).executed).toEqual(['copy']);
  await rig.reconfigure(withFunction('return file.text() !== "";'));
  const ran = rig.read('ran');
  expect(await rig.build()).toMatchObject({ code: 0, restored: ['copy'], executed: [] });
  expect(rig.read('ran')).toBe(ran);
});

test('a schema that is none is told before anything is paid for, by whoever looks, and in a file as in the configuration', async () => {
  const config = (schema: string) => `
    import { definePipeline, jsonSchema } from 'pipe-build';
    export default definePipeline({ stages: {
      paid: { requires: 'in.json', produces: 'paid.json', run: 'echo ran >> ran; cp in.json paid.json' },
      inline: { requires: 'paid.json', produces: 'a.json', run: 'cp paid.json a.json', check: jsonSchema(${schema}) },
      file: { requires: 'paid.json', produces: 'b.json', run: 'cp paid.json b.json', check: [jsonSchema('s.json')] },
    } });`;
  await using rig = await Rig.compiled({ 'in.json': '1', 's.json': '{' }, config("{ type: 'strng' }"));
  for (const args of [['build'], ['build', '-n'], ['status'], ['why', 'file']]) {
    const { code, stderr } = await rig.pipe(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^PIPE058 stage "file" .* is none: s\.json: .*JSON.*\n {2}at stages\.file\.check\[0\]\n {2}hint: /m,
    );
    if (args[0] !== 'why')
      expect(stderr).toMatch(
        /^PIPE058 stage "inline" .*: #\/type must be .*\n {2}at stages\.inline\.check\n/m,
      );
  }
  expect((await rig.pipe(['doctor'])).stdout).toMatch(/^fail +schemas +2 problems\n +PIPE058 /m);
  expect(rig.exists('ran')).toBe(false);

  await rig.reconfigure(config("{ type: 'number' }"));
  rig.write('s.json', '{}');
  expect((await rig.build()).executed).toEqual(['file', 'inline', 'paid']);
  expect((await rig.pipe(['doctor'])).stdout).not.toContain('schemas');

  // In a build of a part, and of what is as it was nobody asks.
  rig.write('s.json', '[]');
  expect(await rig.pipe(['build'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('PIPE058 stage "file"'),
  });
  rig.write('in.json', '2');
  expect((await rig.build(['inline'])).executed).toEqual(['inline', 'paid']);
});
