// A world whose every port says what its time was spent on. The world itself is none the wiser.
import type { Alarm } from '../engine/clock.ts';
import type { Executor } from '../engine/executor.ts';
import type { Lock } from '../engine/lock.ts';
import type { Outputs } from '../engine/outputs.ts';
import type { ActionStore, BlobStore, Files, Records, Sink, Upkeep } from '../engine/ports.ts';
import type { World } from '../engine/world.ts';
import type { WorkKind } from '../model/profile.ts';
import type { Profiler } from './profiler.ts';

type Works<Port> = Readonly<Record<keyof Port, WorkKind>>;

const filesWorks: Works<Omit<Files, 'expand' | 'observe' | 'readAhead' | 'settle'>> = {
  unnameable: 'listing',
  look: 'stamping',
  stamp: 'stamping',
  realPath: 'stamping',
  treeDigest: 'hashing',
  vouchesFor: 'stamping',
  forget: 'other',
};
const outputsWorks: Works<Omit<Outputs, 'stage'>> = {
  blockedBy: 'clearing',
  moveAway: 'clearing',
  keep: 'clearing',
  copyTo: 'clearing',
  dropCopies: 'clearing',
  prune: 'clearing',
  hold: 'clearing',
  mayWrite: 'clearing',
  makeFolder: 'clearing',
  sweep: 'clearing',
  remove: 'clearing',
  moveTree: 'clearing',
  removeTree: 'clearing',
  discard: 'clearing',
  touch: 'restoring',
};
const recordsWorks: Works<Omit<Records, 'commit'>> = {
  memory: 'recording',
  all: 'recording',
  remembered: 'recording',
  withOtherParams: 'recording',
  begin: 'recording',
  killed: 'recording',
  unfinished: 'recording',
  failed: 'recording',
  overwritten: 'recording',
  forget: 'recording',
  hasProduced: 'recording',
  changedElsewhere: 'recording',
  reload: 'recording',
};
const actionsWorks: Works<ActionStore> = { get: 'restoring', put: 'storing', remove: 'storing' };
const blobsWorks: Works<Omit<BlobStore, 'put'>> = {
  add: 'storing',
  pathOf: 'restoring',
  verify: 'restoring',
  replay: 'restoring',
};
const upkeepWorks: Works<Upkeep> = { isDue: 'recording', begin: 'recording', perform: 'recording' };

export function timedWorld(world: World, profiler: Profiler): World {
  const { cache } = world;
  return {
    ...world,
    alarm: timedAlarm(world.alarm, profiler),
    files: timedFiles(world.files, profiler),
    outputs: timedOutputs(world.outputs, profiler),
    records: timedRecords(world.records, profiler),
    cache: cache && {
      ...cache,
      actions: timed(cache.actions, actionsWorks, profiler),
      blobs: timedBlobs(cache.blobs, profiler),
    },
    executor: timedExecutor(world.executor, profiler),
    upkeep: timed(world.upkeep, upkeepWorks, profiler),
    lock: timedLock(world.lock, profiler),
  };
}

/** Where a sink shows or keeps events, that is work as well. */
export function timedSink(sink: Sink, work: WorkKind, { watch }: Profiler): Sink {
  return { handle: (event) => watch.within(work, () => sink.handle(event)) };
}

function timedAlarm(alarm: Alarm, { watch }: Profiler): Alarm {
  return (afterMs, ring) => {
    let isOver = false;
    const over = () => {
      if (!isOver) watch.pauseEnded();
      isOver = true;
    };
    watch.pauseStarted();
    const callOff = alarm(afterMs, () => {
      over();
      ring();
    });
    return () => {
      over();
      callOff();
    };
  };
}

function timedFiles(files: Files, profiler: Profiler): Files {
  const { watch } = profiler;
  return {
    ...timed(files, filesWorks, profiler),
    expand(set, role) {
      const found = watch.within('listing', () => files.expand(set, role));
      profiler.count('listing', 'patterns', set.entries.length);
      profiler.count('listing', 'files', found.files.length);
      return found;
    },
    observe(listed, role, writers) {
      profiler.count('stamping', 'files', listed.length);
      return watch.within('stamping', () => files.observe(listed, role, writers));
    },
    readAhead(listed, stop) {
      const ahead = watch.within('hashing', () => files.readAhead(listed, stop));
      if (ahead === null) return null;
      watch.readingStarted();
      return ahead.finally(() => watch.readingEnded());
    },
    settle: () => watch.phase('settling', () => files.settle()),
  };
}

function timedOutputs(outputs: Outputs, profiler: Profiler): Outputs {
  const { watch } = profiler;
  return {
    ...timed(outputs, outputsWorks, profiler),
    stage(entries, blobPath) {
      const staged = watch.within('restoring', () => outputs.stage(entries, blobPath));
      if (staged === null) return null;
      profiler.count('restoring', 'files', entries.length);
      profiler.count(
        'restoring',
        'bytes',
        entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      );
      return timed(staged, { place: 'restoring', drop: 'restoring' }, profiler);
    },
  };
}

function timedRecords(records: Records, profiler: Profiler): Records {
  return {
    ...timed(records, recordsWorks, profiler),
    commit(record) {
      profiler.watch.within('recording', () => records.commit(record));
      profiler.count('recording', 'records', 1);
    },
  };
}

function timedBlobs(blobs: BlobStore, profiler: Profiler): BlobStore {
  return {
    ...timed(blobs, blobsWorks, profiler),
    put(file, digest, sizeBytes) {
      profiler.watch.within('storing', () => blobs.put(file, digest, sizeBytes));
      profiler.count('storing', 'files', 1);
      profiler.count('storing', 'bytes', sizeBytes);
    },
  };
}

function timedExecutor(executor: Executor, profiler: Profiler): Executor {
  const { watch } = profiler;
  return {
    start(execution) {
      // To start a program holds up this thread.
      const running = watch.within('running', () => executor.start(execution));
      profiler.count('running', 'commands', 1);
      profiler.follow(running.ended);
      return running;
    },
    atRest: () => executor.atRest(),
    hasLeftBehind: () => watch.within('waiting', () => executor.hasLeftBehind()),
    endLeftBehind: (how) => watch.phase('waiting', () => executor.endLeftBehind(how)),
  };
}

function timedLock(lock: Lock, { watch }: Profiler): Lock {
  return {
    acquire: (options) => watch.phase('waiting', () => lock.acquire(options)),
    isMine: () => lock.isMine(),
    release: () => watch.within('waiting', () => lock.release()),
  };
}

/** The methods that `works` names, each as part of its work. */
function timed<Port extends object, Name extends keyof Port>(
  port: Port,
  works: Readonly<Record<Name, WorkKind>>,
  { watch }: Profiler,
): Pick<Port, Name> {
  const names = Object.keys(works) as Name[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      (...args: readonly unknown[]) =>
        watch.within(works[name], () => Reflect.apply(port[name] as () => unknown, port, args)),
    ]),
  ) as Pick<Port, Name>;
}
