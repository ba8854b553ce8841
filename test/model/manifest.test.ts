// Sets of files and how they differ.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  byPath,
  diffManifests,
  type FileEntry,
  type Manifest,
  sameManifest,
} from '../../src/model/manifest.ts';
import { entry, manifests } from './manifest-samples.ts';

/** As one would write it down without thinking of speed. */
function naiveDiff(last: Manifest, now: Manifest) {
  const pathsOf = (manifest: Manifest) => manifest.map((one) => one.path);
  const text = ({ kind, executable, digest }: FileEntry) => `${kind} ${executable} ${digest}`;
  const find = (manifest: Manifest, path: string) => manifest.find((one) => one.path === path);
  return {
    added: pathsOf(now).filter((path) => find(last, path) === undefined),
    removed: pathsOf(last).filter((path) => find(now, path) === undefined),
    changed: pathsOf(now).filter((path) => {
      const before = find(last, path);
      return before !== undefined && text(before) !== text(find(now, path)!);
    }),
  };
}

test('the difference of two manifests is the naive one, in the order of paths', () => {
  fc.assert(
    fc.property(manifests, manifests, (last, now) => {
      expect(diffManifests(last, now)).toEqual(naiveDiff(last, now));
    }),
  );
});

test('manifests are the same exactly when they do not differ', () => {
  fc.assert(
    fc.property(manifests, manifests, (last, now) => {
      const { added, removed, changed } = diffManifests(last, now);
      expect(sameManifest(last, now)).toBe(added.length + removed.length + changed.length === 0);
      expect(
        sameManifest(
          last,
          last.map((one) => ({ ...one })),
        ),
      ).toBe(true);
    }),
  );
});

test('kind, executable bit and content count; size and the target’s text stand behind the digest', () => {
  const file = entry('a');
  const differs = (more: Partial<FileEntry>) =>
    diffManifests([file], [{ ...file, ...more }]).changed.length > 0;
  expect(differs({ kind: 'link' })).toBe(true);
  expect(differs({ executable: true })).toBe(true);
  expect(differs({ digest: entry('a', 'other').digest })).toBe(true);
  expect(differs({ sizeBytes: 99, target: 'x' })).toBe(false);
});

test('the order is that of code units, whatever the language', () => {
  const paths = ['ä', 'a', 'Z', 'a/b', 'a b', 'a-b', '😀', '\ufb03'];
  const sorted = paths.map((path) => ({ path })).sort(byPath);
  expect(sorted.map(({ path }) => path)).toEqual(['Z', 'a', 'a b', 'a-b', 'a/b', 'ä', '😀', '\ufb03']);
});
