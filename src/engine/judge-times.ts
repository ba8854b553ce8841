// Takes the verdict on a task as make does: by the times of its files.
import type { PatternSet } from '../model/glob/pattern-set.ts';
import { judgeByTimes, type TimedFile } from '../model/judge.ts';
import { type FingerprintPart, type Memory, recordIn } from '../model/record.ts';
import type { Task } from '../model/task.ts';
import type { Verdict } from '../model/verdict.ts';
import { expansionOf } from './expansion.ts';
import type { MadeForOthers } from './made-for-another.ts';
import type { Expansion, ListedFile } from './ports.ts';
import type { World } from './world.ts';

/** The clock of a file system elsewhere may be so far from this one without anything being wrong. */
const aheadMs = 60_000;

/** What is known of it, and the files that are there. */
interface Known {
  readonly task: Task;
  readonly memory: Memory;
  readonly parts: readonly FingerprintPart[];
  readonly inputs: readonly ListedFile[];
}

/** `listed`: what `produces` finds. */
export function judgeTimes(
  world: World,
  now: Known,
  produces: PatternSet,
  { listed, others }: { readonly listed: Expansion; readonly others: MadeForOthers },
): Verdict {
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
  const inputs = timed([...now.inputs, ...documentOf(now)], 'input');
  const outputs = timed(listed.files, 'output');
  const unmatched = unmatchedIn(now.memory, produces, listed);
  const timeNs = BigInt(Math.round(world.clock.nowMs()) + aheadMs) * 1_000_000n;
  const ofOthers = now.memory.kind === 'none' ? others.among(world, now.task, listed.files) : [];
  return judgeByTimes(now.memory, { parts: now.parts, inputs, outputs, unmatched, ofOthers, timeNs });
}

/**
 * The patterns of `produces` without an output. An empty folder is one where a record says that the stage made it: else
 * it may be what an attempt left that came to nothing.
 */
function unmatchedIn(memory: Memory, produces: PatternSet, listed: Expansion): readonly string[] {
  const outputs = recordIn(memory)?.outputs ?? [];
  const counts = ({ path, kind }: ListedFile) =>
    kind !== 'folder' || outputs.some((made) => made.kind === 'folder' && made.path === path);
  const { unmatched } = expansionOf(listed, produces, counts);
  return unmatched.filter((entry) => !entry.optional).map((entry) => entry.source);
}

/** Without a record of the task nobody knows what its item said when the outputs were made: then all of the document counts. */
function documentOf({ memory, task }: Known): readonly ListedFile[] {
  const { forEach } = task.stage;
  const counts = memory.kind === 'none' && forEach?.kind === 'records';
  return counts ? [{ path: forEach.document, kind: 'file' }] : [];
}
