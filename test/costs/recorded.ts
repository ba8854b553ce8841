// What builds cost when they were last looked at: with nothing to do, after an edit, from nothing. A change that makes
// one dearer must say so here, and why; one that makes it cheaper may lower what is written, so that the gain is kept.

export interface Cost {
  /** Calls to Node's file system for each further file, and for each further stage: its folder, its output. */
  readonly callsPerFile: number;
  readonly callsPerStage: number;
  /** The same as system calls that take a path or a descriptor. */
  readonly systemCallsPerFile: number;
  readonly systemCallsPerStage: number;
  /** Bytes that are allocated. */
  readonly heapBytesPerFile: number;
  readonly heapBytesPerStage: number;
  /** How many files are opened to be read, and how many files and folders are made or written, whatever the size. */
  readonly opened: number;
  readonly written: number;
  /** Processor time of the smallest pipeline, as a multiple of that of `node -e 0`. */
  readonly cpuRatio: number;
}

/** `glance`: `pipe build` without flags. `look`: with a flag, so that all is looked at. */
export const recorded: Readonly<Record<'glance' | 'look', Cost>> = {
  glance: {
    callsPerFile: 1,
    callsPerStage: 2,
    systemCallsPerFile: 1,
    systemCallsPerStage: 2,
    heapBytesPerFile: 2000,
    heapBytesPerStage: 5600,
    opened: 7,
    written: 3,
    cpuRatio: 1.4,
  },
  look: {
    callsPerFile: 1,
    callsPerStage: 2,
    systemCallsPerFile: 1,
    // A folder that is listed is opened, looked at, read twice and closed.
    systemCallsPerStage: 6,
    heapBytesPerFile: 5400,
    heapBytesPerStage: 58_200,
    opened: 7,
    written: 4,
    cpuRatio: 1.8,
  },
};

/** Of a build from nothing: calls to Node's file system for each further input, and for each further stage besides. */
export const recordedWork = { callsPerFile: 6, callsPerStage: 53 } as const;

/**
 * Of a build after the edit of one file: for each further stage that it does not concern, with two files, a folder and
 * an output; and for each further file of two stages, of which one is the edited one.
 */
export const recordedEdit = { callsPerFile: 6, callsPerStage: 4, heapBytesPerStage: 14_100 } as const;

/** Of `pipe --version`, to `node -e 0`. */
export const versionCpuRatio = 1.1;

/** By how much each may be exceeded: calls are exact, what another Node or a busy machine makes of the rest is not. */
export const margin = { calls: 1.1, heapBytes: 1.3, cpuRatio: 1.5 } as const;
