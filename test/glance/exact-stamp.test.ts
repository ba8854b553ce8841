// Exact stamps against those of a proof: equal where Node's own numbers are.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stampOf } from '../../src/files/stamp.ts';
import { isOfFile, stampInto } from '../../src/glance/glance.ts';
import { stampLength } from '../../src/glance/proof-format.ts';

test('an exact stamp is that of the proof whatever the time, and no other is', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pipe-exact-'));
  const file = path.join(folder, 'file');
  fs.writeFileSync(file, 'x');
  try {
    fc.assert(
      fc.property(fc.double({ min: -1e9, max: 4e9, noNaN: true }), (seconds) => {
        fs.utimesSync(file, seconds, seconds);
        const known = new Float64Array(2 * stampLength);
        stampInto(known, stampLength, file);
        const present = stampOf(file)!;
        expect(isOfFile(present, known, stampLength)).toBe(true);
        for (const one of ['mtimeNs', 'ctimeNs', 'sizeBytes', 'inode', 'mode'] as const) {
          const other = { ...present, [one]: present[one] + 1_000n };
          expect(isOfFile(other, known, stampLength), one).toBe(false);
        }
        expect(isOfFile({ ...present, kind: 'link' }, known, stampLength)).toBe(false);
      }),
    );
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});
