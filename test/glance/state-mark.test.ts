// What tells one state file from the next.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { markOf, sameMark } from '../../src/glance/state-mark.ts';

test('another length, another end, another time or another file is another mark; none has none', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-mark-'));
  try {
    const file = path.join(folder, 'state');
    expect(markOf(file)).toBeNull();
    fs.writeFileSync(file, `${'x'.repeat(100)}\nend\n`);
    const mark = markOf(file)!;
    expect(mark.end).toHaveLength(64);
    expect(sameMark(mark, markOf(file))).toBe(true);
    expect(sameMark(mark, null)).toBe(false);
    fs.appendFileSync(file, 'more\n');
    expect(sameMark(mark, markOf(file))).toBe(false);
    // As long as before, by a writer whose clock stands still.
    const now = { ...markOf(file)!, mtimeMs: mark.mtimeMs, ctimeMs: mark.ctimeMs, sizeBytes: mark.sizeBytes };
    expect(sameMark(mark, now)).toBe(false);
    expect(sameMark(mark, { ...mark, ctimeMs: mark.ctimeMs + 1 })).toBe(false);
    expect(sameMark(mark, { ...mark, mtimeMs: mark.mtimeMs + 1 })).toBe(false);
    expect(sameMark(mark, { ...mark, inode: mark.inode + 1 })).toBe(false);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
