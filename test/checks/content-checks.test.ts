// The content of files against schemas, patterns and counts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { createChecker } from '../../src/checks/content-checks.ts';
import { compiledOnce } from '../../src/checks/json-schema.ts';
import type { ContentCheck } from '../../src/model/checks.ts';
import { digestOf } from '../../src/model/fingerprint.ts';

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-checks-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const schema = (value: object): ContentCheck => ({ kind: 'schema', schema: JSON.stringify(value) });
const priced = { type: 'object', required: ['price'], properties: { price: { type: 'number', minimum: 0 } } };

/** What is wrong, as `path:line#pointer message`; a text: why there is no check. */
async function problems(
  check: ContentCheck,
  file: string,
  content: string | Buffer,
  limitMs?: number,
): Promise<readonly string[] | string> {
  fs.writeFileSync(path.join(root, file), content);
  const prepared = await createChecker(root, limitMs).prepare(check);
  if (!prepared.ok) return prepared.error;
  const sizeBytes = Buffer.byteLength(content);
  const entry = {
    path: file as FilePath,
    kind: 'file',
    executable: false,
    digest: digestOf(''),
    sizeBytes,
  } as const;
  const found = await prepared.value(entry);
  return found.ok
    ? found.value.map(({ path: of, line, pointer, message }) => `${of}:${line}#${pointer} ${message}`)
    : found.error;
}

test('a file may have to have something in it', async () => {
  expect(await problems({ kind: 'non-empty' }, 'a', '\n')).toEqual([]);
  expect(await problems({ kind: 'non-empty' }, 'a', '')).toEqual(['a:null#null is empty']);
});

test.each([
  ['', 0, '0 lines'],
  ['a', 1, '1 line'],
  ['a\n', 1, '1 line'],
  ['a\nb', 2, '2 lines'],
  ['\n\n', 2, '2 lines'],
])('%j has %i lines', async (text, lines, told) => {
  const tooMany = await problems({ kind: 'min-lines', lines: lines + 1 }, 'a', text);
  expect(tooMany).toEqual([`a:null#null has ${told}, fewer than ${lines + 1}`]);
  if (lines > 0) expect(await problems({ kind: 'min-lines', lines }, 'a', text)).toEqual([]);
});

test('a pattern is looked for in all of the text, the second time as the first', async () => {
  const check = { kind: 'matches', source: '^b', flags: 'gm' } as const;
  const prepared = await createChecker(root).prepare(check);
  fs.writeFileSync(path.join(root, 'ab'), 'a\nb');
  const entry = {
    path: 'ab' as FilePath,
    kind: 'file',
    executable: false,
    digest: digestOf(''),
    sizeBytes: 3,
  } as const;
  for (let i = 0; i < 2; i++)
    expect(prepared.ok && (await prepared.value(entry))).toEqual({ ok: true, value: [] });
  expect(await problems(check, 'a', 'a\nc')).toEqual(['a:null#null does not match /^b/m']);
});

test('what does not fit a schema is told with a pointer to it', async () => {
  const items = schema({ type: 'object', properties: { items: { type: 'array', items: priced } } });
  expect(await problems(items, 'a.json', '{"items":[{"price":1}]}')).toEqual([]);
  expect(await problems(items, 'a.json', '{"items":[{"price":-1},{},{"price":"2"}]}')).toEqual([
    'a.json:null#/items/0/price must be >= 0',
    "a.json:null#/items/1 must have required property 'price'",
    'a.json:null#/items/2/price must be number',
  ]);
  expect(await problems(items, 'a.json', '{')).toEqual([
    expect.stringMatching(/^a\.json:null#null is no JSON: /),
  ]);
  const closed = schema({ additionalProperties: false, properties: { a: { enum: ['x', 1] } } });
  expect(await problems(closed, 'a.json', '{"a":2,"b":1}')).toEqual([
    'a.json:null# must NOT have additional properties: "b"',
    'a.json:null#/a must be equal to one of the allowed values: "x", 1',
  ]);
});

test('JSON Lines are checked line by line, up to as many problems as are worth reading', async () => {
  const lines = ['{"price":1}', '', '{"price":-1}', 'nonsense', '{"price":2}'].join('\r\n');
  expect(await problems(schema(priced), 'a.jsonl', lines)).toEqual([
    'a.jsonl:3#/price must be >= 0',
    expect.stringMatching(/^a\.jsonl:4#null is no JSON: /),
  ]);
  expect(await problems(schema(priced), 'a.ndjson', '{}\n'.repeat(1000))).toHaveLength(20);
});

test('dialects and formats are known', async () => {
  const tuple = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    prefixItems: [{ type: 'number' }],
  };
  expect(await problems(schema(tuple), 'a.json', '["x"]')).toEqual(['a.json:null#/0 must be number']);
  const modern = { $schema: 'https://json-schema.org/draft/2019-09/schema', dependentRequired: { a: ['b'] } };
  expect(await problems(schema(modern), 'a.json', '{"a":1}')).toHaveLength(1);
  expect(await problems(schema({ type: 'string', format: 'date' }), 'a.json', '"2026-13-01"')).toEqual([
    'a.json:null# must match format "date"',
  ]);
});

test('a schema that is none says why', async () => {
  fs.writeFileSync(path.join(root, 'broken.schema.json'), '{');
  const file = (name: string): ContentCheck => ({ kind: 'schema-file', schema: name as FilePath });
  expect(await problems(file('none.schema.json'), 'a.json', '1')).toMatch(/^none\.schema\.json: ENOENT/);
  expect(await problems(file('broken.schema.json'), 'a.json', '1')).toMatch(/^broken\.schema\.json: .*JSON/);
  expect(await problems(schema({ type: 'odd' }), 'a.json', '1')).toMatch(
    /^#\/type must be equal to one of the allowed values: "array", /,
  );
  expect(await problems(schema({ $schema: 'http://json-schema.org/draft-04/schema#' }), 'a.json', '1')).toBe(
    'its $schema is http://json-schema.org/draft-04/schema#, and known are draft 7, 2019-09 and 2020-12',
  );
  for (const dialect of ['http://json-schema.org/draft-07/schema#', 'http://json-schema.org/draft-07/schema'])
    expect(await problems(schema({ $schema: dialect }), 'a.json', '1')).toEqual([]);
  expect(await problems(schema({ $ref: 'https://example.org/x.json' }), 'a.json', '1')).toMatch(
    /can't resolve/,
  );
  expect(await problems({ kind: 'schema', schema: '[]' }, 'a.json', '1')).toBe('a schema is a JSON object');
});

const many = '^(a+)+$';
const evil = `${'a'.repeat(60)}b`;
const late = 'did not answer within 0.05 s, as a loop without end would not';

test.each<[string, ContentCheck, string, string, string]>([
  ['matches', { kind: 'matches', source: many, flags: '' }, 'm.txt', evil, `/${many}/ ${late}: on m.txt`],
  [
    'pattern',
    schema({ pattern: many }),
    'p.json',
    JSON.stringify(evil),
    `the pattern /${many}/u ${late}: on p.json`,
  ],
  [
    'patternProperties',
    schema({ items: { patternProperties: { x: { type: 'number' }, [many]: { type: 'number' } } } }),
    'q.json',
    JSON.stringify([{ x: 1 }, { [evil]: 1 }]),
    `the pattern /${many}/u ${late}: on q.json`,
  ],
  [
    'pattern of a line',
    schema({ $schema: 'https://json-schema.org/draft/2020-12/schema', pattern: many }),
    'l.jsonl',
    `"aa"\n\n"b"\n${JSON.stringify(evil)}\n`,
    `the pattern /${many}/u ${late}: on l.jsonl:4`,
  ],
])('a pattern that would take for ever is ended, and named: %s', async (_, check, file, content, why) => {
  expect(await problems(check, file, content, 50)).toBe(why);
});

test('what a pattern says of many lines is told of each, in order, with lines that are no JSON', async () => {
  const lines = Array.from({ length: 2500 }, (_, i) => (i === 1100 ? 'no' : i % 1000 === 3 ? '"B"' : '"a"'));
  const found = await problems(schema({ pattern: '^a$' }), 'many.jsonl', lines.join('\n'));
  expect(found).toEqual([
    'many.jsonl:4# must match pattern "^a$"',
    'many.jsonl:1004# must match pattern "^a$"',
    expect.stringMatching(/^many\.jsonl:1101#null is no JSON: /),
    'many.jsonl:2004# must match pattern "^a$"',
  ]);
});

test('a mark of the encoding is no part of what is checked, nor of a schema', async () => {
  fs.writeFileSync(path.join(root, 'marked.schema.json'), '\uFEFF{"type":"object"}');
  const marked: ContentCheck = { kind: 'schema-file', schema: 'marked.schema.json' as FilePath };
  expect(await problems(marked, 'a.json', '\uFEFF{}')).toEqual([]);
  expect(await problems(marked, 'a.jsonl', '\uFEFF{}\n{}')).toEqual([]);
  expect(await problems({ kind: 'matches', source: '^# ', flags: '' }, 'a.md', '\uFEFF# A')).toEqual([]);
});

test('what is not UTF-8 does not pass as JSON, and is told where', async () => {
  const latin = (text: string) => Buffer.from(text, 'latin1');
  expect(await problems(schema({}), 'a.json', latin('{"a":\n"\xe9"}'))).toEqual([
    'a.json:null#null is not UTF-8: byte 0xe9 at offset 7, in line 2; if it is Latin-1, convert it: iconv -f latin1 -t utf-8',
  ]);
  const long = `${'{"price":1}\n'.repeat(30_000)}{"price":-1}\n`;
  expect(await problems(schema(priced), 'a.jsonl', latin(`${long}"\xe9"`))).toEqual([
    'a.jsonl:30001#/price must be >= 0',
    expect.stringContaining(`is not UTF-8: byte 0xe9 at offset ${long.length + 1}, in line 30002;`),
  ]);
  fs.writeFileSync(path.join(root, 'latin.schema.json'), latin('{"title":"\xe9"}'));
  const file: ContentCheck = { kind: 'schema-file', schema: 'latin.schema.json' as FilePath };
  expect(await problems(file, 'a.json', '{}')).toMatch(/^latin\.schema\.json: is not UTF-8: /);
  // It may be about a file that is no text at all.
  expect(await problems({ kind: 'matches', source: '^%PDF', flags: '' }, 'a.pdf', latin('%PDF\xe9'))).toEqual(
    [],
  );
});

test('one name twice in an object does not pass, and is told with a pointer', async () => {
  expect(await problems(schema({}), 'a.json', '{"a":[{"b":1,"b":2}]}')).toEqual([
    'a.json:null#/a/0 has "b" twice, in line 1: nobody could say which counts',
  ]);
  expect(await problems(schema({}), 'a.jsonl', '{"b":1}\n{"b":1,"b":2}')).toEqual([
    'a.jsonl:2# has "b" twice, in line 2: nobody could say which counts',
  ]);
  fs.writeFileSync(path.join(root, 'twice.schema.json'), '{"type":"object","type":"array"}');
  const file: ContentCheck = { kind: 'schema-file', schema: 'twice.schema.json' as FilePath };
  expect(await problems(file, 'a.json', '{}')).toMatch(/^twice\.schema\.json: it has "type" twice/);
});

test('lines end at line feeds alone, and may be longer than what is read at once', async () => {
  const lines = ['"\u2028\u2029"', `"${'é'.repeat(300_000)}"`, '2'];
  expect(await problems(schema({ type: 'string' }), 'a.jsonl', lines.join('\n'))).toEqual([
    'a.jsonl:3# must be string',
  ]);
});

test('a schema is compiled once, however many ask for it, and each is told of its own file', async () => {
  const one = schema({ title: 'once', ...priced, properties: { name: { type: 'string', pattern: '^a' } } });
  const checker = createChecker(root);
  const checks = await Promise.all([
    checker.prepare(one),
    checker.prepare(one),
    createChecker(root).prepare(one),
  ]);
  const contents = ['{"price":1,"name":"b"}', '{"name":"a"}', '{"price":1}'];
  const found = await Promise.all(
    checks.map(async (check, i) => {
      fs.writeFileSync(path.join(root, `${i}.json`), contents[i]!);
      const file = { path: `${i}.json` as FilePath, kind: 'file', executable: false } as const;
      if (!check.ok) return check.error;
      const answer = await check.value({ ...file, digest: digestOf(''), sizeBytes: 1 });
      return answer.ok ? answer.value.map(({ message }) => message) : answer.error;
    }),
  );
  expect(found).toEqual([['must match pattern "^a"'], ["must have required property 'price'"], []]);
  const text = one.kind === 'schema' ? one.schema : '';
  expect(compiledOnce(text)).toBe(compiledOnce(text));
  expect(compiledOnce(`${text} `)).not.toBe(compiledOnce(text));
});
