// Takes the verdict on a task as make does: by the times of its files.
import { judgeByTimes, type TimedFile } from '../model/judge.ts';
import type { FingerprintPart, Memory } from '../model/record.ts';
import type { Verdict } from '../model/verdict.ts';
import type { ListedFile } from './ports.ts';
import type { World } from './world.ts';

/** The clock of a file system elsewhere may be so far from this one without anything being wrong. */
const aheadMs = 60_000;

/** What is known of it, and the files that are there. */
interface Known {
  readonly memory: Memory;
  readonly parts: readonly FingerprintPart[];
  readonly inputs: readonly ListedFile[];
  readonly outputs: readonly ListedFile[];
}

/** `unmatched`: patterns of `produces` without a file. */
export function judgeTimes(world: World, now: Known, unmatched: readonly string[]): Verdict {
  const timed = (files: readonly ListedFile[], role: 'input' | 'output'): readonly TimedFile[] => {
    const stamps = world.files.stamp(
      files.map((file) => file.path),
      role,
    );
    return files.flatMap((file, i) => {
      const stamp = stamps[i];
      return stamp === null || stamp === undefined ? [] : [{ path: file.path, mtimeNs: stamp.mtimeNs }];
    });
  };
  const inputs = timed(now.inputs, 'input');
  const outputs = timed(now.outputs, 'output');
  const timeNs = BigInt(Math.round(world.clock.nowMs()) + aheadMs) * 1_000_000n;
  return judgeByTimes(now.memory, { parts: now.parts, inputs, outputs, unmatched, timeNs });
}
