// Which outputs a check is about, and what makes it another check.
import { expect, test } from 'vitest';
import type { Digest, FilePath } from '../../src/base/brand.ts';
import { checkedFiles, identityOfChecks, schemaFiles } from '../../src/model/checks.ts';
import { definitionParts, digestOf, fingerprintOf } from '../../src/model/fingerprint.ts';
import type { FileEntry } from '../../src/model/manifest.ts';
import { acceptedStage } from './validation/sample-config.ts';

const nonEmpty = { kind: 'non-empty' };
const schema = (path: string) => ({ kind: 'json-schema', schema: path });
const checksOf = (check: unknown) => acceptedStage({ produces: ['out/**', 'dots/'], check }).checks;

function entry(path: string, more: Partial<FileEntry> = {}): FileEntry {
  return {
    path: path as FilePath,
    kind: 'file',
    executable: false,
    digest: digestOf(path),
    sizeBytes: 1,
    ...more,
  };
}

test('a check is about every output that is a file, or about those of its pattern', () => {
  const made = [
    entry('dots/.a'),
    entry('out/a.json'),
    entry('out/b.txt'),
    entry('out/link', { kind: 'link', target: 'b.txt' }),
    entry('out/none', { kind: 'folder' }),
  ];
  const checked = (check: unknown) =>
    checksOf(check).map((one) => checkedFiles(one, made).map(({ path }) => path));
  expect(checked(nonEmpty)).toEqual([['dots/.a', 'out/a.json', 'out/b.txt']]);
  expect(checked({ 'out/*.json': nonEmpty, 'dots/': [nonEmpty, nonEmpty] })).toEqual([
    ['out/a.json'],
    ['dots/.a'],
    ['dots/.a'],
  ]);
});

test('the schema files of all checks are named once each', () => {
  expect(
    schemaFiles(checksOf([schema('b.json'), schema('./a.json'), schema('b.json'), schema({} as string)])),
  ).toEqual(['a.json', 'b.json']);
});

test('another check, pattern, schema or code is another identity; the place of a check is none', () => {
  const code = digestOf('code');
  const identity = (check: unknown, files: readonly FileEntry[] = [], by: Digest | null = code) =>
    identityOfChecks(checksOf(check), files, by);
  const one = schema('s.json');
  const identities = [
    identity(nonEmpty),
    identity([nonEmpty, nonEmpty]),
    identity({ 'out/*': nonEmpty }),
    identity({ kind: 'min-lines', lines: 1 }),
    identity({ kind: 'min-lines', lines: 2 }),
    identity({ kind: 'matches', pattern: /a/ }),
    identity({ kind: 'matches', pattern: /a/i }),
    identity(schema({ type: 'object' } as never)),
    identity(one, [entry('s.json')]),
    identity(one, [entry('s.json', { digest: digestOf('edited') })]),
    identity(() => true),
    identity(() => true, [], digestOf('edited')),
  ];
  expect(new Set(identities).size).toBe(identities.length);
  expect(identity([nonEmpty])).toBe(identity(nonEmpty));
});

test('how outputs are checked is recorded and is no part of the fingerprint', () => {
  const stage = acceptedStage({ produces: 'out', check: nonEmpty });
  const surroundings = { passed: () => undefined, toolIdentities: [], code: null, platform: 'x' };
  const parts = (checks: Digest | null) => definitionParts(stage, { ...surroundings, checks });
  const [none, some, other] = [parts(null), parts(digestOf('1')), parts(digestOf('2'))];
  expect(some).not.toEqual(other);
  expect(some.filter((part) => !none.some(({ name }) => name === part.name))).toEqual([
    { name: 'check', value: digestOf('1') },
  ]);
  const fingerprints = [none, some, other].map((one) => fingerprintOf(one, []));
  expect(new Set(fingerprints).size).toBe(1);
});
