// How many events are too many, and when it can be said that none was lost.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { burstBound, EventCount } from '../../src/watch/event-queue.ts';

test('the bound is an eighth of what the system keeps, and where it does not say, of what it usually does', () => {
  const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-queue-')), 'length');
  expect(burstBound(file)).toBe(2048);
  fs.writeFileSync(file, '800\n');
  expect(burstBound(file)).toBe(100);
  fs.writeFileSync(file, 'much\n');
  expect(burstBound(file)).toBe(2048);
  fs.rmSync(path.dirname(file), { recursive: true });
});

test('fewer events than the bound since the last proof prove that all have come; more prove nothing, once', () => {
  const count = new EventCount(3);
  count.add();
  count.add();
  expect(count.prove()).toBe(true);
  for (let i = 0; i < 3; i++) count.add();
  expect(count.prove()).toBe(false);
  expect(count.prove()).toBe(true);
});

test('where a watch has ended, some were not counted', () => {
  const count = new EventCount(3);
  count.lose();
  expect(count.prove()).toBe(false);
  expect(count.prove()).toBe(true);
});
