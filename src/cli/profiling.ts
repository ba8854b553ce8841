// All that `--profile` needs: a bundle of its own, since other builds do without.
import type { Sink } from '../engine/ports.ts';
import type { World } from '../engine/world.ts';
import type { HashFile } from '../files/digest-memory.ts';
import type { StageGraph } from '../model/graph/graph.ts';
import type { Profile, WorkKind } from '../model/profile.ts';
import { Profiler } from '../profile/profiler.ts';
import { timedSink, timedWorld } from '../profile/timed-world.ts';
import { type ProfileLines, profileBlock } from '../render/profile-block.ts';

export interface Profiling {
  readonly lines: ProfileLines;
  /** Of its own kind, whatever else happens meanwhile. */
  readonly phase: <T>(work: WorkKind, act: () => Promise<T>) => Promise<T>;
  readonly countStages: (count: number) => void;
  readonly sink: (sink: Sink, work: WorkKind) => Sink;
  /** Hears which tasks took how long. */
  readonly tasks: Sink;
  readonly world: (world: World) => World;
  readonly hash: (hash: HashFile) => HashFile;
  readonly profile: (graph: StageGraph, jobs: number) => Profile;
}

/** From now on the time is taken; what has passed counts as the start. */
export function openProfiling(): Profiling {
  const clock = {
    nowMs: () => performance.now(),
    idleMs: () => performance.eventLoopUtilization().idle,
  };
  const profiler = new Profiler(clock, process.uptime() * 1000);
  const { watch } = profiler;
  return {
    lines: profileBlock,
    phase: (work, act) => watch.phase(work, act),
    countStages: (count) => profiler.count('config', 'stages', count),
    sink: (sink, work) => timedSink(sink, work, profiler),
    tasks: profiler,
    world: (world) => timedWorld(world, profiler),
    hash: (hash) => (file, how) => {
      const hashed = watch.within('hashing', () => hash(file, how));
      profiler.count('hashing', 'files', 1);
      profiler.count('hashing', 'bytes', Number(hashed.stamp.sizeBytes));
      return hashed;
    },
    profile: (graph, jobs) => profiler.profile(graph, jobs),
  };
}
