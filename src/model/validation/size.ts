// Sizes as people write them: `'10GB'`, `'1GiB'`, or a number of bytes.
import { err, ok, type Result } from '../../base/result.ts';

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1_000,
  MB: 1_000 ** 2,
  GB: 1_000 ** 3,
  TB: 1_000 ** 4,
  KiB: 1_024,
  MiB: 1_024 ** 2,
  GiB: 1_024 ** 3,
  TiB: 1_024 ** 4,
};

/** Whole bytes, at least 1; the error says what was expected. */
export function parseSize(value: unknown): Result<number, string> {
  const bytes = typeof value === 'string' ? bytesOf(value) : value;
  if (typeof bytes !== 'number' || Number.isNaN(bytes)) {
    return err("a size such as '10GB', '500MB', '1GiB', or a number of bytes");
  }
  const rounded = Math.round(bytes);
  if (rounded < 1) return err('a size of at least one byte');
  return Number.isSafeInteger(rounded) ? ok(rounded) : err('a smaller size');
}

function bytesOf(text: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(B|[KMGT]i?B)$/.exec(text) ?? [];
  return count === undefined || unit === undefined ? Number.NaN : Number(count) * unitBytes[unit]!;
}
