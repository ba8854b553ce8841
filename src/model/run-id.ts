// How runs are named, so that whoever reads their folders knows one from anything else that lies there.
import type { RunId } from '../base/brand.ts';

/** `20261121-094512-3f9a`: sorted as text they are sorted by time. */
export function isRunId(name: string): name is RunId {
  return /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(name);
}
