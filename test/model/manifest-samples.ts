// Manifests for tests: small ones over few names, so that two of them often share a path.
import fc from 'fast-check';
import type { FilePath } from '../../src/base/brand.ts';
import { digestOf } from '../../src/model/fingerprint.ts';
import { byPath, type FileEntry, type Manifest } from '../../src/model/manifest.ts';

export function entry(path: string, content = '', more: Partial<FileEntry> = {}): FileEntry {
  const sizeBytes = content.length;
  return {
    path: path as FilePath,
    kind: 'file',
    executable: false,
    digest: digestOf(content),
    sizeBytes,
    ...more,
  };
}

const entries: fc.Arbitrary<FileEntry> = fc
  .record({
    path: fc.constantFrom('a', 'b', 'a/b', 'ab', 'B', 'ä', '😀', 'z'),
    content: fc.constantFrom('', '1', '2'),
    kind: fc.constantFrom('file' as const, 'link', 'folder'),
    executable: fc.boolean(),
  })
  .map(({ path, content, kind, executable }) => entry(path, content, { kind, executable }));

export const manifests: fc.Arbitrary<Manifest> = fc
  .uniqueArray(entries, { selector: (one) => one.path, maxLength: 8 })
  .map((some) => [...some].sort(byPath));
