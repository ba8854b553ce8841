// When a stamp may stand for a content.
import fs from 'node:fs';
import { expect, test } from 'vitest';
import { fileSystemNow, readSource, stampOf, tryReadSource } from '../../src/config/source-file.ts';
import { TempProject } from './temp-project.ts';

const tickNs = 20_000_000n;

test('a stamp counts once the last change is more than a tick ago', () => {
  using project = TempProject.with({ a: 'text' });
  const changedNs = fs.statSync(project.path('a'), { bigint: true }).ctimeNs;
  const stampAt = (nowNs: bigint) => readSource(project.path('a'), nowNs).file.stamp;
  expect(stampAt(changedNs)).toBeNull();
  expect(stampAt(changedNs + tickNs)).toBeNull();
  expect(stampAt(changedNs + tickNs + 1n)).toBe(stampOf(project.path('a')));
});

test('the time of the change counts as well as the time of the content', () => {
  using project = TempProject.with({ a: 'text' });
  const changedNs = fs.statSync(project.path('a'), { bigint: true }).ctimeNs;
  // The content's time can be set at will; setting it is itself a change.
  fs.utimesSync(project.path('a'), 1, 1);
  expect(readSource(project.path('a'), changedNs).file.stamp).toBeNull();
});

test('the present never lies before what was written just now', () => {
  using project = TempProject.with({ a: 'text' });
  const { mtimeNs } = fs.statSync(project.path('a'), { bigint: true });
  expect(fileSystemNow(project.root)).toBeGreaterThanOrEqual(mtimeNs);
  expect(fs.readdirSync(project.root)).toEqual(['a']);
});

test('what cannot be read has neither stamp nor content', () => {
  using project = TempProject.with({ a: 'text' });
  expect(stampOf(project.path('none'))).toBeNull();
  expect(stampOf(project.path('a/below-a-file'))).toBeNull();
  expect(tryReadSource(project.path('none'), 0n)).toBeNull();
});
