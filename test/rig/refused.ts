// A command that is refused: exit code 2, the reason on standard error alone, and a workspace as it was.
import { expect } from 'vitest';
import type { Rig, RunOptions } from './rig.ts';
import { withoutTouching } from './untouched.ts';

/** What was printed, without the last line break. */
export async function refused(rig: Rig, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await withoutTouching(rig, () => rig.pipe(args, options));
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  return stderr.trimEnd();
}
