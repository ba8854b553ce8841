// What identifies an execution.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definitionParts, digestOf, fingerprintOf, type Surroundings } from '../../src/model/fingerprint.ts';
import type { Manifest } from '../../src/model/manifest.ts';
import type { FingerprintPart } from '../../src/model/record.ts';
import { exec, script } from '../../src/model/value-spec.ts';
import { entry, manifests } from './manifest-samples.ts';
import { accepted, acceptedStage } from './validation/sample-config.ts';

const here: Surroundings = { passed: () => undefined, toolIdentities: [], code: null, platform: 'linux-x64' };

function partsOf(fields: object, surroundings: Partial<Surroundings> = {}): readonly FingerprintPart[] {
  return definitionParts(acceptedStage(fields), { ...here, ...surroundings });
}

const print = (fields: object, surroundings: Partial<Surroundings> = {}) =>
  fingerprintOf(partsOf(fields, surroundings), []);

// Texts that a careless encoding would mistake for its own punctuation.
const tricky = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.string({ unit: fc.constantFrom(';', ':', '1', '2', 'a'), maxLength: 5 }),
);
const partLists = fc.array(fc.record({ name: tricky, value: tricky }), { maxLength: 4 });

test('different parts or inputs never give one fingerprint', () => {
  const both = fc.record({ parts: partLists, inputs: manifests });
  const text = ({ parts, inputs }: { parts: readonly FingerprintPart[]; inputs: Manifest }) =>
    JSON.stringify([
      parts.map(({ name, value }) => [name, value]),
      inputs.map(({ path, kind, executable, digest }) => [path, kind, executable, digest]),
    ]);
  fc.assert(
    fc.property(both, both, (a, b) => {
      const same = fingerprintOf(a.parts, a.inputs) === fingerprintOf(b.parts, b.inputs);
      expect(same).toBe(text(a) === text(b));
    }),
    { numRuns: 500 },
  );
});

test('text cannot move from one part to its neighbour', () => {
  fc.assert(
    fc.property(tricky, tricky, tricky, (a, b, c) => {
      fc.pre(b !== '');
      const joined = (value: string, next: string) =>
        fingerprintOf(
          [
            { name: 'x', value },
            { name: 'y', value: next },
          ],
          [],
        );
      expect(joined(a + b, c)).not.toBe(joined(a, b + c));
    }),
  );
});

test('a fingerprint stays what it was: a changed encoding would throw every cache away', () => {
  const inputs = [entry('a ü.txt', 'content', { executable: true }), entry('b', 'target', { kind: 'link' })];
  const encoded = `;7:command;7:make it;2;;7:a ü.txtfile+x;${digestOf('content')};1:blink;${digestOf('target')}`;
  expect(fingerprintOf([{ name: 'command', value: 'make it' }], inputs)).toBe(digestOf(encoded));
});

test('parts come in a fixed order, with what is not there left out', () => {
  const parts = partsOf(
    {
      cwd: 'sub',
      env: { B: 'x', A: true },
      secrets: ['KEY'],
      tools: { python3: '>=3' },
      requires: ['./in/', '!in/x'],
      produces: 'out/*',
      version: '2',
    },
    { toolIdentities: ['Python 3.11.7'], passed: () => 'value' },
  );
  expect(parts).toEqual([
    { name: 'fingerprint format', value: '1' },
    { name: 'command', value: 'make it' },
    { name: 'cwd', value: 'sub' },
    { name: 'shell', value: '/bin/sh' },
    { name: 'env A', value: digestOf('value') },
    { name: 'env B', value: '"x"' },
    { name: 'secret KEY', value: 'declared' },
    { name: 'tool python3', value: 'Python 3.11.7' },
    { name: 'requires', value: 'in/** and all\n!in/x' },
    { name: 'produces', value: 'out/*' },
    { name: 'version', value: '2' },
    { name: 'platform', value: 'linux-x64' },
  ]);
});

test('a passed variable that is unset, empty or says "unset" is three things', () => {
  const of = (value: string | undefined) => print({ env: { A: true } }, { passed: () => value });
  expect(new Set([of(undefined), of(''), of('unset')]).size).toBe(3);
});

test('a variable that is set and one that is passed with the same value are not the same', () => {
  const passed = print({ env: { A: true } }, { passed: () => 'x' });
  expect(print({ env: { A: 'x' } })).not.toBe(passed);
  expect(print({ env: { A: digestOf('x') } })).not.toBe(passed);
});

test('the order in which variables, secrets and tools are declared does not count; that of patterns does', () => {
  const tools = (identities: readonly string[]) => ({ toolIdentities: identities });
  expect(print({ env: { A: '1', B: '2' }, secrets: ['X', 'Y'] })).toBe(
    print({ env: { B: '2', A: '1' }, secrets: ['Y', 'X'] }),
  );
  expect(print({ tools: { a: '1', b: '1' } }, tools(['a 1', 'b 1']))).toBe(
    print({ tools: { b: '1', a: '1' } }, tools(['a 1', 'b 1'])),
  );
  expect(print({ requires: ['a', '*', '!a'] })).not.toBe(print({ requires: ['*', '!a', 'a'] }));
});

test('lines, words and modules of commands are told apart', () => {
  const commands = [
    { run: 'a b' },
    { run: ['a', 'b'] },
    { run: ['a b', 'c'] },
    { run: ['a', 'b c'] },
    { run: exec('a', 'b') },
    { run: exec('a b') },
    { run: script('./a.ts') },
    { run: script('./b.ts') },
    { run: () => {} },
  ];
  expect(new Set(commands.map((fields) => print(fields))).size).toBe(commands.length);
});

test('an array of one line is that line', () => {
  expect(print({ run: ['make it'] })).toBe(print({ run: 'make it' }));
});

test.each([
  ['platform', { platform: 'darwin-arm64' }],
  ['code', { code: digestOf('other') }],
])('the %s counts', (_, surroundings) => {
  expect(print({}, surroundings)).not.toBe(print({}));
});

test('what must not count does not: name, position, description, timeout, priority, jobs, optional, spelling of paths', () => {
  const one = accepted({
    stages: { first: { run: 'x' }, s: { run: 'make it', requires: './a//b', produces: './out/' } },
    jobs: 3,
  }).stages[1]!;
  const other = acceptedStage({
    requires: 'a/b',
    produces: 'out/',
    description: 'other',
    timeout: '5s',
    nice: 5,
    optional: true,
    after: [],
  });
  expect(definitionParts({ ...other, name: 'renamed' }, here)).toEqual(definitionParts(one, here));
});

test('owning a folder is not the same as matching all in it', () => {
  expect(print({ produces: 'out/' })).not.toBe(print({ produces: 'out/**' }));
});
