// Documents with records: told apart by their names, read as they are, and what is wrong with them said.
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { FilePath } from '../../src/base/brand.ts';
import { WorkspaceDocuments } from '../../src/files/documents.ts';
import { parseYaml } from '../../src/files/yaml-document.ts';
import { temporaryFolder } from '../store/temporary-folder.ts';

function read(name: string, text: string | Buffer) {
  const root = temporaryFolder();
  fs.writeFileSync(path.join(root, name), text);
  return new WorkspaceDocuments({ root, parseYaml, witness: null }).read(name as FilePath);
}

test.each([
  ['sow.json', '{"entries":[{"n":1}]}', { entries: [{ n: 1 }] }],
  ['sow.jsonl', '{"n":1}\n\n{"n":2}\r\n', [{ n: 1 }, { n: 2 }]],
  ['sow.ndjson', '{"n":1}', [{ n: 1 }]],
  ['bom.jsonl', '\uFEFF{"n":1}', [{ n: 1 }]],
  ['bom.json', '\uFEFF[]', []],
  ['bom.yaml', '\uFEFFn: 1', { n: 1 }],
  ['SOW.JSONL', '', []],
  ['sow.yaml', 'entries:\n  - { n: 1 }\n  - n: two\n', { entries: [{ n: 1 }, { n: 'two' }] }],
  ['sow.yml', '- n: 1\n', [{ n: 1 }]],
])('%s is read for what its name says', (name, text, value) => {
  expect(read(name, text)).toEqual({ kind: 'value', value, misread: [] });
});

test.each([
  ['sow.json', '{"a":\n[9007199254740993, 9007199254740992, 1.5e300, "9007199254740995"],\n"b":-1e999}'],
  ['sow.jsonl', '{"s":"\\"9007199254740995"}\n{"a":9007199254740993}\n{"a":-1e999}\n{"a":9007199254740993}'],
  [
    'sow.yaml',
    'a: [0x10, 9007199254740992, 1.5e300]\nb: 9007199254740993\nc: -1e999\nd: "9007199254740995"\n',
  ],
])('%s tells of numbers that are read as others than are written', (name, text) => {
  expect(read(name, text)).toMatchObject({
    misread: [
      { value: 2 ** 53, written: '9007199254740993', line: 2 },
      { value: Number.NEGATIVE_INFINITY, written: '-1e999', line: 3 },
    ],
  });
});

test.each([
  ['sow.json', '[590295810358705651712, 590295810358705700000]'],
  ['sow.yaml', '- 590295810358705651712\n- 590295810358705700000\n'],
])(
  '%s tells of a number that would be passed on with other digits, though it is held exactly',
  (name, text) => {
    expect(read(name, text)).toMatchObject({
      misread: [{ value: 2 ** 69, written: '590295810358705651712', line: 1 }],
    });
  },
);

test('numbers of YAML that JSON has none for are told, and whole ones are numbers and not big ones', () => {
  expect(read('sow.yaml', 'a: .nan\nb: .inf\nc: 0o17\n9007199254740993: -3\n')).toEqual({
    kind: 'value',
    value: { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: 15, '9007199254740993': -3 },
    misread: [
      { value: Number.NaN, written: '.nan', line: 1 },
      { value: Number.POSITIVE_INFINITY, written: '.inf', line: 2 },
    ],
  });
});

test('in YAML `<<` merges, for as many records as there are, and what is written beside it counts more', () => {
  const records = Array.from({ length: 300 }, (_, n) => `- { <<: *d, n: ${n}, x: 2 }\n`);
  expect(read('sow.yaml', `d: &d { x: 1, y: 1 }\nl:\n${records.join('')}`)).toMatchObject({
    value: { l: records.map((_, n) => ({ x: 2, y: 1, n })) },
  });
});

test('an anchor that is made of others without end is refused, and takes no time', () => {
  const level = (_: unknown, i: number) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]\n`;
  const levels = (length: number) => `a0: &a0 [1]\n${Array.from({ length }, level).join('')}`;
  expect(read('sow.yaml', levels(6))).toMatchObject({ kind: 'value' });
  // Seven are below what the parser's own limit, a product for each anchor, would notice.
  for (const many of [7, 12])
    expect(read('sow.yaml', levels(many))).toEqual({
      kind: 'wrong',
      message:
        'line 8, column 9: with what its aliases stand for, this holds more than 10,000,000 values: write each of them once',
    });
});

test('keys of YAML that differ as names do not meet, nor do members of a set, nor is a merge a key', () => {
  const text = 'a: { 1: x, "01": y, "<<": z }\ns: !!set {1, "1"}\nm: { <<: { b: 1 }, b: 2, <<: { c: 3 } }\n';
  expect(read('sow.yaml', text)).toMatchObject({
    value: { a: { 1: 'x', '01': 'y', '<<': 'z' }, s: new Set([1, '1']), m: { b: 2, c: 3 } },
  });
});

test.each([
  ['sow.json', '{"n":1}\n{"n":2}\n', /JSON/],
  ['sow.jsonl', '{"n":1}\n{"n":\n', /^line 2: /],
  ['sow.yaml', 'entries: [\n', /line 2/],
  ['tag.yaml', 'a: 1\nb: !days 3\n', /tag: !days at line 2/],
  ['merge.yaml', 'a: 1\nb: { <<: 3 }\n', /^line 2, column 6: << merges/],
  [
    'many.yaml',
    'n: 1\n---\nn: 2\n',
    /^it holds several documents, the second from line 2: make them .* list/,
  ],
  ['twice.json', '{"a":[{"n":1,"n":2}]}', /^the object at #\/a\/0 has "n" twice, in line 1/],
  ['twice.jsonl', '{"n":1}\n{"n":1,"n":2}\n', /^it has "n" twice, in line 2/],
  [
    'twice.yaml',
    'a: 1\na: 2\n',
    /^the keys a \(line 1, column 1\) and a \(line 2, column 1\) are one name: /,
  ],
  [
    'one.yaml',
    '- { 1: a, "1": b }\n',
    /^the keys 1 \(line 1, column 5\) and "1" \(line 1, column 11\) are one/,
  ],
  [
    'empty.yaml',
    '~: a\nb: 1\n"": c\n',
    /^the keys ~ \(line 1, column 1\) and "" \(line 3, column 1\) are one/,
  ],
  ['alias.yaml', '- &a x\n- { x: 1, *a : 2 }\n', /^the keys x \(line 2, .*\) and \*a \(line 2, /],
  ['list.yaml', 'a: { [1]: 2 }\n', /^line 1, column 6: a list or a map is no name of a field$/],
  [
    'latin.json',
    Buffer.from('{"n":"caf\xe9"}', 'latin1'),
    /^it is not UTF-8: byte 0xe9 at offset 9, .* iconv/,
  ],
  ['latin.yaml', Buffer.from('n: caf\xe9', 'latin1'), /^it is not UTF-8: byte 0xe9 at offset 6, /],
  ['wide.jsonl', Buffer.from('\uFEFF{"n":1}', 'utf16le'), /iconv -f utf-16 /],
] as const)('%s that is none says where', (name, text, why) => {
  expect(read(name, text)).toEqual({ kind: 'wrong', message: expect.stringMatching(why) });
});

test('one that is not there is absent, and so is a folder', () => {
  const root = temporaryFolder();
  fs.mkdirSync(path.join(root, 'folder.json'));
  const documents = new WorkspaceDocuments({ root, parseYaml, witness: null });
  for (const name of ['sow.json', 'folder.json'])
    expect(documents.read(name as FilePath)).toEqual({ kind: 'absent' });
});
