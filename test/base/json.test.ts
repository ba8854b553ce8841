// JSON in which each object has each name once.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, RepeatedName } from '../../src/base/json.ts';

test('what has no name twice in one object is read as ever', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(4), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      expect(parseJson(text)).toEqual(JSON.parse(json));
    }),
  );
  for (const text of [
    '"a:b"',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":1},"b\\\\":":","\\"":[],"__proto__":1}',
    'null',
  ])
    expect(parseJson(text)).toEqual(JSON.parse(text));
});

test.each([
  ['{"a":1,"a":1}', 'it has "a" twice, in line 1'],
  ['{"a":1,\n"b":2,\n"a":3}', 'it has "a" twice, in lines 1 and 3'],
  ['{"a":1,\n"\\u0061" \n:3}', 'it has "a" twice, in lines 1 and 2'],
  [
    '{"entries":[{"n":1},[2,3],{"n":1,\n"x":[1,{"n":"n"}],"n":2}]}',
    '#/entries/2 has "n" twice, in lines 1 and 2',
  ],
  ['{"a/b":{"~":{"":0,"":0}}}', '#/a~1b/~0 has "" twice'],
  ['{"__proto__":1,"__proto__":2}', 'it has "__proto__" twice'],
  ['{"\\"":":","\\"":1}', 'it has "\\"" twice'],
])('in %s one name stands twice: told with its object and lines', (text, said) => {
  expect(() => parseJson(text)).toThrow(RepeatedName);
  expect(() => parseJson(text)).toThrow(said);
});

test('lines count from the one in which the text begins', () => {
  expect(() => parseJson('{"a":1,\n"a":2}', 5)).toThrow('in lines 5 and 6: nobody could say which counts');
});

test('what is no JSON is no JSON, and very many lists in one another are read', () => {
  expect(() => parseJson('{"a":1,"a"')).toThrow(SyntaxError);
  expect(() => parseJson('{"a":1,"a"')).not.toThrow(RepeatedName);
  expect(parseJson(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toBeInstanceOf(Array);
});
